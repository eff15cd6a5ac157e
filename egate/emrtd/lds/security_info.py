"""One entry of the SecurityInfos (9303-11 §9.2)."""

from dataclasses import dataclass, field
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Element

_MAX_IDENTIFIER_BYTES: Final = 16
_MAX_VERSION: Final = 255


@dataclass(frozen=True, slots=True)
class SecurityInfo:
    """One protocol: its object identifier and what belongs to it."""

    oid: str
    required: Element = field(repr=False)
    optional: Element | None = field(default=None, repr=False)

    def version(self) -> int:
        """Return the required data as the version of the protocol.

        Raises:
            Asn1Malformed: they are none.

        """
        version = asn1.integer(self.required)
        if not 0 <= version <= _MAX_VERSION:
            raise asn1.Asn1Malformed("a version that cannot be")
        return version

    def identifier(self) -> int | None:
        """Return the optional data as the number of a key or of domain parameters.

        Raises:
            Asn1Malformed: they are no number.

        """
        return None if self.optional is None else _identifier(self.optional)


def _identifier(element: Element) -> int:
    """Return a number that chips encode as an INTEGER, with or without a sign octet, or as bytes.

    The sign is not read: ``81`` and ``00 81`` name the same key.
    """
    if element.tag not in (asn1.INTEGER, asn1.OCTET_STRING):
        raise asn1.Asn1Malformed("an identifier that is no number")
    if not 0 < len(element.content) <= _MAX_IDENTIFIER_BYTES:
        raise asn1.Asn1Malformed("an identifier of a length that cannot be")
    return int.from_bytes(element.content, "big")
