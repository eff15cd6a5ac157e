"""Distinguished names: compared by meaning, shown to people, never used to choose a key alone."""

from functools import lru_cache
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element

_COUNTRY: Final = "2.5.4.6"
_LABELS: Final = {
    "2.5.4.3": "CN",
    "2.5.4.5": "serialNumber",
    _COUNTRY: "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
}
_ENCODINGS: Final = {0x0C: "utf-8", 0x14: "latin-1", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
_MAX_SHOWN_CHARACTERS: Final = 300

Attributes = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def attributes(name: bytes) -> Attributes:
    """Return type and text of each attribute of a Name, in its order.

    Args:
        name: DER of the Name. A broken one has no attributes.

    """
    try:
        return tuple(
            _attribute(pair)
            for rdn in asn1.decode(name).children()
            for pair in rdn.expect(asn1.SET, "relative name").children()
        )
    except Asn1Malformed:
        return ()


def country_of(name: bytes) -> str:
    """Return countryName as it is spelled; "" if there is none."""
    return next((text for kind, text in attributes(name) if kind == _COUNTRY), "")


def is_same_name(left: bytes, right: bytes) -> bool:
    """Return whether two names mean the same, string types, case and spaces aside."""
    return left == right or (bool(attributes(left)) and _folded(left) == _folded(right))


def shown(name: bytes) -> str:
    """Return the name for people, as ``C=BD, O=GOV``."""
    text = ", ".join(f"{_LABELS.get(kind, kind)}={value}" for kind, value in attributes(name))
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return printable[:_MAX_SHOWN_CHARACTERS]


def _folded(name: bytes) -> list[tuple[str, str]]:
    return sorted((kind, " ".join(text.casefold().split())) for kind, text in attributes(name))


def _attribute(pair: Element) -> tuple[str, str]:
    fields = pair.expect(asn1.SEQUENCE, "attribute").fields("attribute")
    kind, value = asn1.oid(fields.take()), fields.take()
    return kind, value.content.decode(_ENCODINGS.get(value.tag, "latin-1"), "replace")
