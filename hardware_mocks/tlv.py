"""BER-TLV and DER of the mocks, written apart from the gate's own (ISO/IEC 7816-4 §6.3)."""

from dataclasses import dataclass


class TlvError(ValueError):
    """The bytes are no sequence of complete data objects."""


@dataclass(frozen=True, slots=True)
class Element:
    """One data object: its tag, its value, and the very bytes it came as."""

    tag: int
    value: bytes
    raw: bytes


def encode(tag: int, *values: bytes) -> bytes:
    """Return the data object of ``tag`` around the joined ``values``, with the shortest length."""
    value = b"".join(values)
    size = len(value)
    if size < 0x80:
        length = bytes([size])
    else:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + length + value


def elements(raw: bytes) -> list[Element]:
    """Split ``raw`` into its data objects; raises TlvError when one is cut or malformed."""
    found = []
    start = 0
    while start < len(raw):
        tag, at = _read_tag(raw, start)
        size, at = _read_length(raw, at)
        if at + size > len(raw):
            raise TlvError("a value is cut")
        found.append(Element(tag, raw[at : at + size], raw[start : at + size]))
        start = at + size
    return found


def _read_tag(raw: bytes, at: int) -> tuple[int, int]:
    end = at + 1
    if raw[at] & 0x1F == 0x1F:
        while end < len(raw) and raw[end] & 0x80 and end - at < 3:
            end += 1
        end += 1
    if end > len(raw):
        raise TlvError("a tag is cut")
    return int.from_bytes(raw[at:end], "big"), end


def _read_length(raw: bytes, at: int) -> tuple[int, int]:
    if at >= len(raw):
        raise TlvError("a length is missing")
    first = raw[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if not 1 <= count <= 4 or at + 1 + count > len(raw):
        raise TlvError("a length is malformed")
    return int.from_bytes(raw[at + 1 : at + 1 + count], "big"), at + 1 + count
