"""Scenario files: who comes to the lane, in which order, and of which kind the lane is."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from hardware_mocks.camera.scene import PHOTOGRAPHS, Attack
from hardware_mocks.lane.kind import BARRIERS, FLOWS, MRZ_READERS, LaneKind
from hardware_mocks.outcome import BadInput
from hardware_mocks.page_scanner.forgeries.species import SPECIES, impossible
from hardware_mocks.pki.pki import STATES
from hardware_mocks.world.odd_visit import Oddity
from hardware_mocks.world.plan import (
    DEVICE_TROUBLES,
    LANE_TROUBLES,
    THE_LANE,
    Mishap,
    PlannedVisit,
)
from hardware_mocks.world.traveller import Kind, Traveller

_MAX_FILE_BYTES: Final = 256 * 1024
# For whoever runs a centre beside the lane: which way it serves, and what is known of travellers.
_OF_THE_CENTRE: Final = frozenset(
    ("direction", "systems", "authorisations", "successions", "entries", "listed")
)
_VERDICTS: Final = frozenset(("admit", "refer", "none"))
_USUAL_VALIDITY_DAYS: Final = 1200
_LARGEST_DG2: Final = 60_000
_USUALLY_EXPIRED_DAYS: Final = -20
_OTHER_FACE: Final = "P008"
_ANOTHER_FACE: Final = "P005"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario file says.

    Args:
        visits: in the order in which they come.
        lane: its kind, where the file says nothing the usual one.

    """

    visits: tuple[PlannedVisit, ...]
    lane: LaneKind

    @property
    def travellers(self) -> tuple[Traveller, ...]:
        """Who comes."""
        return tuple(visit.traveller for visit in self.visits)


