"""EF.CVCA: which keys of certification authorities the chip verifies with (9303-11 §K.2)."""

from dataclasses import dataclass
from typing import Final, Self

from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.terminal_authentication.cv_certificate import parse_reference
from egate.emrtd.tlv import decode_all

_REFERENCE: Final = 0x42
_MOST_TRUST_POINTS: Final = 2


@dataclass(frozen=True, slots=True)
class EfCvca:
    """The certification authority references the chip knows, the newest first."""

    references: tuple[str, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the whole file, which zero bytes fill up.

        Raises:
            DocumentRejected: it holds no reference, more than two, or something else.

        """
        references = []
        # A reference has no zero bytes: they can only be what fills the file.
        for tag, value in decode_all(raw.rstrip(b"\x00")):
            if tag != _REFERENCE:
                raise Asn1Malformed(f"EF.CVCA holds tag {tag:02X}")
            references.append(parse_reference(value))
        if not 0 < len(references) <= _MOST_TRUST_POINTS:
            raise Asn1Malformed("EF.CVCA names no trust point, or more than two")
        return cls(tuple(references))
