"""Finding one board's answer among the bytes of an RTU line.

The framer of the library takes the first bytes that could begin a frame for one,
so noise before an answer, or the answer of another unit, costs it the answer.
"""

from typing import Final

from pymodbus.framer.rtu import FramerRTU

_READ_INPUTS: Final = 0x02
_WRITES: Final = (0x05, 0x0F)
_EXCEPTIONS: Final = (0x82, 0x85, 0x8F)
_CRC_BYTES: Final = 2
_SHORTEST_BYTES: Final = 5


def answer_of(unit: int, received: bytes) -> bytes:
    """Return the first whole answer of ``unit`` with a right CRC in ``received``, or b""."""
    for start in range(len(received) - _SHORTEST_BYTES + 1):
        if received[start] != unit:
            continue
        frame = received[start : start + _length(received[start + 1], received[start + 2])]
        if len(frame) >= _SHORTEST_BYTES and _crc_is_right(frame):
            return frame
    return b""


def _length(function: int, third_byte: int) -> int:
    """Return how long an answer is (Application Protocol V1.1b3 §6.2, §6.5, §6.11, §7)."""
    if function == _READ_INPUTS:
        return 3 + third_byte + _CRC_BYTES
    if function in _WRITES:
        return 6 + _CRC_BYTES
    return 3 + _CRC_BYTES if function in _EXCEPTIONS else 0


def _crc_is_right(frame: bytes) -> bool:
    crc = int.from_bytes(frame[-_CRC_BYTES:], "big")
    return FramerRTU.check_CRC(frame[:-_CRC_BYTES], crc)
