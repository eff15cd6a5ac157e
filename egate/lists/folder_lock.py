"""Folders that one process changes at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from egate.lists.errors import ListRefused

_LOCK: Final = "lock"


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Let nobody else change ``folder``, which is made if it is not there.

    Raises:
        ListRefused: somebody else does, or it cannot be used.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ListRefused(f"{folder}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ListRefused(f"{folder}: somebody else is changing it") from error
        yield
    finally:
        os.close(lock)
