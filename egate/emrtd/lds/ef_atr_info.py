"""EF.ATR/INFO: which lengths the chip takes and what it can do (9303-10 §3.11.1, table 29)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from egate.emrtd.errors import TlvMalformed
from egate.emrtd.tlv import decode_all, decode_header

EF_ATR_INFO_SHORT_ID: Final = 0x01
_EXTENDED_LENGTHS: Final = 0x7F66
_CAPABILITIES: Final = 0x47
_INTEGER: Final = 0x02
_COMMAND_CHAINING: Final = 0x80
_SHORT_APDU_BYTES: Final = 256
_MAX_INTEGER_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class EfAtrInfo:
    """What the file says; it is unprotected, so nothing but lengths is taken from it.

    Args:
        longest_command: bytes of a command APDU as a whole; None when not stated.
        longest_response: bytes of a response APDU, its status word included; None
            when not stated. Extended length is for chips that state both (9303-11 §9.3.1.2).
        command_chaining: whether long commands may come in a chain.

    """

    longest_command: int | None
    longest_response: int | None
    command_chaining: bool

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the whole file, which zero bytes may follow.

        Raises:
            TlvMalformed: it is no list of data objects.

        """
        objects = dict(_objects(raw))
        command, response = _lengths(objects.get(_EXTENDED_LENGTHS, b""))
        third_byte = objects.get(_CAPABILITIES, b"")[2:3] or b"\x00"
        return cls(command, response, bool(third_byte[0] & _COMMAND_CHAINING))


def _objects(raw: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while raw[offset:].strip(b"\x00"):
        tag, length, header = decode_header(raw, offset)
        end = offset + header + length
        if end > len(raw):
            raise TlvMalformed("EF.ATR/INFO ends early")
        yield tag, raw[offset + header : end]
        offset = end


def _lengths(raw: bytes) -> tuple[int | None, int | None]:
    values = [value for tag, value in decode_all(raw) if tag == _INTEGER]
    if len(values) != 2 or any(len(value) > _MAX_INTEGER_BYTES for value in values):
        return None, None
    command, response = (int.from_bytes(value, "big") for value in values)
    # What is not longer than a short APDU says nothing of extended ones.
    if command <= _SHORT_APDU_BYTES or response <= _SHORT_APDU_BYTES:
        return None, None
    return command, response
