"""Files and folders that are still there after a power cut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


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


def put_file(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Put ``content`` in the place of ``file`` at once, and return when it is on the disk.

    Whoever reads it, and whenever the power goes, finds all of the old or all of the new one.

    Args:
        file: its folder is there.
        content: of the file.
        mode: who may read it, from its first moment on.

    Raises:
        OSError: it cannot be written.

    """
    with file_in_place_of(file, mode) as stream:
        stream.write(content)


@contextmanager
def file_in_place_of(file: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Give a stream whose content takes the place of ``file``, as `put_file` does, at the end.

    A block that fails leaves what was there before, and nothing beside it.

    Args:
        file: its folder is there.
        mode: who may read it, from its first moment on.

    Raises:
        OSError: it cannot be written.

    """
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):  # of a disk that fails; what is told is its first fault
            new.unlink()
        raise
    new.replace(file)
    synchronise(file.parent)
