"""Frames of a turnstile controller: ``02 sizeLo sizeHi command... XOR``, ``06`` and ``15``."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final, Literal

Covered = Literal["frame", "size", "command"]
"""Where the XOR begins: at the first byte, at the size, or at the command."""

MAX_PAYLOAD_BYTES: Final = 32

_START: Final = 0x02
_ACK: Final = 0x06
_NAK: Final = 0x15
_HEADER_BYTES: Final = 3
_COVERED_FROM: Final = {"frame": 0, "size": 1, "command": _HEADER_BYTES}

ACKNOWLEDGEMENT: Final = bytes((_ACK,))


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The controller took the frame."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The controller did not: a spoiled frame, or a command that it does not have."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A command byte and what follows it."""

    content: bytes


Message = Acknowledged | Refused | Payload


def encode(payload: bytes, covered: Covered) -> bytes:
    """Return the frame of ``payload``."""
    frame = bytes((_START,)) + len(payload).to_bytes(2, "little") + payload
    return frame + bytes((_check_byte(frame, covered),))


class TurnstileDecoder:
    """Finds messages in what comes; never waits, never raises on any bytes."""

    def __init__(self, covered: Covered) -> None:
        self._covered = covered
        self._buffer = bytearray()

    def feed(self, received: bytes) -> Iterator[Message]:
        for byte in received:
            self._buffer.append(byte)
            while (message := self._next_message()) is not None:
                yield message

    def _next_message(self) -> Message | None:
        while self._buffer and not self._may_begin():
            del self._buffer[0]  # noise
        if not self._buffer:
            return None
        if self._buffer[0] != _START:
            answer = self._buffer.pop(0)
            return Acknowledged() if answer == _ACK else Refused()
        return self._payload()

    def _may_begin(self) -> bool:
        if self._buffer[0] in (_ACK, _NAK):
            return True
        # An unfinished size counts as small: it may still become so.
        size = int.from_bytes(self._buffer[1:_HEADER_BYTES].ljust(2, b"\x00"), "little")
        whole_size = len(self._buffer) >= _HEADER_BYTES
        return (
            self._buffer[0] == _START and size <= MAX_PAYLOAD_BYTES and (size > 0 or not whole_size)
        )

    def _payload(self) -> Message | None:
        if len(self._buffer) < _HEADER_BYTES:
            return None
        end = _HEADER_BYTES + int.from_bytes(self._buffer[1:_HEADER_BYTES], "little")
        if len(self._buffer) <= end:
            return None
        frame = bytes(self._buffer[:end])
        if self._buffer[end] != _check_byte(frame, self._covered):
            del self._buffer[0]  # noise that looked like a beginning: look again behind it
            return self._next_message()
        del self._buffer[: end + 1]
        return Payload(frame[_HEADER_BYTES:])


def _check_byte(frame: bytes, covered: Covered) -> int:
    return reduce(xor, frame[_COVERED_FROM[covered] :], 0)
