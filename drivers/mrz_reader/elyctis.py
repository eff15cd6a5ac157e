"""The Elyctis IDBOX One: ``op lenHi lenLo data`` in both directions.

Inquire ``49 00 00`` is answered with ``49 L1 L2 MRZ``, of length 0 when there is no
document. ``43 00 01 01`` turns continuous mode on: the same answer comes by itself
with every document. The separator of the lines is not documented.
"""

import re
from collections.abc import Iterator
from typing import Final

from drivers.mrz_reader.message import MAX_FRAME_BYTES, Acknowledged, Garbled, Message, parse_lines

INQUIRE: Final = bytes.fromhex("490000")
CONTINUOUS_ON: Final = bytes.fromhex("43000101")
CONTINUOUS_OFF: Final = bytes.fromhex("43000100")

_INQUIRE_OP: Final = 0x49
_CONTINUOUS_OP: Final = 0x43
_HEADER_BYTES: Final = 3
_NO_MRZ: Final = re.compile(rb"[^A-Z0-9<\r\n]")


class ElyctisDecoder:
    """Finds answers in what comes; one that cannot be right costs one byte, then it looks again."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> Iterator[Message]:
        for byte in received:
            self._buffer.append(byte)
            while (message := self._next_message()) is not None:
                yield message

    def _next_message(self) -> Message | None:
        self._skip_to_header()
        if len(self._buffer) < _HEADER_BYTES:
            return None
        end = _HEADER_BYTES + int.from_bytes(self._buffer[1:_HEADER_BYTES], "big")
        payload = bytes(self._buffer[_HEADER_BYTES:end])
        if self._buffer[0] == _INQUIRE_OP and _NO_MRZ.search(payload):
            del self._buffer[0]
            return Garbled("a byte that no MRZ has")
        if len(self._buffer) < end:
            return None
        if self._buffer[0] == _CONTINUOUS_OP or not payload:
            del self._buffer[:end]
            return Acknowledged()
        message = parse_lines(payload)
        # Noise that looks like a header must not swallow the real one behind it.
        del self._buffer[: 1 if isinstance(message, Garbled) else end]
        return message

    def _skip_to_header(self) -> None:
        while self._buffer and not self._may_be_header():
            del self._buffer[0]

    def _may_be_header(self) -> bool:
        head = self._buffer[:_HEADER_BYTES]
        if head[0] not in (_INQUIRE_OP, _CONTINUOUS_OP):
            return False
        limit = MAX_FRAME_BYTES if head[0] == _INQUIRE_OP else 1
        length = int.from_bytes(head[1:].ljust(2, b"\x00"), "big")
        return length <= limit
