"""Readers of 3M in their native protocol (RTE): they push, and are told nothing.

``SOH len 'OU' STX flag l1 CR l2 CR l3 CR ETX BCC``: the bottom line is the third, so that
a document of two lines leaves the first to padding, which is ``_``. Assumed: the flag is
one byte and says nothing that matters here; ``len`` is one byte, which nobody relies on,
as the lines end by ETX; the BCC is the XOR of what stands between SOH and it.
"""

from collections.abc import Iterator
from functools import reduce
from operator import xor
from typing import Final, Literal

from drivers.mrz_reader.message import MAX_FRAME_BYTES, Document, Garbled, parse_lines

CheckFrom = Literal["start", "length", "type", "none"]
"""Where the XOR begins: at SOH, at the length, at ``OU``; none: it is not looked at."""

_SOH: Final = 0x01
_ETX: Final = b"\x03"
_TYPE: Final = b"OU\x02"
_TYPE_AT: Final = 2  # after SOH and the length
_LINES_AT: Final = 6  # and after the flag
_PADDING: Final = b"_"
_CHECK_FROM: Final = {"start": 0, "length": 1, "type": _TYPE_AT}


class RteDecoder:
    """Finds frames in what comes; one that cannot be right costs one byte, then it looks again."""

    def __init__(self, check_from: CheckFrom = "length") -> None:
        self._check_from = check_from
        self._buffer = bytearray()

    def feed(self, received: bytes) -> Iterator[Document | Garbled]:
        for byte in received:
            self._buffer.append(byte)
            while (message := self._next_message()) is not None:
                yield message

    def _next_message(self) -> Document | Garbled | None:
        while self._buffer and not self._may_begin():
            del self._buffer[0]
        end = self._buffer.find(_ETX, _LINES_AT)
        if end < 0:
            if len(self._buffer) <= MAX_FRAME_BYTES:
                return None
            del self._buffer[0]
            return Garbled("frame without end")
        if len(self._buffer) == end + 1:
            return None  # the BCC is still to come
        frame, check = bytes(self._buffer[: end + 1]), self._buffer[end + 1]
        if not self._is_right(frame, check):
            del self._buffer[0]
            return Garbled("check byte")
        del self._buffer[: end + 2]
        return parse_lines(frame[_LINES_AT:-1].replace(_PADDING, b""))

    def _may_begin(self) -> bool:
        marks = bytes(self._buffer[_TYPE_AT:_LINES_AT])[: len(_TYPE)]
        return self._buffer[0] == _SOH and _TYPE.startswith(marks)

    def _is_right(self, frame: bytes, check: int) -> bool:
        if self._check_from == "none":
            return True
        return reduce(xor, frame[_CHECK_FROM[self._check_from] :], 0) == check