def load_scenario(file: Path) -> Scenario:
    """Read a scenario.

    Raises:
        BadInput: it is missing, no TOML, has an unknown key or a value of the wrong
            kind; the message is one line that names the file, the traveller and the fault.

    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_FILE_BYTES + 1)
        if len(content) > _MAX_FILE_BYTES:
            raise BadInput(f"{file}: more than {_MAX_FILE_BYTES} bytes")
        tables = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file}: not TOML: {error}") from None
    travellers, lane = tables.pop("traveller", None), tables.pop("lane", {})
    for name in tables.keys() - _OF_THE_CENTRE:
        raise BadInput(f"{file}: {name}: unknown key")
    if not isinstance(travellers, list) or not travellers:
        raise BadInput(f"{file}: no [[traveller]]")
    loaded = []
    for number, table in enumerate(travellers, start=1):
        try:
            loaded.append(parse_visit(table))
        except BadInput as fault:
            raise BadInput(f"{file}: traveller {number}: {fault}") from None
    try:
        return Scenario(tuple(loaded), parse_lane(lane))
    except BadInput as fault:
        raise BadInput(f"{file}: lane: {fault}") from None


def parse_lane(table: object) -> LaneKind:
    """Read the kind of a lane; raises BadInput with the key and the fault."""
    return LaneKind(**_checked(table, _LANE_KEYS))


def parse_visit(given: object) -> PlannedVisit:
    """Read one traveller with what goes wrong; raises BadInput with the key and the fault."""
    table = dict(_checked(given, {**_KEYS, **_ODD_KEYS}))
    oddity, mishap = table.pop("oddity", Oddity.NONE.value), table.pop("mishap", None)
    return PlannedVisit(
        parse_traveller(table), Oddity(oddity), None if mishap is None else _mishap(mishap)
    )


def _mishap(table: Mapping[str, Any]) -> Mishap:
    lacking = [key for key in _MISHAP_KEYS if key not in _checked(table, _MISHAP_KEYS)]
    if lacking:
        raise BadInput(f"mishap: {lacking[0]}: missing")
    device, trouble = table["device"], table["trouble"]
    known = LANE_TROUBLES if device == THE_LANE else DEVICE_TROUBLES
    if trouble not in known:
        raise BadInput(f"mishap: trouble: one of {', '.join(known)}")
    return Mishap(device, trouble, float(table["after_seconds"]), float(table["seconds"]))


def parse_traveller(given: object) -> Traveller:
    """Read one traveller; raises BadInput with the key and the fault."""
    table = _checked(given, _KEYS)
    for key in ("name", "kind", "person"):
        if key not in table:
            raise BadInput(f"{key}: missing")
    kind = Kind(table["kind"])
    return Traveller(
        name=table["name"],
        kind=kind,
        person=table["person"],
        face=table.get("face", _usual_face(kind, table["person"])),
        state=table.get("state", "BGD"),
        sex=table.get("sex", "X"),
        born=table.get("born", date(1988, 4, 12)).strftime("%y%m%d"),
        expires_in_days=table.get("expires_in_days", _usual_expiry(kind)),
        active_authentication=table.get("active_authentication", "rsa"),
        access=table.get("access", "bac"),
        chip_authentication=table.get("chip_authentication", "none"),
        apdus=table.get("apdus", "extended"),
        dg2_bytes=table.get("dg2_bytes", 0),
        attack=_attack(kind, table.get("attack")),
        printed=table.get("printed", ""),
        forgery=table.get("forgery", ""),
        damage=table.get("damage", 0),
        document_number=table.get("document_number", ""),
    )


def _checked(table: object, keys: Mapping[str, Callable[[Any], bool]]) -> Mapping[str, Any]:
    """Return ``table``; raises BadInput unless it has known keys with good values only."""
    if not isinstance(table, Mapping):
        raise BadInput("not a table")
    for key, value in table.items():
        if key not in keys:
            raise BadInput(f"{key}: unknown key")
        if not keys[key](value):
            raise BadInput(f"{key}: bad value")
    return table


def _usual_face(kind: Kind, person: str) -> str:
    if kind is not Kind.OTHER_PERSONS_PASSPORT:
        return person
    return _OTHER_FACE if person != _OTHER_FACE else _ANOTHER_FACE


def _attack(kind: Kind, name: str | None) -> Attack | None:
    if (kind is Kind.PRESENTATION_ATTACK) is not (name is not None):
        raise BadInput(f"attack: only with kind {Kind.PRESENTATION_ATTACK.value}, and always then")
    return None if name is None else Attack(name)


def _usual_expiry(kind: Kind) -> int:
    return _USUALLY_EXPIRED_DAYS if kind is Kind.EXPIRED else _USUAL_VALIDITY_DAYS


def _one_of(*allowed: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in allowed


def _is_name(value: object) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"[A-Z' -]{1,30}, [A-Z' -]{1,30}", value) is not None
    )


def _is_document_number(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Z0-9]{1,9}", value) is not None


def _is_photograph(value: object) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"P\d{3}", value) is not None
        and (PHOTOGRAPHS / value).is_dir()
    )


def _has_portrait(value: object) -> bool:
    return _is_photograph(value) and (PHOTOGRAPHS / str(value) / "portrait.jpg").is_file()


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_seconds(value: object) -> bool:
    return type(value) in {int, float} and 0 <= value <= 3600  # type: ignore[operator]


def _is_days(value: object) -> bool:
    return type(value) is int and -3650 <= value <= 3650


# What a traveller's table may hold; ``expected_*`` is for whoever compares afterwards.
_KEYS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "name": _is_name,
    "kind": _one_of(*(kind.value for kind in Kind)),
    "person": _has_portrait,
    "face": _is_photograph,
    "printed": _is_photograph,
    "forgery": _one_of(*(each for each in SPECIES if not impossible("td3", each))),
    "damage": lambda value: type(value) is int and 0 <= value <= 3,
    "state": _one_of(*STATES),
    "document_number": _is_document_number,
    "sex": _one_of("F", "M", "X"),
    "born": lambda value: type(value) is date,
    "expires_in_days": _is_days,
    "active_authentication": _one_of("rsa", "ecdsa", "none"),
    "access": _one_of("bac", "pace", "pace-cam"),
    "chip_authentication": _one_of("ecdh", "dh", "none"),
    "dg2_bytes": lambda value: type(value) is int and 0 <= value <= _LARGEST_DG2,
    "apdus": _one_of("extended", "short"),
    "attack": _one_of(*(attack.value for attack in Attack)),
    "expected_verdict": _one_of(*_VERDICTS),
    "expected_findings": _is_texts,
}

# What the lane's table may hold, in the words of a gate's settings.
_LANE_KEYS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "flow": _one_of(*FLOWS),
    "barrier": _one_of(*BARRIERS),
    "mrz_reader": _one_of(*MRZ_READERS),
    "face_light": _is_bool,
    "page_scanner": _is_bool,
    "emergency_input": _is_bool,
    "signal_lights": _is_bool,
}

# What may go wrong about a traveller, by script.
_EVERY_DEVICE: Final = LaneKind(emergency_input=True, signal_lights=True).breakable
_ODD_KEYS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "oddity": _one_of(*(oddity.value for oddity in Oddity)),
    "mishap": lambda value: isinstance(value, Mapping),
}
_MISHAP_KEYS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "device": _one_of(*_EVERY_DEVICE, THE_LANE),
    "trouble": _one_of(*DEVICE_TROUBLES, *LANE_TROUBLES),
    "after_seconds": _is_seconds,
    "seconds": _is_seconds,
}
