"""The gate's folder of one list: what is taken in, and which version is in use.

    FOLDER/0000000000000007/manifest documents entries    one folder a version
    FOLDER/incoming/                                      a version that is on its way
    FOLDER/freshness                                      the last proof that nothing is newer
    FOLDER/lock

A version is written beside the others, synchronised, verified, and renamed into its place: a
power cut leaves it whole or not at all. The snapshot before stays until the next one comes, so
there is a last good version if a disk spoils the newest; its age tells that it is old. What was
ever taken in is the least that may come: the folder's name says it even if the rest is spoilt.
"""

import datetime as dt
import re
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from egate.durable_files import synchronise
from egate.lists.errors import ListRefused
from egate.lists.folder_lock import locked_folder
from egate.lists.freshness import MAX_FRESHNESS_BYTES, Freshness, verified_freshness
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.list_version import Layer, ListVersion
from egate.lists.manifest import MAX_MANIFEST_BYTES, Manifest, verified_manifest
from egate.lists.succession import check_follows, check_fresher, check_in_force

MANIFEST: Final = "manifest"
_FRESHNESS: Final = "freshness"
_NAME: Final = re.compile(r"[0-9]{16}")
_REPLACED: Final = "replaced"


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a gate was given when it was set up: whose lists it believes, and the list key."""

    signer: ec.EllipticCurvePublicKey
    key: ListKey


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there of a list.

    Args:
        version: open and verified; None if there is none. Its time may be over.
        newest: the greatest version that was ever taken in, 0 for none.
        faults: what cannot be used and why, one line each.
        freshness: the last statement that a version was the newest.

    """

    version: ListVersion | None
    newest: int
    faults: Sequence[str]
    freshness: Freshness | None = None

    @property
    def is_behind(self) -> bool:
        """Whether a newer version was here and is spoilt: the last good one is in use."""
        return self.version is not None and self.version.manifest.version < self.newest

    @property
    def newest_as_of(self) -> dt.datetime | None:
        """When nothing newer than the version in use is known to have been; None without one."""
        if self.version is None:
            return None
        manifest = self.version.manifest
        if self.freshness is None or self.freshness.version != manifest.version:
            return manifest.made_at
        return max(manifest.made_at, self.freshness.as_of)

    def usable(self, now: dt.datetime) -> ListVersion:
        """Return the version in use; to be asked for each look-up, since time goes on.

        Raises:
            ListRefused: there is none, or its time is over; says why.

        """
        if self.version is None:
            raise ListRefused("; ".join(self.faults) or "no version of this list is here")
        check_in_force(self.version.manifest, now)
        return self.version

    def followed_by(self, layer: Layer) -> "Kept":
        """Return what is there after a version was taken in; see `ListVersion.followed_by`."""
        version = self.version.followed_by(layer) if self.version else ListVersion([layer])
        return Kept(version, layer.manifest.version, (), self.freshness)

    def close(self) -> None:
        if self.version is not None:
            self.version.close()


