"""A scanner whose images appear in a folder: what any vendor's own program can do.

The program writes an image under another name - one that begins with a dot or ends
otherwise - and renames it to ``*.jpg``, ``*.jpeg`` or ``*.png`` once it is complete. Each is
taken once and removed at once; the folder is this driver's alone, and should lie in memory.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from drivers.options import DriverOptions, OptionValues, parse_options
from egate.biometrics.face_image import MAX_BYTES, FaceImage, FaceImageInvalid, decode_face_image
from egate.ports.devices import DeviceError, DeviceName, DriverOptionError, PageScan

_SUFFIXES: Final = (".jpg", ".jpeg", ".png")
# A folder with more than a scanner writes in a minute is not looked through to its end.
_MOST_ENTRIES: Final = 256
_READ_ONLY: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderOptions(DriverOptions):
    """Options of the driver ``folder``."""

    poll_seconds: Annotated[float, Field(ge=0.02, le=10)] = 0.1


class FolderPageScanner:
    """Gives the images of one folder, oldest first.

    Args:
        folder: where they appear.
        poll_seconds: how often it is looked at.

    """

    def __init__(self, folder: Path, poll_seconds: float) -> None:
        self._folder = folder
        self._poll_seconds = poll_seconds

    async def pages(self) -> AsyncIterator[PageScan]:
        """Give each page that is scanned from now on; what lies there already is removed."""
        await asyncio.to_thread(self._clear)
        while True:
            image = await asyncio.to_thread(self._take)
            if image is None:
                await asyncio.sleep(self._poll_seconds)
            else:
                yield PageScan(image)

    async def check(self) -> None:
        """See that the folder is there, and that images can be taken out of it."""
        await asyncio.to_thread(self._complete)
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise DeviceError(DeviceName.PAGE_SCANNER, f"{self._folder}: may not be changed by us")

    async def aclose(self) -> None:
        """Nothing is held open between two looks."""

    def _clear(self) -> None:
        is_all = False
        while not is_all:
            complete = self._complete()
            is_all = len(complete) < _MOST_ENTRIES
            for file in complete:
                self._remove(file)

    def _take(self) -> FaceImage | None:
        """Return the oldest image and remove it; one that cannot be used is removed alone."""
        for file in self._complete():
            raw = _content(file)
            self._remove(file)
            if raw is not None:
                with suppress(FaceImageInvalid):
                    return decode_face_image(raw)
        return None

    def _complete(self) -> list[Path]:
        """Return what was renamed into its place, oldest first."""
        found: list[tuple[int, str]] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in islice(filter(_is_complete, entries), _MOST_ENTRIES):
                    with suppress(FileNotFoundError):  # its writer thought better of it
                        found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
        except OSError as error:
            raise DeviceError(
                DeviceName.PAGE_SCANNER, f"{self._folder}: {error.strerror}"
            ) from error
        return [self._folder / name for _, name in sorted(found)]

    def _remove(self, file: Path) -> None:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:  # left there, it would be taken for the next traveller's
            raise DeviceError(DeviceName.PAGE_SCANNER, f"{file}: {error.strerror}") from error


def open_folder(address: str, options: OptionValues) -> FolderPageScanner:
    """Make the driver ``folder``; ``address`` is the folder's absolute path.

    Raises:
        DriverOptionError: the address or an option cannot be used.

    """
    chosen = parse_options("folder", FolderOptions, options)
    if not Path(address).is_absolute():
        raise DriverOptionError(f"driver folder: address {address!r} is not an absolute path")
    return FolderPageScanner(Path(address), chosen.poll_seconds)


def _is_complete(entry: "os.DirEntry[str]") -> bool:
    named = entry.name.lower().endswith(_SUFFIXES) and not entry.name.startswith(".")
    return named and not entry.is_dir(follow_symlinks=False)


def _content(file: Path) -> bytes | None:
    """Return the bytes of a regular file, one too many at most, None of anything else."""
    try:
        descriptor = os.open(file, _READ_ONLY)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return None
        return stream.read(MAX_BYTES + 1)
