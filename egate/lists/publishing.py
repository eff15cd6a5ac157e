"""Where signed versions are made: a folder that gates are served from.

FOLDER/OFFLOAD/0000000000000007/snapshot/   the whole list
FOLDER/OFFLOAD/0000000000000007/delta/      what it changes about the version before
"""

import datetime as dt
import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric import ec

from egate.durable_files import synchronise
from egate.lists.build import Comparison, Contents, Files, delta_of, snapshot_of
from egate.lists.documents_file import write_documents
from egate.lists.entries_file import SALT_BYTES, write_entries
from egate.lists.errors import ListRefused
from egate.lists.folder_lock import locked_folder
from egate.lists.keeper import MANIFEST, read_manifest
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.list_version import Layer
from egate.lists.manifest import (
    MAX_CONTENT_BYTES,
    Content,
    ContentName,
    Manifest,
    sign_manifest,
    verified_manifest,
)
from egate.lists.persons_file import write_persons

SNAPSHOT: Final = "snapshot"
DELTA: Final = "delta"
_NAME: Final = re.compile(r"[0-9]{16}")
_NEW: Final = "new"
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Published:
    """The newest version of a list; None and nothing if there is none."""

    manifest: Manifest | None
    contents: Contents

    @property
    def version(self) -> int:
        """Its number; 0 if there is none."""
        return 0 if self.manifest is None else self.manifest.version


@dataclass(frozen=True, slots=True)
class Publisher:
    """Signs versions of one list.

    Args:
        folder: of all lists.
        kind: which one.
        key: of the lists.
        signing_key: of who signs them.

    """

    folder: Path
    kind: ListKind
    key: ListKey
    signing_key: ec.EllipticCurvePrivateKey

    def locked(self) -> AbstractContextManager[None]:
        """Let nobody else publish a version of this list; from ``newest`` to ``publish``.

        Raises:
            ListRefused: somebody else does, or the folder cannot be used.

        """
        return locked_folder(self.folder / self.kind)

    def newest(self) -> Published:
        """Return the newest version, verified.

        Raises:
            ListRefused: it is not what this signer signed.

        """
        place = self.folder / self.kind
        names = [each.name for each in place.iterdir()] if place.is_dir() else []
        versions = sorted(name for name in names if _NAME.fullmatch(name))
        if not versions:
            return Published(None, Contents.none())
        folder = place / versions[-1] / SNAPSHOT
        manifest = verified_manifest(read_manifest(folder), self.signing_key.public_key())
        if (manifest.kind, manifest.version) != (self.kind, int(versions[-1])):
            raise ListRefused(f"{folder}: of another version or list")
        layer = Layer.open(folder, manifest, self.key)
        try:
            return Published(manifest, Contents.of_snapshot(layer))
        finally:
            layer.close()

    def publish(
        self,
        old: Published,
        change: Comparison,
        version: int,
        made_at: dt.datetime,
        valid_for: dt.timedelta,
    ) -> Manifest:
        """Write, sign and put in its place the version that follows ``old``.

        Args:
            old: the newest one.
            change: what the new one changes about it.
            version: its number, greater than that of every one before.
            made_at: now, UTC.
            valid_for: from now on.

        Returns:
            the manifest of the snapshot.

        Raises:
            ListRefused: it is not made later than the one before, or the disk refuses.

        """
        previous = old.version
        if old.manifest is not None and made_at < old.manifest.made_at:
            raise ListRefused(f"version {previous}: made later than this machine's clock says")
        manifest = Manifest(self.kind, version, 0, made_at, made_at + valid_for, contents={})
        try:
            with self._placed(manifest.version) as folder:
                signed = self._write(folder / SNAPSHOT, manifest, snapshot_of(change.contents))
                if previous:
                    delta = replace(manifest, previous=previous)
                    self._write(folder / DELTA, delta, delta_of(change, old.contents))
        except OSError as error:
            raise ListRefused(f"{self.folder}: {error.strerror}") from error
        return signed

    @contextmanager
    def _placed(self, version: int) -> Iterator[Path]:
        """Give a folder to write in, and then put it in its place at once."""
        place = self.folder / self.kind
        new = place / _NEW
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        yield new
        synchronise(new)
        new.rename(place / f"{version:016}")
        synchronise(place)

    def _write(self, folder: Path, manifest: Manifest, files: Files) -> Manifest:
        folder.mkdir()
        writers = self._writers(files)
        for name, write in writers.items():
            with (folder / name).open("wb") as stream:
                write(stream)
        contents = {name: _content(folder / name) for name in writers}
        signed = replace(manifest, contents=contents)
        (folder / MANIFEST).write_bytes(sign_manifest(signed, self.signing_key))
        for written in (*contents, MANIFEST):
            synchronise(folder / written)
        synchronise(folder)
        return signed

    def _writers(self, files: Files) -> dict[ContentName, Callable[[BinaryIO], None]]:
        """Return what writes each file; no two have the same salt."""
        writers: dict[ContentName, Callable[[BinaryIO], None]] = {
            ContentName.DOCUMENTS: lambda stream: write_documents(stream, files.records),
            ContentName.ENTRIES: lambda stream: write_entries(
                stream, self.kind, files.entries, self.key, secrets.token_bytes(SALT_BYTES)
            ),
        }
        if (said := files.persons) is not None:
            writers[ContentName.PERSONS] = lambda stream: write_persons(
                stream, self.kind, said, self.key, secrets.token_bytes(SALT_BYTES)
            )
        return writers


def _content(file: Path) -> Content:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while part := stream.read(_CHUNK_BYTES):
            digest.update(part)
    length = file.stat().st_size
    if length > MAX_CONTENT_BYTES:
        raise ListRefused(f"{file.name}: more than {MAX_CONTENT_BYTES} bytes")
    return Content(length, digest.hexdigest())
