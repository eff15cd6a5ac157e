"""A disk that loses power: what is on it after a cut, by what was written and synchronised.

Of what was not synchronised anything may be there and anything may be missing: every write by
itself, and of a write every sector of 512 bytes by itself; a sector that was being written may
hold half of it. So it is with the names in a folder. The order of the writes means nothing.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from tests.disk_faults.sqlite_files import (
    FULL,
    Act,
    Made,
    Read,
    Removed,
    Synchronised,
    Truncated,
    Written,
)

_SECTOR: Final = 512


class Cut(StrEnum):
    """What becomes of what was not synchronised."""

    NOTHING = "nothing of it"
    SOME = "some of the writes"
    TORN = "some of the writes, torn"
    ALL = "all of it"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody was told that what they did is done; no file is touched."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """To synchronise the file failed, and the machine takes what was written for written."""

    file: str


Moment = Act | Acknowledged | Forgotten


@dataclass
class Recorder:
    """Lets everything happen and remembers it; ``heeds_sync`` False makes a disk that lies."""

    heeds_sync: bool = True
    moments: list[Moment] = field(default_factory=list)

    def __call__(self, act: Act) -> int:
        is_ignored = isinstance(act, Read) or (
            isinstance(act, Synchronised) and not self.heeds_sync
        )
        if not is_ignored:
            self.moments.append(act)
        return 0

    def acknowledge(self) -> None:
        self.moments.append(Acknowledged())


@dataclass
class Failing(Recorder):
    """A disk that fails at act number ``at`` of a kind, after which it is well or stays ill."""

    kind: type[Act] = Written
    code: int = FULL
    at: int = 0
    stays: bool = False
    passed: int = -1
    """How many of the kind there were; below 0 they are not counted yet."""

    def __call__(self, act: Act) -> int:
        if not self._fails(act):
            return super().__call__(act)
        if isinstance(act, Synchronised):
            self.moments.append(Forgotten(act.file))
        return self.code

    def _fails(self, act: Act) -> bool:
        if self.passed < 0 or not isinstance(act, self.kind):
            return False
        self.passed += 1
        return self.passed > self.at if self.stays else self.passed == self.at + 1


@dataclass
class _Inode:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Written | Truncated] = field(default_factory=list)

    def synchronise(self) -> None:
        for act in self.pending:
            _apply(self.durable, act)
        self.pending.clear()

    def after(self, cut: Cut, choices: random.Random) -> bytes:
        content = bytearray(self.durable)
        for act in self.pending:
            if _survives(cut, choices):
                torn = cut is Cut.TORN and isinstance(act, Written)
                _apply(content, _torn(act, content, choices) if torn else act)
        return bytes(content)


class Disk:
    """Follows what is done, and says at any moment what a cut would leave."""

    def __init__(self) -> None:
        self._names: dict[str, _Inode] = {}
        self._durable: dict[str, _Inode] = {}
        self._pending: list[tuple[str, _Inode | None]] = []

    @classmethod
    def holding(cls, files: Mapping[str, bytes]) -> Self:
        """Return a disk on which ``files`` are, by their names."""
        disk = cls()
        disk._durable = {name: _Inode(bytearray(content)) for name, content in files.items()}
        disk._names = dict(disk._durable)
        return disk

    def take(self, act: Act | Forgotten) -> None:
        """Do ``act``."""
        match act:
            case Forgotten(file):
                self._of(file).pending.clear()
            case Made(file):
                self._make(file)
            case Removed(file, with_folder):
                del self._names[file]
                self._pending.append((file, None))
                self._synchronise_folder(really=with_folder)
            case Synchronised(file, with_folder):
                self._of(file).synchronise()
                self._synchronise_folder(really=with_folder)
            case Written(file) | Truncated(file):
                self._of(file).pending.append(act)
            case Read():
                pass

    def after(self, cut: Cut, choices: random.Random) -> dict[str, bytes]:
        """Return the files, by their names, that are there when the power is back."""
        names = dict(self._durable)
        for name, inode in self._pending:
            if not _survives(cut, choices):
                continue
            if inode is None:
                names.pop(name, None)
            else:
                names[name] = inode
        return {name: inode.after(cut, choices) for name, inode in names.items()}

    def _of(self, file: str) -> _Inode:
        """Return the file, which somebody may have made without SQLite."""
        return self._names.get(file) or self._make(file)

    def _make(self, file: str) -> _Inode:
        inode = self._names[file] = _Inode()
        self._pending.append((file, inode))
        return inode

    def _synchronise_folder(self, *, really: bool) -> None:
        if really:
            self._durable = dict(self._names)
            self._pending.clear()


def _survives(cut: Cut, choices: random.Random) -> bool:
    return cut is Cut.ALL or (cut is not Cut.NOTHING and choices.random() < 0.5)


def _apply(content: bytearray, act: Written | Truncated) -> None:
    match act:
        case Truncated(size=size):
            del content[size:]
            content.extend(bytes(size - len(content)))
        case Written(offset=offset, content=written):
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(written)] = written


def _torn(act: Written, before: bytes | bytearray, choices: random.Random) -> Written:
    """Return ``act`` with some of its sectors as they were before, and one written by half."""
    torn = bytearray(act.content)
    was = bytes(before[act.offset : act.offset + len(torn)]).ljust(len(torn), b"\0")
    starts: Sequence[int] = range(-(act.offset % _SECTOR), len(torn), _SECTOR)
    half = choices.choice(starts)
    for start in starts:
        first = max(0, start)
        if start == half:
            first = min(max(first, start + choices.randrange(_SECTOR)), len(torn))
        elif choices.random() < 0.5:
            continue
        end = min(start + _SECTOR, len(torn))
        torn[first:end] = was[first:end]
    return Written(act.file, act.offset, bytes(torn))
