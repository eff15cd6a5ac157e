"""A version on its way in: parts are written as they come, and counted again after a restart."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from egate.durable_files import synchronise
from egate.lists.errors import ListRefused
from egate.lists.keeper import MANIFEST, Kept, ListKeeper, read_manifest
from egate.lists.list_version import Layer
from egate.lists.manifest import ContentName, Manifest
from egate.lists.reception import PartWanted, Reception

_FOLDER: Final = "incoming"


class Incoming:
    """The folder of a version that is not whole yet; used under the keeper's lock.

    Args:
        keeper: of the list.
        manifest: that it admitted.
        received: how many bytes of each file are there from before.

    """

    def __init__(
        self, keeper: ListKeeper, manifest: Manifest, received: dict[ContentName, int]
    ) -> None:
        self._keeper = keeper
        self._manifest = manifest
        self._folder = keeper.folder / _FOLDER
        self._reception = Reception(manifest, received)

    @classmethod
    def begin(cls, keeper: ListKeeper, manifest: Manifest, raw: bytes) -> Self:
        """Go on where the same version broke off, or begin anew.

        Args:
            keeper: of the list, locked.
            manifest: that it admitted.
            raw: the signed bytes of it.

        Raises:
            ListRefused: the disk refuses.

        """
        folder = keeper.folder / _FOLDER
        try:
            received = _received(folder, manifest, raw)
            if received is None:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                (folder / MANIFEST).write_bytes(raw)
        except OSError as error:
            raise ListRefused(f"{folder}: {error.strerror}") from error
        return cls(keeper, manifest, received or {})

    @property
    def wanted(self) -> PartWanted | None:
        """The part to ask for next; None when everything is there."""
        return self._reception.wanted

    def add(self, name: ContentName, offset: int, raw: bytes) -> None:
        """Write a part.

        Raises:
            ListRefused: it is not the one that is wanted, or the disk refuses.

        """
        self._reception.take(name, offset, raw)
        try:
            with (self._folder / name).open("ab") as stream:
                stream.write(raw)
        except OSError as error:
            raise ListRefused(f"{self._folder / name}: {error.strerror}") from error

    def finish(self) -> Layer:
        """Verify the version as it is on the disk, put it in its place, and return it open.

        Raises:
            ListRefused: it is not what was signed, and is thrown away; or the disk refuses.

        """
        try:
            for name in (*self._manifest.contents, MANIFEST):
                synchronise(self._folder / name)
            synchronise(self._folder)
        except OSError as error:
            raise ListRefused(f"{self._folder}: {error.strerror}") from error
        try:
            layer = Layer.open(self._folder, self._manifest, self._keeper.pinned.key)
        except ListRefused:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        try:
            self._keeper.place(self._manifest, self._folder)
        except ListRefused:
            layer.close()
            raise
        return layer


def take_in(
    keeper: ListKeeper,
    kept: Kept,
    raw: bytes,
    fetch: Callable[[PartWanted], bytes],
    now: dt.datetime,
) -> Kept:
    """Take a version in, and return what is in force then; ``kept`` is not to be used after that.

    Args:
        keeper: of the list, locked.
        kept: what is in force.
        raw: the signed manifest.
        fetch: gives a part, or some bytes of its beginning.
        now: UTC.

    Raises:
        ListRefused: it may not come in, and ``kept`` stays in force. What came of it stays too,
            to go on with, unless it is not what was signed.

    """
    manifest = keeper.admit(raw, kept, now)
    incoming = Incoming.begin(keeper, manifest, raw)
    while (part := incoming.wanted) is not None:
        incoming.add(part.name, part.offset, fetch(part))
    after = kept.followed_by(incoming.finish())
    if not manifest.is_delta:
        kept.close()
    return after


def _received(folder: Path, manifest: Manifest, raw: bytes) -> dict[ContentName, int] | None:
    """Return how much of this very version is in ``folder``, None if it is of another one."""
    try:
        if read_manifest(folder) != raw:
            return None
    except ListRefused:
        return None
    files = [(name, folder / name) for name in manifest.contents]
    sizes = {name: file.stat().st_size for name, file in files if file.exists()}
    if any(size > manifest.contents[name].length for name, size in sizes.items()):
        return None
    return sizes
