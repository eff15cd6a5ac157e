"""A Modbus RTU slave with coils and discrete inputs, written from the specification.

MODBUS Application Protocol Specification V1.1b3 (cited as "AP") and MODBUS over
Serial Line V1.02 (cited as "SL"). No library: the tests pin every frame to the
published examples.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

READ_COILS: Final = 0x01
READ_DISCRETE_INPUTS: Final = 0x02
WRITE_SINGLE_COIL: Final = 0x05
WRITE_MULTIPLE_COILS: Final = 0x0F

_ILLEGAL_FUNCTION: Final = 0x01  # AP 7
_ILLEGAL_DATA_ADDRESS: Final = 0x02
_ILLEGAL_DATA_VALUE: Final = 0x03
_ON: Final = 0xFF00  # AP 6.5
_OFF: Final = 0x0000
_MAX_READ: Final = 2000  # AP 6.1
_MAX_WRITE: Final = 1968  # AP 6.11
_MAX_FRAME_BYTES: Final = 256  # SL 2.5.1
_BROADCAST: Final = 0  # SL 2.2

# Requests of a fixed length, and those whose 7th byte counts the bytes after it (AP 6).
_FIXED_BYTES: Final = dict.fromkeys((1, 2, 3, 4, 5, 6), 8)
_COUNTED: Final = frozenset((0x0F, 0x10))


def crc16(frame: bytes) -> bytes:
    """Return the two CRC bytes that follow ``frame``, low byte first (SL 2.5.1.2)."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


class RtuDecoder:
    """Collects bytes of the wire and gives out requests whose CRC is right.

    Frames end by silence on a real line (SL 2.5.1.1). A pseudo-terminal tells nothing
    about silence between two writes, so that a request of a known function ends by its
    length, and ``silence()`` ends the rest.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether part of a frame has come."""
        return bool(self._buffer)

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Take bytes and give the whole requests among them, without their CRC."""
        self._buffer += received
        while (length := self._length()) is not None and len(self._buffer) >= length:
            frame = bytes(self._buffer[:length])
            if crc16(frame[:-2]) != frame[-2:]:
                return  # noise or spoiled: only silence tells where the next one begins
            del self._buffer[:length]
            yield frame[:-2]
        if len(self._buffer) > _MAX_FRAME_BYTES:
            self._buffer.clear()

    def silence(self) -> bytes | None:
        """The line has been silent: give what was a frame, forget what was not."""
        frame = bytes(self._buffer)
        self._buffer.clear()
        return frame[:-2] if len(frame) >= 4 and crc16(frame[:-2]) == frame[-2:] else None

    def _length(self) -> int | None:
        if len(self._buffer) < 2:
            return None
        function = self._buffer[1]
        if function in _COUNTED:
            return 9 + self._buffer[6] if len(self._buffer) > 6 else None
        return _FIXED_BYTES.get(function)


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class CoilTable:
    """What a slave offers: how many of each, how to read them, how to write a coil."""

    coil_count: int
    input_count: int
    read_coil: Callable[[int], bool]
    read_input: Callable[[int], bool]
    write_coil: Callable[[int, bool], None]


class ModbusSlave:
    """Answers requests for one unit id.

    Args:
        table: the coils and inputs.
        unit: the slave's address, 1 to 247; requests for others are not answered,
            broadcasts (unit 0) are carried out and not answered (SL 2.2).

    """

    def __init__(self, table: CoilTable, *, unit: int = 1) -> None:
        self._table = table
        self._unit = unit

    def answer(self, request: bytes) -> bytes | None:
        """Answer ``request`` (unit, function, content; no CRC) with a frame and its CRC."""
        if request[0] not in {self._unit, _BROADCAST}:
            return None
        function = request[1]
        try:
            content = bytes((function,)) + self._content(function, request[2:])
        except _Refused as refusal:
            content = bytes((function | 0x80, refusal.code))
        if request[0] == _BROADCAST:
            return None
        frame = bytes((self._unit,)) + content
        return frame + crc16(frame)

    def _content(self, function: int, content: bytes) -> bytes:
        match function:
            case 0x01:
                return self._read(content, self._table.coil_count, self._table.read_coil)
            case 0x02:
                return self._read(content, self._table.input_count, self._table.read_input)
            case 0x05:
                return self._write_single(content)
            case 0x0F:
                return self._write_multiple(content)
            case _:
                raise _Refused(_ILLEGAL_FUNCTION)

    @staticmethod
    def _read(content: bytes, available: int, read: Callable[[int], bool]) -> bytes:
        start, quantity = _start_and_quantity(content)
        if not 1 <= quantity <= _MAX_READ:
            raise _Refused(_ILLEGAL_DATA_VALUE)
        if start + quantity > available:
            raise _Refused(_ILLEGAL_DATA_ADDRESS)
        packed = bytearray((quantity + 7) // 8)
        for at in range(quantity):
            packed[at // 8] |= read(start + at) << at % 8  # first one in the lowest bit
        return bytes((len(packed),)) + bytes(packed)

    def _write_single(self, content: bytes) -> bytes:
        address, value = _start_and_quantity(content)
        if value not in {_ON, _OFF}:
            raise _Refused(_ILLEGAL_DATA_VALUE)
        if address >= self._table.coil_count:
            raise _Refused(_ILLEGAL_DATA_ADDRESS)
        self._table.write_coil(address, value == _ON)
        return content

    def _write_multiple(self, content: bytes) -> bytes:
        start, quantity = _start_and_quantity(content[:4])
        packed = content[5:]
        whole = len(content) > 5 and content[4] == len(packed) == (quantity + 7) // 8
        if not 1 <= quantity <= _MAX_WRITE or not whole:
            raise _Refused(_ILLEGAL_DATA_VALUE)
        if start + quantity > self._table.coil_count:
            raise _Refused(_ILLEGAL_DATA_ADDRESS)
        for at in range(quantity):
            self._table.write_coil(start + at, bool(packed[at // 8] >> at % 8 & 1))
        return content[:4]


def _start_and_quantity(content: bytes) -> tuple[int, int]:
    if len(content) != 4:
        raise _Refused(_ILLEGAL_DATA_VALUE)
    start, quantity = struct.unpack(">HH", content)
    return start, quantity
