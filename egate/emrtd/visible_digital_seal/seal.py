"""The three parts of a seal: header, message zone, signature zone (9303-13 §2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.header import SealHeader, parse_header

# What the largest bar code holds that an ISO standard knows: QR code 40-L (ISO/IEC 18004).
MAX_SEAL_BYTES: Final = 2953
_SIGNATURE: Final = 0xFF
_MAX_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class VisibleDigitalSeal:
    """A seal as it was read; what it says is personal, and proven by nothing yet.

    Args:
        header: who signed, and what kind of document.
        values: the content of each document feature, by its tag, in their order.
        signed: header and message zone, which the signature covers.
        signature: r || s.

    """

    header: SealHeader
    values: Mapping[int, bytes] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the bytes of a bar code, its padding taken off.

        Raises:
            SealMalformed: they are no seal.

        """
        if len(raw) > MAX_SEAL_BYTES:
            raise SealMalformed(f"a seal has at most {MAX_SEAL_BYTES} bytes")
        header, offset = parse_header(raw)
        values: dict[int, bytes] = {}
        while (tag := _octet(raw, offset)) != _SIGNATURE:
            if tag in values:
                raise SealMalformed(f"two features with tag {tag:02X}")
            values[tag], offset = _value(raw, offset + 1, is_der=header.version > 3)
        signature, end = _value(raw, offset + 1, is_der=True)
        if end != len(raw):
            raise SealMalformed("bytes after the signature")
        if not signature or len(signature) % 2:
            raise SealMalformed("signature of a length that cannot be")
        return cls(header, MappingProxyType(values), raw[:offset], signature)


def _value(raw: bytes, offset: int, *, is_der: bool) -> tuple[bytes, int]:
    """Return the value whose length begins at ``offset``, and where it ends.

    Args:
        raw: the seal.
        offset: in bytes.
        is_der: the length has the form of DER; it is one plain byte otherwise (§2.3).

    """
    length = _octet(raw, offset)
    offset += 1
    if is_der and length >= 0x80:
        size = length & 0x7F
        encoded = raw[offset : offset + size]
        length = int.from_bytes(encoded, "big")
        # DER has one form for a length, the shortest (X.690 §10.1).
        if not 0 < size <= _MAX_LENGTH_BYTES or length < max(0x80, 1 << 8 * (size - 1)):
            raise SealMalformed("length of a form that cannot be")
        offset += size
    if offset + length > len(raw):
        raise SealMalformed("seal ends early")
    return raw[offset : offset + length], offset + length


def _octet(raw: bytes, offset: int) -> int:
    if offset >= len(raw):
        raise SealMalformed("seal ends early")
    return raw[offset]
