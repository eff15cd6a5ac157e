"""Room for the journal on a disk that others have filled: a file that is given up for it.

On a disk without any room nothing can be deleted from a database either, since a deletion is
written down first. So records that the centre has confirmed would stay, and what a lane owes could
not be written, until somebody comes. With the ballast's room both go on while the lane is closed.
"""

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from egate.observability.logging import logger

_BYTES: Final = 8 << 20
_PRIVATE: Final = 0o600
_BLOCK_BYTES: Final = 512  # in which stat(2) counts


class Ballast:
    """One file beside the journal; it is looked after again and again.

    Args:
        file: on the disk of the journal.
        size: of it, in bytes. It is given up when a sixteenth of that is free, and taken again
            when there is room for it twice.

    """

    def __init__(self, file: Path, size: int = _BYTES) -> None:
        self._file = file
        self._size = size

    def guarding(self, used: Callable[[], float]) -> Callable[[], float]:
        """Return what says how full the disk is, and looks after the ballast with each reading.

        Args:
            used: gives the share of the disk that is taken; without the ballast it is all.

        """

        def reading() -> float:
            free = shutil.disk_usage(self._file.parent).free
            return used() if self.keep(free) else 1.0

        return reading

    def keep(self, free: int) -> bool:
        """Give the room up or take it again, as it is needed, and say whether it is held.

        Args:
            free: what the disk has left now, in bytes.

        Raises:
            OSError: the disk cannot be used.

        """
        if self._is_whole():
            if free >= self._size // 16:
                return True
            self._file.unlink()
            logger().error("the disk is full", outcome="its ballast is given up")
            return False
        return free >= 2 * self._size and self._take()

    def _is_whole(self) -> bool:
        try:
            status = self._file.stat()
        except FileNotFoundError:
            return False
        # A copy of it may be as long and hold no room at all.
        return min(status.st_size, status.st_blocks * _BLOCK_BYTES) >= self._size

    def _take(self) -> bool:
        try:
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
            finally:
                os.close(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                self._file.unlink()  # a part of it would take room and be no use
            return False
        return True
