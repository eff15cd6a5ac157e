"""SHA-256 of every file of a backup, in a file that ``sha256sum --check`` reads too."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from egate.durable_files import put_file, synchronise

SUMS: Final = "SHA256SUMS"
_LINE: Final = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[^\\\x00-\x1f]+)")
_MOST_BYTES: Final = 1 << 30
_PART_BYTES: Final = 1 << 20
_PRIVATE: Final = 0o600

Advance = Callable[[int], None]
"""Told of every byte that was done with."""


class BackupDamaged(Exception):
    """It is not what was written.

    Args:
        faults: each names a file and what is wrong with it.

    """

    def __init__(self, *faults: str) -> None:
        more = f", and {len(faults) - 1} more" if faults[1:] else ""
        super().__init__(f"{faults[0]}{more}")
        self.faults = faults


def files_of(folder: Path) -> Iterator[str]:
    """Give the name of each file below ``folder``, but that of the sums.

    Raises:
        BackupDamaged: something is neither a file nor a folder.
        OSError: a folder cannot be read.

    """
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.is_dir(follow_symlinks=False):
            for name in files_of(Path(entry.path)):
                yield f"{entry.name}/{name}"
        elif not entry.is_file(follow_symlinks=False):
            raise BackupDamaged(f"{entry.path}: neither a file nor a folder")
        elif entry.name != SUMS:
            yield entry.name


def write_sums(folder: Path, advance: Advance) -> tuple[int, int]:
    """Write the sums of all files below ``folder``; what is there is on the disk when it returns.

    Returns:
        How many files, and of how many bytes in all.

    Raises:
        OSError: a file cannot be read, or the sums not be written.
        BackupDamaged: something is neither a file nor a folder.

    """
    lines, size = [], 0
    for name in files_of(folder):
        file = folder / name
        lines.append(f"{_digest(file, advance)}  {name}\n")
        size += file.stat().st_size
        synchronise(file)
    for found in (folder, *(each for each in folder.rglob("*") if each.is_dir())):
        synchronise(found)
    put_file(folder / SUMS, "".join(lines).encode(), _PRIVATE)
    return len(lines), size


def read_sums(folder: Path) -> Mapping[str, str]:
    """Return the digest of each file of a backup, and see that all of them are there.

    Raises:
        BackupDamaged: a file is missing, or is not of the backup; or there are no sums.
        OSError: it cannot be read.

    """
    try:
        with (folder / SUMS).open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8")
    except FileNotFoundError:
        raise BackupDamaged(f"{SUMS}: missing; this is no backup that was finished") from None
    except UnicodeDecodeError:
        raise BackupDamaged(f"{SUMS}: not text") from None
    sums: dict[str, str] = {}
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None or not _is_below(found["name"]) or found["name"] in sums:
            raise BackupDamaged(f"{SUMS}: line {len(sums) + 1} is malformed")
        sums[found["name"]] = found["digest"]
    there = set(files_of(folder))
    faults = [f"{name}: missing" for name in sorted(sums.keys() - there)]
    faults += [f"{name}: not of this backup" for name in sorted(there - sums.keys())]
    if faults:
        raise BackupDamaged(*faults)
    return sums


def check_sums(folder: Path, advance: Advance) -> Mapping[str, str]:
    """See that a backup is what was written; return the digest of each of its files.

    Raises:
        BackupDamaged: it is not.
        OSError: it cannot be read.

    """
    sums = read_sums(folder)
    faults = [
        f"{name}: changed"
        for name, digest in sums.items()
        if _digest(folder / name, advance) != digest
    ]
    if faults:
        raise BackupDamaged(*faults)
    return sums


def copy_checked(source: Path, digest: str, target: Path, advance: Advance) -> None:
    """Copy a file, and see that what was copied is what was written once.

    Raises:
        BackupDamaged: it is not.
        OSError: it cannot be read or written.

    """
    seen = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
    with os.fdopen(descriptor, "wb") as written, source.open("rb") as read:
        while part := read.read(_PART_BYTES):
            seen.update(part)
            written.write(part)
            advance(len(part))
        written.flush()
        os.fsync(descriptor)
    if seen.hexdigest() != digest:
        raise BackupDamaged(f"{source}: changed")


def _digest(file: Path, advance: Advance) -> str:
    seen = hashlib.sha256()
    with file.open("rb") as stream:
        while part := stream.read(_PART_BYTES):
            seen.update(part)
            advance(len(part))
    return seen.hexdigest()


def _is_below(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts and "/".join(parts) == name
