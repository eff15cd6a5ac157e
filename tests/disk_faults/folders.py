"""A folder of plain files that loses power: what is there after a cut, by what was synchronised.

Writes of Python to its files are not told to anybody. So the whole folder is looked at before each
act that Python's audit events name, and what ``os.fsync`` was asked for is remembered. After a cut
a name may be the one that was synchronised or the one that was there; a file that was written
since may be as it was, whole, cut short, or as long as it should be and full of zeros.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_ACTS: Final = frozenset(
    {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate"}
)
_THERE: Final = os.O_PATH | os.O_NOFOLLOW

Inode = int
Names = Mapping[str, Inode]


@dataclass(frozen=True, slots=True)
class Look:
    """A folder at one moment: its files' bytes and its folders' names, by inode.

    Args:
        files: the content of each.
        folders: what is in each.

    """

    files: Mapping[Inode, bytes]
    folders: Mapping[Inode, Names]


@dataclass(frozen=True, slots=True)
class FolderMoment:
    """What is there, what of it is on the disk, and how much was acknowledged."""

    now: Look
    durable: Look
    acknowledged: int


@dataclass
class FolderRecorder:
    """Remembers every moment of one folder, which is there and stays there."""

    folder: Path
    moments: list[FolderMoment] = field(default_factory=list)
    _acknowledged: int = 0
    _durable: Look = field(default_factory=lambda: Look({}, {}))
    _held: dict[Inode, int] = field(default_factory=dict)
    _is_looking: bool = False

    def acknowledge(self) -> None:
        """Say that somebody was told that what they did is done."""
        self.look()
        self._acknowledged += 1
        self.look()

    def look(self) -> Look:
        self._is_looking = True
        try:
            files: dict[Inode, bytes] = {}
            folders: dict[Inode, Names] = {}
            self._walk(self.folder, files, folders)
        finally:
            self._is_looking = False
        found = Look(files, folders)
        self.moments.append(FolderMoment(found, self._durable, self._acknowledged))
        return found

    def heard(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take an audit event of Python: an act that is about to be done."""
        if event in _ACTS and not self._is_looking and self._is_ours(str(arguments[0])):
            self.look()

    def synchronised(self, inode: Inode) -> None:
        """Take note that a file or a folder is on the disk."""
        found = self.look()
        files, folders = dict(self._durable.files), dict(self._durable.folders)
        if inode in found.files:
            files[inode] = found.files[inode]
        if inode in found.folders:
            folders[inode] = found.folders[inode]
        self._durable = Look(files, folders)
        self.look()

    def let_go(self) -> None:
        for descriptor in self._held.values():
            os.close(descriptor)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(str(self.folder)) or not path.startswith("/")

    def _walk(self, folder: Path, files: dict[Inode, bytes], folders: dict[Inode, Names]) -> Inode:
        names: dict[str, Inode] = {}
        inode = self._hold(folder)
        for each in os.scandir(folder):
            if each.is_dir(follow_symlinks=False):
                names[each.name] = self._walk(Path(each.path), files, folders)
            else:
                names[each.name] = self._hold(Path(each.path))
                files[names[each.name]] = Path(each.path).read_bytes()
        folders[inode] = names
        return inode

    def _hold(self, path: Path) -> Inode:
        """Return the inode, held open so that no later file gets the same number."""
        inode = path.lstat().st_ino
        if inode not in self._held:
            self._held[inode] = os.open(path, _THERE)
        return inode


_listeners: Final[list[FolderRecorder]] = []
_hooked: Final[list[bool]] = []


@contextmanager
def folder_watched(folder: Path, *, heeds_sync: bool = True) -> Iterator[FolderRecorder]:
    """Remember what becomes of ``folder``, which is there already, and on the disk.

    Args:
        folder: to be watched.
        heeds_sync: False on a disk that says it has synchronised and has not.

    """
    recorder = FolderRecorder(folder)
    if not _hooked:  # an audit hook is for ever
        sys.addaudithook(lambda *event: [each.heard(*event) for each in _listeners] and None)
        _hooked.append(True)
    synchronise = os.fsync

    def fsync(descriptor: int) -> None:
        synchronise(descriptor)
        if heeds_sync:
            recorder.synchronised(os.fstat(descriptor).st_ino)

    recorder.look()
    recorder.synchronised(folder.lstat().st_ino)
    _listeners.append(recorder)
    os.fsync = fsync  # type: ignore[assignment]
    try:
        yield recorder
        recorder.look()
    finally:
        os.fsync = synchronise
        _listeners.remove(recorder)
        recorder.let_go()


def leave(moment: FolderMoment, root: Inode, into: Path, choices: random.Random) -> None:
    """Write into ``into`` what a power cut at ``moment`` leaves of the folder ``root``."""
    into.mkdir()
    was, now = moment.durable.folders.get(root, {}), moment.now.folders.get(root, {})
    for name in sorted({*was, *now}):
        inode = choices.choice((was.get(name), now.get(name)))
        if inode is None:
            continue
        if inode in moment.now.folders or inode in moment.durable.folders:
            leave(moment, inode, into / name, choices)
        else:
            (into / name).write_bytes(_content(moment, inode, choices))


def _content(moment: FolderMoment, inode: Inode, choices: random.Random) -> bytes:
    was, now = moment.durable.files.get(inode), moment.now.files.get(inode)
    if was == now or now is None:
        return was or b""
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: was or b"",
        lambda: now,
        lambda: now[: choices.randrange(len(now) + 1)],
        lambda: bytes(len(now)),
    )
    return choices.choice(ways)()
