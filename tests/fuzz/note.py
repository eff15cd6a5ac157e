"""Where a process notes the case under way, for whoever sees it die: a file in memory."""

import mmap
import struct
import tempfile
from typing import IO, Final

_HEAD: Final = struct.Struct(">QI")
_MOST_BYTES: Final = 1 << 20
NOTE_BYTES: Final = _HEAD.size + _MOST_BYTES


def note_down(note: mmap.mmap, number: int, raw: bytes) -> None:
    """Note a case before it is tried."""
    kept = raw[:_MOST_BYTES]
    note[: _HEAD.size + len(kept)] = _HEAD.pack(number, len(kept)) + kept


class Note:
    """The file, as the process that reads it has it."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.NamedTemporaryFile(prefix="egate-fuzz-")  # noqa: SIM115
        self._file.truncate(NOTE_BYTES)
        self._map = mmap.mmap(self._file.fileno(), NOTE_BYTES)

    @property
    def path(self) -> str:
        return self._file.name

    @property
    def number(self) -> int:
        """The number of the case under way."""
        number: int = _HEAD.unpack_from(self._map)[0]
        return number

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        length = _HEAD.unpack_from(self._map)[1]
        return self._map[_HEAD.size : _HEAD.size + length]

    def begin(self, first: int) -> None:
        """Forget the case before: ``first`` is the next."""
        note_down(self._map, first, b"")

    def close(self) -> None:
        self._map.close()
        self._file.close()
