"""Finding one board's answer among the bytes of an RTU line.

The framer of the library takes the first bytes that could begin a frame for one,
so noise before an answer, or the answer of another unit, costs it the answer. And it
takes the late answer to a request that was given up for the answer to the next one.
"""

from typing import Final

from pymodbus.framer.rtu import FramerRTU

_READ_INPUTS: Final = 0x02
_WRITES: Final = (0x05, 0x0F)
_EXCEPTION: Final = 0x80
_CRC_BYTES: Final = 2
_SHORTEST_BYTES: Final = 5
_ECHO_BYTES: Final = 6  # unit, function, address, and the value or how many


def answer_of(request: bytes, received: bytes) -> bytes:
    """Return the first whole answer to ``request`` with a right CRC in ``received``, or b"".

    What answers a write repeats its address and what was written; an exception answers too.

    Args:
        request: the frame that was sent.
        received: all that came since then.

    """
    for start in range(len(received) - _SHORTEST_BYTES + 1):
        if not _may_answer(request, received[start : start + _ECHO_BYTES]):
            continue
        frame = received[start : start + _length(received[start + 1], received[start + 2])]
        if len(frame) >= _SHORTEST_BYTES and _crc_is_right(frame):
            return frame
    return b""


def _may_answer(request: bytes, head: bytes) -> bool:
    unit, function = head[:2]
    if unit != request[0] or function & ~_EXCEPTION != request[1]:
        return False
    return function not in _WRITES or head == request[:_ECHO_BYTES]


def _length(function: int, third_byte: int) -> int:
    """Return how long an answer is (Application Protocol V1.1b3 §6.2, §6.5, §6.11, §7)."""
    if function == _READ_INPUTS:
        return 3 + third_byte + _CRC_BYTES
    if function in _WRITES:
        return 6 + _CRC_BYTES
    return 3 + _CRC_BYTES


def _crc_is_right(frame: bytes) -> bool:
    crc = int.from_bytes(frame[-_CRC_BYTES:], "big")
    return FramerRTU.check_CRC(frame[:-_CRC_BYTES], crc)
