"""A scanner whose images appear in a folder: what any vendor's own program can do.

The program writes an image under another name - one that begins with a dot or ends
otherwise - and renames it to ``*.jpg``, ``*.jpeg`` or ``*.png`` once it is complete. With
several lights they are ``NAME.infrared.jpg`` and ``NAME.ultraviolet.jpg``, and last, for it
makes the page complete, ``NAME.white.jpg``; one without a light's name is a white image alone.
Each is taken once and removed at once; the folder is this driver's alone, and should lie in
memory.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from drivers.options import DriverOptions, OptionValues, parse_options
from drivers.page_scanner.lights import LightsUnusable, page_of
from egate.domain.optical_finding import Light
from egate.optical.page_image import MAX_BYTES
from egate.ports.devices import DeviceError, DeviceName, DriverOptionError, PageScan, UnusablePage

_LIGHTS: Final = {light.value: light for light in Light}
_SUFFIXES: Final = (".jpg", ".jpeg", ".png")
# A folder with more than a scanner writes in a minute is not looked through to its end.
_MOST_ENTRIES: Final = 256
# A light whose page never came; its program ended, and may begin its names anew.
_FORGOTTEN_NANOSECONDS: Final = 30 * 10**9
_READ_ONLY: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderOptions(DriverOptions):
    """Options of the driver ``folder``."""

    poll_seconds: Annotated[float, Field(ge=0.02, le=10)] = 0.1


@dataclass(frozen=True, slots=True, order=True)
class _Image:
    """A complete file."""

    changed_at: int
    """Nanoseconds."""
    name: str

    @property
    def light(self) -> Light:
        """Which light the name says; white, when it says none."""
        return _LIGHTS.get(Path(self.name).stem.rpartition(".")[2].lower(), Light.WHITE)

    @property
    def page(self) -> str:
        """What the images of one page have in common."""
        stem = Path(self.name).stem
        named, _, said = stem.rpartition(".")
        return named if said.lower() in _LIGHTS else stem


class FolderPageScanner:
    """Gives the images of one folder, oldest first.

    Args:
        folder: where they appear.
        poll_seconds: how often it is looked at.

    """

    def __init__(self, folder: Path, poll_seconds: float) -> None:
        self._folder = folder
        self._poll_seconds = poll_seconds

    async def pages(self) -> AsyncIterator[PageScan | UnusablePage]:
        """Give each page that is scanned from now on; what lies there already is removed."""
        await asyncio.to_thread(self._clear)
        while True:
            page = await asyncio.to_thread(self._take)
            if page is None:
                await asyncio.sleep(self._poll_seconds)
            else:
                yield page

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
            self._remove(complete)

    def _take(self) -> PageScan | UnusablePage | None:
        """Return the oldest page and remove it; None while there is none."""
        complete = self._complete()
        whites = [each for each in complete if each.light is Light.WHITE]
        if not whites and len(complete) == _MOST_ENTRIES:
            self._remove(complete)  # they have no page, and hide those that come
        if not whites:
            return None
        oldest = whites[0]
        of_page = [each for each in complete if each.page == oldest.page]
        self._remove(_forgotten(complete, oldest))
        files = {each.light: self._content(each) for each in of_page}
        self._remove(of_page)
        try:
            return page_of(files)
        except LightsUnusable as error:
            return UnusablePage(str(error))

    def _complete(self) -> list[_Image]:
        """Return what was renamed into its place, oldest first."""
        found: list[_Image] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in islice(filter(_is_complete, entries), _MOST_ENTRIES):
                    with suppress(FileNotFoundError):  # its writer thought better of it
                        changed_at = entry.stat(follow_symlinks=False).st_mtime_ns
                        found.append(_Image(changed_at, entry.name))
        except OSError as error:
            raise DeviceError(
                DeviceName.PAGE_SCANNER, f"{self._folder}: {error.strerror}"
            ) from error
        return sorted(found)

    def _content(self, image: _Image) -> bytes:
        """Return the bytes of a regular file, one too many at most; none of anything else."""
        try:
            descriptor = os.open(self._folder / image.name, _READ_ONLY)
        except OSError:
            return b""
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return b""
            return stream.read(MAX_BYTES + 1)

    def _remove(self, images: Iterable[_Image]) -> None:
        for image in images:
            file = self._folder / image.name
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


def _forgotten(complete: Iterable[_Image], white: _Image) -> list[_Image]:
    """Return the lights that are much older than ``white`` and of another page."""
    before = white.changed_at - _FORGOTTEN_NANOSECONDS
    return [
        each
        for each in complete
        if each.light is not Light.WHITE and each.page != white.page and each.changed_at < before
    ]


def _is_complete(entry: "os.DirEntry[str]") -> bool:
    named = entry.name.lower().endswith(_SUFFIXES) and not entry.name.startswith(".")
    return named and not entry.is_dir(follow_symlinks=False)
