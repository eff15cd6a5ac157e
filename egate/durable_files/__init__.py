"""Files and folders that are still there after a power cut."""

import os
from pathlib import Path


def synchronise(path: Path) -> None:
    """Return when ``path``, a file or a folder, is on the disk.

    Of a folder it is the names in it: a file that was made, renamed or removed is so after a
    power cut only when its folder was synchronised too.

    Raises:
        OSError: it does not get there.

    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
