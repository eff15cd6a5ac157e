"""What the matrix is made of: every combination that there could be, whether or not it exists."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, NamedTuple

from hardware_mocks.chip.chip_key import ChipKeyOrder
from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.profiles import Profile
from hardware_mocks.chip.quirks.catalogue import SWITCHES
from hardware_mocks.chip.quirks.switch import Switch
from hardware_mocks.pki import der
from tests.chip_cells import Cell, Form

ACCESS: Final = "access"
CHIP: Final = "chip authentication"
QUIRK: Final = "quirk"
DOCUMENT_TYPES: Final = ("TD1", "TD2", "TD3")
_CIPHERS: Final = ("3DES", "AES-128", "AES-192", "AES-256")
_MAPPINGS: Final = ("GM", "IM", "CAM")
# The arcs of id-PACE; DH has no chip authentication mapping, and 5 is nobody's.
_ARCS: Final = {"GM": (1, 2), "IM": (3, 4), "CAM": (5, 6)}
_ID_PACE: Final = "0.4.0.127.0.7.2.2.4"
_FIRST_CURVE: Final = 8
# What a wire shows and a conversation in one process does not.
ON_THE_WIRE_ONLY: Final = frozenset({"slow-chip", "slow-link"})

QUIRK_ACCESS: Final[Mapping[str, tuple[PaceOffer, ...]]] = {
    "BAC": (),
    "PACE-GM": (PaceOffer(),),
    "PACE-IM": (PaceOffer("IM", cipher="AES-256", parameter_id=13),),
    "PACE-CAM": (PaceOffer("CAM", cipher="AES-192"),),
}


class Key(NamedTuple):
    """Where a cell stands: table, row, column, and which of the six readings it is."""

    table: str
    row: str
    column: str
    document_type: str
    form: Form


def matrix() -> dict[Key, Cell]:
    """Every cell."""
    cells: dict[Key, Cell] = {}
    for document_type, form in product(DOCUMENT_TYPES, Form):
        for table, makers in _TABLES.items():
            for row, column, profile, card_access in makers():
                key = Key(table, row, column, document_type, form)
                cells[key] = Cell(profile, form, document_type, card_access)
    return cells


def sample(cells: Mapping[Key, Cell]) -> dict[Key, Cell]:
    """Cells for every day.

    Every row meets every column, as TD3 in one form or the other, and every row meets TD1
    and TD2. A quirk of the document alone, which nothing on the way to it can change, meets
    two columns.
    """
    rows: dict[tuple[str, str], list[str]] = {}
    for key in cells:
        columns = rows.setdefault((key.table, key.row), [])
        if key.column not in columns:
            columns.append(key.column)
    forms = tuple(Form)
    wanted = set()
    for turn, ((table, row), columns) in enumerate(rows.items()):
        stored = table == QUIRK and SWITCHES[row].make is None
        met = columns[turn % 2 :: 2] if stored and len(columns) > 1 else columns
        for place, column in enumerate(met):
            wanted.add(Key(table, row, column, "TD3", forms[(turn + place) % 2]))
        wanted.add(Key(table, row, columns[turn % len(columns)], "TD1", Form.EXTENDED))
        wanted.add(Key(table, row, columns[(turn + 1) % len(columns)], "TD2", Form.SHORT))
    return {key: cell for key, cell in cells.items() if key in wanted}


Made = Iterator[tuple[str, str, Profile, bytes | None]]


def _profile(**document: Any) -> Profile:  # noqa: ANN401  fields of Order
    """A chip that takes long keys in short APDUs, and gives them."""
    return Profile(
        "a cell",
        document={"active_authentication": None, **document},
        quirks=("chaining-accepted", "answers-in-parts"),
    )


def _access() -> Made:
    yield "BAC", "3DES", _profile(), None
    for parameter_id, mapping, cipher in product(GROUPS, _MAPPINGS, _CIPHERS):
        agreement = "ECDH" if parameter_id >= _FIRST_CURVE else "DH"
        row = f"{agreement}, {GROUPS[parameter_id].name}"
        column = f"{mapping} {cipher}"
        try:
            offer = PaceOffer(
                mapping,  # type: ignore[arg-type]  one of three, and of four below
                agreement,  # type: ignore[arg-type]
                cipher,  # type: ignore[arg-type]
                parameter_id,
            )
        except ValueError:
            yield row, column, _profile(basic_access=False), _offered(parameter_id, mapping, cipher)
        else:
            yield row, column, _profile(basic_access=False, pace=(offer,)), None


def _offered(parameter_id: int, mapping: str, cipher: str) -> bytes:
    """EF.CardAccess with one PACEInfo, be there such a PACE or not."""
    arc = _ARCS[mapping][parameter_id >= _FIRST_CURVE]
    protocol = der.oid(f"{_ID_PACE}.{arc}.{_CIPHERS.index(cipher) + 1}")
    return der.set_of([der.sequence(protocol, der.integer(2), der.integer(parameter_id))])


def _chip_authentication() -> Made:
    for parameter_id, cipher in product(GROUPS, _CIPHERS):
        agreement = "ECDH" if parameter_id >= _FIRST_CURVE else "DH"
        key = ChipKeyOrder(parameter_id, (cipher,))  # type: ignore[arg-type]
        yield f"{agreement}, {GROUPS[parameter_id].name}", cipher, _profile(chip_keys=(key,)), None


def _quirks() -> Made:
    for switch, (access, pace) in product(SWITCHES.values(), QUIRK_ACCESS.items()):
        if switch.name not in ON_THE_WIRE_ONLY and _goes_with(switch, access):
            document = {"active_authentication": "ecdsa", "pace": pace}
            yield (
                switch.name,
                access,
                Profile("a cell", document=document, quirks=(switch.name,)),
                None,
            )


def _goes_with(switch: Switch, access: str) -> bool:
    if "pace" in switch.document:  # it brings its own
        return access == "PACE-GM"
    return access != "BAC" or not switch.needs_pace


_TABLES: Final = {ACCESS: _access, CHIP: _chip_authentication, QUIRK: _quirks}