@dataclass(frozen=True, slots=True)
class ListKeeper:
    """Takes care of one folder.

    Args:
        folder: of this list alone.
        kind: which list it is.
        pinned: what the gate was set up with.

    """

    folder: Path
    kind: ListKind
    pinned: Pinned

    def open(self) -> Kept:
        """Verify what is there, and open the newest that is good.

        Every byte is read once, so a version costs about a second for a gigabyte.

        Raises:
            ListRefused: the disk fails while it is read.

        """
        versions = self._versions()
        faults: list[str] = []
        manifests = self._manifests(versions, faults)
        used = None
        for manifest in reversed([each for each in manifests if not each.is_delta]):
            layers = self._chain(manifest, manifests, faults)
            if layers:
                used = ListVersion(layers)
                break
        freshness = self._freshness(faults)
        return Kept(used, max(versions, default=0), faults, freshness)

    def admit(self, raw: bytes, kept: Kept, now: dt.datetime) -> Manifest:
        """Return the manifest in ``raw`` if its version may be taken in.

        Raises:
            ListRefused: forged, of another list, expired, older, replayed, or with a gap.

        """
        manifest = verified_manifest(raw, self.pinned.signer)
        if manifest.kind is not self.kind:
            raise ListRefused(f"version {manifest.version}: of the list {manifest.kind}")
        check_in_force(manifest, now)
        used = kept.version
        deltas = 0 if used is None else used.deltas
        check_follows(manifest, None if used is None else used.manifest, kept.newest, deltas)
        return manifest

    def prove(self, raw: bytes, kept: Kept, now: dt.datetime) -> Kept:
        """Keep the statement in ``raw``, and return what is there with it.

        One about a newer version than the one in use proves nothing about that one: ``kept`` is
        returned as it is.

        Args:
            raw: signed.
            kept: what is there.
            now: UTC.

        Raises:
            ListRefused: forged, of another list, of an older time or version than what came
                before, or of the future; or the disk refuses.

        """
        statement = verified_freshness(raw, self.pinned.signer)
        if statement.kind is not self.kind:
            raise ListRefused(f"freshness: of the list {statement.kind}")
        check_fresher(statement, kept.freshness, kept.newest, now)
        if kept.version is None or statement.version > kept.version.manifest.version:
            return kept
        new = self.folder / f"{_FRESHNESS}.new"
        try:
            new.write_bytes(raw)
            synchronise(new)
            new.rename(self.folder / _FRESHNESS)
            synchronise(self.folder)
        except OSError as error:
            raise ListRefused(f"{self.folder}: {error.strerror}") from error
        return replace(kept, freshness=statement)

    def place(self, manifest: Manifest, ready: Path) -> None:
        """Put a version that is whole and on the disk in its place, and forget what is too old.

        Args:
            manifest: of the version.
            ready: its folder, in the folder of the list.

        Raises:
            ListRefused: the disk refuses.

        """
        target = self.folder / f"{manifest.version:016}"
        try:
            if target.exists():  # spoilt, else it would not have been admitted
                shutil.rmtree(self.folder / _REPLACED, ignore_errors=True)
                target.rename(self.folder / _REPLACED)
            ready.rename(target)
            synchronise(self.folder)
            shutil.rmtree(self.folder / _REPLACED, ignore_errors=True)
            if not manifest.is_delta:
                self._forget_before(manifest)
        except OSError as error:
            raise ListRefused(f"{self.folder}: {error.strerror}") from error

    def locked(self) -> AbstractContextManager[None]:
        """Let nobody else change the folder, which is made if it is not there.

        Raises:
            ListRefused: somebody else does, or it cannot be used.

        """
        return locked_folder(self.folder)

    def _freshness(self, faults: list[str]) -> Freshness | None:
        file = self.folder / _FRESHNESS
        if not file.exists():
            return None
        try:
            raw = _beginning(file, MAX_FRESHNESS_BYTES)
            statement = verified_freshness(raw, self.pinned.signer)
        except ListRefused as fault:
            faults.append(str(fault))
            return None
        return statement if statement.kind is self.kind else None

    def _versions(self) -> list[int]:
        if not self.folder.is_dir():
            return []
        names = [each.name for each in self.folder.iterdir()]
        return sorted(int(name) for name in names if _NAME.fullmatch(name))

    def _manifests(self, versions: Sequence[int], faults: list[str]) -> list[Manifest]:
        found = []
        for version in versions:
            try:
                found.append(self._manifest(version))
            except ListRefused as fault:
                faults.append(f"version {version}: {fault}")
        return found

    def _manifest(self, version: int) -> Manifest:
        raw = read_manifest(self.folder / f"{version:016}")
        manifest = verified_manifest(raw, self.pinned.signer)
        if (manifest.version, manifest.kind) != (version, self.kind):
            raise ListRefused("manifest: of another version or list")
        return manifest

    def _chain(
        self, snapshot: Manifest, manifests: Sequence[Manifest], faults: list[str]
    ) -> list[Layer]:
        """Open a snapshot and the deltas that follow it without a gap, as far as they are good."""
        layers: list[Layer] = []
        later = [each for each in manifests if each.version > snapshot.version]
        for manifest in (snapshot, *later):
            if layers and manifest.previous != layers[-1].manifest.version:
                break
            try:
                place = self.folder / f"{manifest.version:016}"
                layers.append(Layer.open(place, manifest, self.pinned.key))
            except ListRefused as fault:
                faults.append(f"version {manifest.version}: {fault}")
                break
        return layers

    def _forget_before(self, snapshot: Manifest) -> None:
        """Delete what is older than the snapshot before ``snapshot``."""
        manifests = self._manifests(self._versions(), [])
        earlier = [m.version for m in manifests if not m.is_delta and m.version < snapshot.version]
        for version in self._versions():
            if version < max(earlier, default=0):
                shutil.rmtree(self.folder / f"{version:016}", ignore_errors=True)


def read_manifest(folder: Path) -> bytes:
    """Return the signed manifest of the version in ``folder``, not yet verified.

    Raises:
        ListRefused: it cannot be read.

    """
    return _beginning(folder / MANIFEST, MAX_MANIFEST_BYTES)


def _beginning(file: Path, most: int) -> bytes:
    """Return what is in ``file``, at most a byte more than it may have."""
    try:
        with file.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        raise ListRefused(f"{file}: {error.strerror}") from error
