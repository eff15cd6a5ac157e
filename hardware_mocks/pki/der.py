"""The few DER types that certificates, revocation lists and signed objects are made of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from hardware_mocks.tlv import encode

NULL: Final = b"\x05\x00"
TRUE: Final = b"\x01\x01\xff"
_UTC_TIME_ENDS: Final = 2050


def integer(value: int) -> bytes:
    return encode(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    arcs = [int(arc) for arc in dotted.split(".")]
    body = b"".join(_base_128(arc) for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]))
    return encode(0x06, body)


def sequence(*parts: bytes) -> bytes:
    return encode(0x30, *parts)


def set_of(parts: Iterable[bytes]) -> bytes:
    """A SET OF with its elements in DER's order."""
    return encode(0x31, *sorted(parts))


def octet_string(value: bytes) -> bytes:
    return encode(0x04, value)


def bit_string(value: bytes, *, unused_bits: int = 0) -> bytes:
    return encode(0x03, bytes([unused_bits]), value)


def printable(text: str) -> bytes:
    return encode(0x13, text.encode("ascii"))


def utf8(text: str) -> bytes:
    return encode(0x0C, text.encode())


def time(moment: datetime) -> bytes:
    """A Time: UTCTime until 2049, then GeneralizedTime (RFC 5280 §4.1.2.5)."""
    if moment.year < _UTC_TIME_ENDS:
        return encode(0x17, moment.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return encode(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def generalized_time(moment: datetime, *, tag: int = 0x18) -> bytes:
    return encode(tag, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _base_128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(arc & 0x7F | 0x80)
    return bytes(reversed(digits))
