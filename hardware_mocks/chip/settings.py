"""``--set KEY=VALUE``: what can be changed about a profile."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final, get_args

from hardware_mocks.chip.document import Holder
from hardware_mocks.chip.document_keys import AA_CURVES
from hardware_mocks.chip.face_records import FaceKind
from hardware_mocks.chip.optional_groups import OPTIONAL_GROUPS
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.portrait import FORMATS
from hardware_mocks.chip.profile import Profile
from hardware_mocks.chip.quirks.catalogue import SWITCHES
from hardware_mocks.chip.words import (
    CIPHERS,
    DOMAINS,
    MAPPINGS,
    agreement_of,
    chip_key_order,
    pace_offer,
)
from hardware_mocks.outcome import BadInput


def _text(_key: str, value: str) -> str:
    return value


def _path(_key: str, value: str) -> Path:
    return Path(value)


def _yes(key: str, value: str) -> bool:
    if value not in {"true", "false"}:
        raise BadInput(f"--set {key}: true or false")
    return value == "true"


def _number(key: str, value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) <= 65536:
        raise BadInput(f"--set {key}: a number from 1 to 65536")
    return int(value)


def _one_of(*allowed: str) -> Callable[[str, str], str | None]:
    def convert(key: str, value: str) -> str | None:
        if value not in allowed:
            raise BadInput(f"--set {key}: one of {', '.join(allowed)}")
        return None if value == "none" else value

    return convert


def _one_of_words(*allowed: str) -> Callable[[str, str], str]:
    """Like :func:`_one_of`, where ``none`` is a word like the others."""

    def convert(key: str, value: str) -> str:
        return str(_one_of(*allowed)(key, value) or "none")

    return convert


def _rsa_bits(key: str, value: str) -> int:
    if value not in {"1024", "1280", "1536", "1792", "2048", "3072", "4096"}:
        raise BadInput(f"--set {key}: the size of an RSA key in bits, as 1536")
    return int(value)


def _groups(key: str, value: str) -> frozenset[int]:
    numbers = value.split(",") if value else []
    if not all(each.isdecimal() and int(each) in OPTIONAL_GROUPS for each in numbers):
        raise BadInput(f"--set {key}: data groups of {', '.join(map(str, OPTIONAL_GROUPS))}")
    return frozenset(int(each) for each in numbers)


def _faces(key: str, value: str) -> tuple[str, ...]:
    kinds = tuple(value.split(","))
    if not set(kinds) <= set(get_args(FaceKind)) or len(kinds) > _MOST_FACES:
        raise BadInput(f"--set {key}: up to {_MOST_FACES} of {', '.join(get_args(FaceKind))}")
    return kinds


def _bytes_wanted(key: str, value: str) -> int:
    if not value.isdecimal() or int(value) > _LARGEST_DG2:
        raise BadInput(f"--set {key}: a number of bytes up to {_LARGEST_DG2}")
    return int(value)


def _positive(key: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number <= _LARGEST_PACE:
        raise BadInput(f"--set {key}: a number above 0, to {_LARGEST_PACE}")
    return number


def _quirks(key: str, value: str) -> tuple[str, ...]:
    names = tuple(value.split(","))
    for name in names:
        if name not in SWITCHES:
            raise BadInput(f"--set {key}: no such quirk {name}; see --list-quirks")
    return names


def _several(read: Callable[[str], Any]) -> Callable[[str, str], tuple[Any, ...]]:
    """A list of words, each of which ``read`` understands; ``none`` is the empty one."""

    def convert(key: str, value: str) -> tuple[Any, ...]:
        try:
            return tuple(read(word) for word in value.split(",") if value != "none")
        except ValueError as error:
            raise BadInput(f"--set {key}: {error}") from None

    return convert


Converter = Callable[[str, str], Any]
_LARGEST_PACE: Final = 100_000
_LARGEST_DG2: Final = 400_000
_MOST_FACES: Final = 9
_HASHES: Final = ("sha1", "sha224", "sha256", "sha384", "sha512")
_HOLDER: Final[Mapping[str, Converter]] = {
    **{each.name: _text for each in fields(Holder)},
    "portrait": _path,
    "document_type": _one_of("TD1", "TD2", "TD3"),
}
# Key -> field of hardware_mocks.chip.order.Order, and its converter.
_DOCUMENT: Final[Mapping[str, tuple[str, Converter]]] = {
    "signer": ("signer", _text),
    "lds": ("lds_version", _one_of("1.7", "1.8")),
    "groups": ("groups", _groups),
    "fingers": ("fingers", _yes),
    "portrait_format": ("portrait_format", _one_of(*FORMATS)),
    "portrait_bytes": ("portrait_bytes", _number),
    "face_encoding": ("face_encoding", _one_of("19794-5", "39794-5")),
    "faces": ("faces", _faces),
    "a_template_each": ("a_template_each", _yes),
    "dg2_bytes": ("dg2_bytes", _bytes_wanted),
    "bac": ("basic_access", _yes),
    "pace": ("pace", _several(pace_offer)),
    "ca": ("chip_keys", _several(chip_key_order)),
    "ta": ("terminal_authentication", _one_of("ecdsa", "rsa", "none")),
    "applications": ("applications", _one_of_words("none", "lds1", "lds2")),
    "aa": ("active_authentication", _one_of("rsa", "ecdsa", "none")),
    "aa_bits": ("aa_bits", _rsa_bits),
    "aa_curve": ("aa_curve", _one_of(*AA_CURVES)),
    "aa_hash": ("aa_hash", _one_of(*_HASHES)),
    "aa_der": ("aa_der", _yes),
    "aa_zeros": ("aa_zeros", _one_of("as-is", "added", "cut")),
    "cloned": ("cloned", _yes),
    "forged_keys": ("forged_keys", _yes),
    "card_access": ("card_access", _several(pace_offer)),
    "tampered": ("tampered", _yes),
    "substituted_portrait": ("substituted_portrait", _path),
    "altered_surname": ("altered_surname", _text),
}
_INTERFACE: Final[Mapping[str, tuple[str, Converter]]] = {
    "max_le": ("max_le", _number),
    "extended": ("extended_length", _yes),
    "atr_info": ("tells", _one_of("lengths", "capabilities", "both", "nothing")),
}
_PACE: Final = ("link_kbit", "apdu_ms")
# Short cuts: key -> what becomes of the PACE that the profile offers.
_ACCESSES: Final = ("bac", "pace", "pace-only")
_OFFERS: Final[Mapping[str, Callable[[PaceOffer, str], PaceOffer]]] = {
    "mapping": lambda offer, word: replace(offer, mapping=MAPPINGS[word]),
    "cipher": lambda offer, word: replace(offer, cipher=CIPHERS[word]),
    "domain": lambda offer, word: replace(
        offer, parameter_id=DOMAINS[word], agreement=agreement_of(DOMAINS[word])
    ),
}
KEYS: Final = (
    *_HOLDER, *_DOCUMENT, *_INTERFACE, *_PACE, "access", *_OFFERS, "leaves_after", "quirk", "pki",
)  # fmt: skip


def changed(profile: Profile, settings: Mapping[str, str]) -> Profile:
    """Return the profile with ``KEY=VALUE`` settings applied; raises BadInput."""
    for key, value in settings.items():
        profile = _changed(profile, key, value)
    return profile


def _changed(profile: Profile, key: str, value: str) -> Profile:
    if key in _HOLDER:
        return replace(profile, holder={**profile.holder, key: _HOLDER[key](key, value)})
    if key in _DOCUMENT:
        argument, convert = _DOCUMENT[key]
        return replace(profile, document={**profile.document, argument: convert(key, value)})
    if key in _INTERFACE:
        argument, convert = _INTERFACE[key]
        interface = replace(profile.interface, **{argument: convert(key, value)})
        return replace(profile, interface=interface)
    if key == "access":
        return _with_access(profile, value)
    if key in _OFFERS:
        return _with_offer(profile, key, value)
    if key == "leaves_after":
        return replace(profile, leaves_after=_number(key, value))
    if key in _PACE:
        slower: Mapping[str, Any] = {key: _positive(key, value)}
        return replace(profile, **slower)
    if key == "quirk":
        return replace(profile, quirks=(*profile.quirks, *_quirks(key, value)))
    raise BadInput(f"--set {key}: no such setting; there are {', '.join(KEYS)}")


def _with_access(profile: Profile, value: str) -> Profile:
    """BAC alone, PACE beside BAC, or PACE alone."""
    if value not in _ACCESSES:
        raise BadInput(f"--set access: one of {', '.join(_ACCESSES)}")
    offers = profile.document.get("pace") or (PaceOffer(),)
    order = {"basic_access": value != "pace-only", "pace": () if value == "bac" else offers}
    return replace(profile, document={**profile.document, **order})


def _with_offer(profile: Profile, key: str, word: str) -> Profile:
    """The same offers with another mapping, cipher or set of domain parameters."""
    offers = profile.document.get("pace") or (PaceOffer(),)
    try:
        changed_offers = tuple(_OFFERS[key](offer, word) for offer in offers)
    except KeyError:
        raise BadInput(f"--set {key}: no such {key}: {word}") from None
    except ValueError as error:
        raise BadInput(f"--set {key}: {error}") from None
    return replace(profile, document={**profile.document, "pace": changed_offers})
