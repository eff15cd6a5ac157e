"""The versions that gates fetch: which lead from what a gate has to the newest, and their bytes.

Deltas as long as they are few, short and in force; else the snapshot. No delta leads over a
version whose number is a multiple of 50, so that a gate never has more of them than it may. A
gate takes no delta whose time is over, so one that was long away gets the snapshot.
"""

import datetime as dt
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from egate.lists.errors import ListRefused
from egate.lists.keeper import MANIFEST, read_manifest
from egate.lists.kinds import ListKind
from egate.lists.manifest import MAX_CONTENT_BYTES, ContentName, Manifest, verified_manifest
from egate.lists.publishing import DELTA, SNAPSHOT
from egate.lists.reception import MAX_PART_BYTES
from egate.ports.lists import OfferedList, PartOf

_SNAPSHOT_EVERY: Final = 50
_KEPT_SNAPSHOTS: Final = 2
"""The newest, and the one that a gate may be fetching."""
_STEP_BYTES: Final = 4096
"""What asking for one more version costs, in bytes of a snapshot."""
_FETCHING: Final = dt.timedelta(hours=1)
"""How long a gate on a slow line may take."""
NAMES: Final = frozenset(ListKind)
_FILES: Final = frozenset(ContentName)
_NAME: Final = re.compile(r"[0-9]{16}")


class NotKept(Exception):
    """There is no such piece, or not any more."""


@dataclass(frozen=True, slots=True)
class _Signed:
    manifest: Manifest
    raw: bytes

    def is_in_force(self, at: dt.datetime) -> bool:
        """Say whether a gate will still take it after it has fetched it."""
        return self.manifest.valid_until > at + _FETCHING

    @property
    def cost(self) -> int:
        return _STEP_BYTES + sum(each.length for each in self.manifest.contents.values())


@dataclass(frozen=True, slots=True)
class _Said:
    version: int
    freshness: bytes
    at: dt.datetime


_NOTHING_SAID: Final = _Said(0, b"", dt.datetime.max.replace(tzinfo=dt.UTC) - _FETCHING)
"""Without the time of day every delta may be too old."""


@dataclass(frozen=True, slots=True)
class _Published:
    snapshot: _Signed
    deltas: dict[int, _Signed] = field(default_factory=dict)

    def leading_from(self, have: int, at: dt.datetime) -> Sequence[_Signed]:
        newest = self.snapshot.manifest.version
        if have >= newest:
            return ()
        chain: list[_Signed] = []
        version = newest
        while version > have and (delta := self.deltas.get(version)) is not None:
            chain.insert(0, delta)
            version = delta.manifest.previous
        same_stretch = have // _SNAPSHOT_EVERY == newest // _SNAPSHOT_EVERY
        if (
            version != have
            or not same_stretch
            or not all(each.is_in_force(at) for each in chain)
            or sum(each.cost for each in chain) > self.snapshot.cost
        ):
            return (self.snapshot,)
        return chain


class Shelf:
    """What is in the folder of published versions, and what was last said of its freshness.

    Args:
        folder: of all lists; as ``egate.lists.publishing`` writes it.
        signer: whose versions they are.

    """

    def __init__(self, folder: Path, signer: ec.EllipticCurvePublicKey) -> None:
        self._folder = folder
        self._signer = signer
        self._published: dict[ListKind, _Published] = {}
        self._said: dict[ListKind, _Said] = {}

    def refresh(self, kind: ListKind) -> Manifest | None:
        """Offer what is in the folder now, and return the manifest of the newest version.

        What no gate needs any more is deleted.

        Raises:
            ListRefused: the newest version is not what we signed, or the disk fails.

        """
        place = self._folder / kind
        try:
            names = [each.name for each in place.iterdir()] if place.is_dir() else []
            versions = sorted(int(name) for name in names if _NAME.fullmatch(name))
            if not versions:
                return None
            snapshot = self._signed(kind, versions[-1], SNAPSHOT)
            stretch = versions[-1] // _SNAPSHOT_EVERY
            near = [each for each in versions if each // _SNAPSHOT_EVERY == stretch]
            deltas = {
                each: self._signed(kind, each, DELTA)
                for each in near
                if (place / f"{each:016}" / DELTA).is_dir()
            }
            self._published[kind] = _Published(snapshot, deltas)
            self._forget(place, versions, set(near))
        except OSError as error:
            raise ListRefused(f"{place}: {error.strerror}") from error
        return snapshot.manifest

    def say(self, kind: ListKind, version: int, freshness: bytes, at: dt.datetime) -> None:
        """Offer a statement about a version as of ``at``, as long as it is the newest."""
        self._said[kind] = _Said(version, freshness, at)

    def offered(self, kind: ListKind, have: int) -> OfferedList | None:
        """Return what leads from the version ``have`` to the newest; None without any version."""
        published = self._published.get(kind)
        if published is None:
            return None
        said = self._said.get(kind, _NOTHING_SAID)
        manifests = tuple(each.raw for each in published.leading_from(have, said.at))
        is_newest = said.version == published.snapshot.manifest.version
        return OfferedList(kind.value, said.freshness if is_newest else b"", manifests)

    def read(self, part: PartOf) -> bytes:
        """Return a piece of a file of a version.

        Raises:
            NotKept: there is no such list, version, file or piece.
            OSError: the disk fails.

        """
        if part.name not in NAMES or part.file not in _FILES or part.version < 1:
            raise NotKept
        if not (0 <= part.offset < MAX_CONTENT_BYTES and 0 < part.length <= MAX_PART_BYTES):
            raise NotKept
        form = DELTA if part.is_delta else SNAPSHOT
        file = self._folder / part.name / f"{part.version:016}" / form / part.file
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise NotKept from None
        try:
            content = os.pread(descriptor, part.length, part.offset)
        finally:
            os.close(descriptor)
        if not content:
            raise NotKept
        return content

    def _signed(self, kind: ListKind, version: int, form: str) -> _Signed:
        folder = self._folder / kind / f"{version:016}" / form
        raw = read_manifest(folder)
        manifest = verified_manifest(raw, self._signer)
        if (manifest.kind, manifest.version) != (kind, version):
            raise ListRefused(f"{folder / MANIFEST}: of another version or list")
        return _Signed(manifest, raw)

    def _forget(self, place: Path, versions: Sequence[int], near: set[int]) -> None:
        for version in versions[:-_KEPT_SNAPSHOTS]:
            old = place / f"{version:016}"
            shutil.rmtree(old / SNAPSHOT if version in near else old, ignore_errors=True)
