"""A folder in memory for what can only be read from a file; one a process."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Final

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system of its own


@cache
def scratch() -> Path:
    """Return the folder, which goes when the process ends."""
    parent = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    folder = tempfile.TemporaryDirectory(prefix="egate-fuzz-", dir=parent)
    _KEPT.append(folder)
    return Path(folder.name)


def file_with(name: str, raw: bytes) -> Path:
    """Return a file of that name that holds ``raw``."""
    file = scratch() / name
    file.write_bytes(raw)
    return file


_KEPT: Final[list["tempfile.TemporaryDirectory[str]"]] = []
