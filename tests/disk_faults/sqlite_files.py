"""What SQLite does to its files, told act by act, and refused where a test says so.

A VFS in the very library that Python's ``sqlite3`` uses, so the product's code runs as it is.
It hands every call on to SQLite's own VFS and puts its own methods in the place of those that
read, write, shorten, synchronise, make and remove files. Nothing is synchronised in earnest, since
the disk that a test asks about is its own. The shared memory of a write-ahead log
is left alone: no power cut leaves any of it.
"""

import _sqlite3
import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IO_ERROR_READ: Final = 10 | 1 << 8
IO_ERROR_WRITE: Final = 10 | 3 << 8
IO_ERROR_SYNC: Final = 10 | 4 << 8
IO_ERROR_TRUNCATE: Final = 10 | 6 << 8
FULL: Final = 13
_DONE: Final = 0
_MAY_MAKE: Final = 0x4
_DELETE_ON_CLOSE: Final = 0x8
# With its first synchronisation of one of these, a connection synchronises the folder as well, if
# it might have made the file (UNIXFILE_DIRSYNC of os_unix.c).
_JOURNALS: Final = 0x800 | 0x4000 | 0x80000


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was not there is there."""

    file: str


@dataclass(frozen=True, slots=True)
class Read:
    """Some bytes are wanted; what is recorded need not have it."""

    file: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes are in the file, and not yet on the disk."""

    file: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    """The file is as long as this, and not yet on the disk."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What was written to the file is on the disk, and the names of its folder if it says so."""

    file: str
    with_folder: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """The file is gone, after a power cut too if its folder was synchronised."""

    file: str
    with_folder: bool


Act = Made | Read | Written | Truncated | Synchronised | Removed
Watcher = Callable[[Act], int]
"""Is told an act before it is done; 0 lets it happen, another result code is SQLite's answer."""

_CLOSE = CFUNCTYPE(c_int, c_void_p)
_READ = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)


class _Methods(Structure):
    """``sqlite3_io_methods`` of sqlite3.h."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class _Vfs(Structure):
    """``sqlite3_vfs`` of sqlite3.h."""

    _fields_ = (
        ("version", c_int),
        ("file_bytes", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("app_data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),
    )


@dataclass(slots=True)
class _Opened:
    name: str
    owes_folder: bool


class _Shim:
    """Made once, and never unmade: connections may outlive a test that failed."""

    def __init__(self) -> None:
        self.watcher: Watcher = lambda _: _DONE
        self._library = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._library.sqlite3_vfs_register.argtypes = (POINTER(_Vfs), c_int)
        self._base = self._library.sqlite3_vfs_find(None)
        base = self._base.contents
        self._vfs = _Vfs.from_buffer_copy(base)
        self._open, self._delete = _OPEN(base.open), _DELETE(base.delete)
        self._opened: dict[int, _Opened] = {}
        self._methods: dict[int, _Methods] = {}
        self._kept: list[object] = []  # by C alone, so Python must not let go of it
        self._vfs.name = b"watched"
        self._vfs.open = self._pointer(_OPEN, self._on_open)
        self._vfs.delete = self._pointer(_DELETE, self._on_delete)

    def stand_first(self, *, first: bool) -> None:
        """Let every connection from now on be watched, or none."""
        chosen = ctypes.pointer(self._vfs) if first else self._base
        self._library.sqlite3_vfs_register(chosen, 1)

    def _pointer(self, kind: Callable[..., object], function: Callable[..., int]) -> int | None:
        made = kind(function)
        self._kept.append(made)
        return ctypes.cast(made, c_void_p).value  # type: ignore[arg-type]

    def _on_open(self, _: int, name: int | None, file: int, flags: int, out_flags: int) -> int:
        kept = name is not None and not flags & _DELETE_ON_CLOSE
        path = ctypes.string_at(name).decode() if name is not None else ""
        is_new = kept and not Path(path).exists()
        if is_new and (refused := self.watcher(Made(path))):
            return refused
        result: int = self._open(
            ctypes.addressof(self._base.contents), name, file, flags, out_flags
        )
        methods = c_void_p.from_address(file)
        if kept and result == _DONE and methods.value:
            owes_folder = bool(flags & _MAY_MAKE and flags & _JOURNALS)
            self._opened[file] = _Opened(path, owes_folder)
            methods.value = ctypes.addressof(self._watched(methods.value))
        return result

    def _on_delete(self, _: int, name: int, with_folder: int) -> int:
        path = ctypes.string_at(name).decode()
        if Path(path).exists() and (refused := self.watcher(Removed(path, bool(with_folder)))):
            return refused
        result: int = self._delete(ctypes.addressof(self._base.contents), name, with_folder)
        return result

    def _watched(self, address: int) -> _Methods:
        """Return the methods at ``address`` with ours in the place of some; one copy of each."""
        if address in self._methods:
            return self._methods[address]
        base = _Methods.from_address(address)
        ours = self._methods[address] = _Methods.from_buffer_copy(base)
        close, read, write = _CLOSE(base.close), _READ(base.read), _WRITE(base.write)
        truncate = _TRUNCATE(base.truncate)

        def on_close(file: int) -> int:
            self._opened.pop(file, None)
            return close(file)

        def on_read(file: int, buffer: int, size: int, offset: int) -> int:
            return self.watcher(Read(self._opened[file].name)) or read(file, buffer, size, offset)

        def on_write(file: int, buffer: int, size: int, offset: int) -> int:
            act = Written(self._opened[file].name, offset, ctypes.string_at(buffer, size))
            return self.watcher(act) or write(file, buffer, size, offset)

        def on_truncate(file: int, size: int) -> int:
            return self.watcher(Truncated(self._opened[file].name, size)) or truncate(file, size)

        def on_sync(file: int, _: int) -> int:
            opened = self._opened[file]
            refused = self.watcher(Synchronised(opened.name, opened.owes_folder))
            opened.owes_folder = opened.owes_folder and bool(refused)
            return refused

        ours.close = self._pointer(_CLOSE, on_close)
        ours.read = self._pointer(_READ, on_read)
        ours.write = self._pointer(_WRITE, on_write)
        ours.truncate = self._pointer(_TRUNCATE, on_truncate)
        ours.sync = self._pointer(_SYNC, on_sync)
        return ours


_shim: Final[list[_Shim]] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Tell ``watcher`` what becomes of the files of every connection that is opened inside."""
    if not _shim:
        _shim.append(_Shim())
    shim = _shim[0]
    shim.watcher = watcher
    shim.stand_first(first=True)
    try:
        yield
    finally:
        shim.stand_first(first=False)
        shim.watcher = lambda _: _DONE
