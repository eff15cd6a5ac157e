"""Readers that push lines by themselves (DESKO, Access-IS and others).

``[SOD] STX line CR line CR [line CR] ETX [EOD]``; whatever stands outside of STX
and ETX is passed over. The frame bytes are options, devices are set up differently.
"""

from collections.abc import Iterator

from drivers.mrz_reader.message import MAX_FRAME_BYTES, Document, Garbled, parse_lines


class LinePushDecoder:
    """Finds frames in what comes.

    Args:
        start: the byte that opens a frame (STX).
        end: the byte that closes it (ETX).

    """

    def __init__(self, *, start: int = 0x02, end: int = 0x03) -> None:
        self._start = start
        self._end = end
        self._frame: bytearray | None = None  # None: between two frames

    def feed(self, received: bytes) -> Iterator[Document | Garbled]:
        for byte in received:
            if (message := self._take(byte)) is not None:
                yield message

    def _take(self, byte: int) -> Document | Garbled | None:
        frame = self._frame
        if byte == self._start:
            self._frame = bytearray()
            return Garbled("frame without end") if frame else None
        if frame is None:
            return None
        if byte == self._end:
            self._frame = None
            return parse_lines(bytes(frame))
        if len(frame) >= MAX_FRAME_BYTES:
            self._frame = None
            return Garbled("frame without end")
        frame.append(byte)
        return None
