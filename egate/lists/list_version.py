"""One version of a list as it is looked up in: a snapshot, and the deltas since then over it."""

import array
import datetime as dt
import hashlib
import os
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from egate.lists.documents_file import REMOVED, DocumentsFile
from egate.lists.entries_file import EntriesFile, EntryPlace
from egate.lists.errors import ListRefused
from egate.lists.keys import ListKey
from egate.lists.list_entry import ListEntry
from egate.lists.manifest import Content, ContentName, Manifest
from egate.lists.names.not_the_same import unsettled
from egate.lists.names.person_index import NameThresholds, PersonHit, PersonIndex, Traveller
from egate.lists.person_layers import PersonLayers
from egate.lists.persons_file import PersonsSaid, open_persons

_CHUNK_BYTES: Final = 1 << 20
_Place = tuple[int, int]
"""Which layer, 0 the snapshot, and the entry's number there."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The open files of a snapshot or a delta."""

    manifest: Manifest
    documents: DocumentsFile
    entries: EntriesFile
    persons: PersonsSaid | None

    @classmethod
    def open(cls, folder: Path, manifest: Manifest, key: ListKey) -> Self:
        """Open the files in ``folder`` that ``manifest`` vouches for.

        Raises:
            ListRefused: a file is not the one that was signed.

        """
        with ExitStack() as opened:
            name = ContentName.DOCUMENTS
            content = manifest.contents[name]
            documents = DocumentsFile.open(verified_file(folder / name, content), content.length)
            opened.callback(documents.close)
            name = ContentName.ENTRIES
            content = manifest.contents[name]
            descriptor = verified_file(folder / name, content)
            entries = EntriesFile.open(descriptor, content.length, manifest.kind, key)
            opened.callback(entries.close)
            persons = None
            if (name := ContentName.PERSONS) in manifest.contents:
                content = manifest.contents[name]
                descriptor = verified_file(folder / name, content)
                persons = open_persons(descriptor, content.length, manifest.kind, key)
            opened.pop_all()
        return cls(manifest, documents, entries, persons)

    def close(self) -> None:
        self.documents.close()
        self.entries.close()


class ListVersion:
    """A snapshot with its deltas; a look-up is one read, and a search in memory for the deltas.

    Args:
        layers: the snapshot, then the deltas in order; they belong to this object.
        snapshot_names: those of the snapshot, if they were indexed before.

    """

    def __init__(self, layers: Sequence[Layer], snapshot_names: PersonIndex | None = None) -> None:
        self._layers = layers
        self._changes = _Changes(layers[1:])
        self._persons = PersonLayers([layer.persons for layer in layers], snapshot_names)

    @property
    def manifest(self) -> Manifest:
        """That of the newest layer: it says which version this is, and how old."""
        return self._layers[-1].manifest

    @property
    def deltas(self) -> int:
        return len(self._layers) - 1

    @property
    def documents(self) -> int:
        """How many documents are listed, one for each entry that names it."""
        return self._layers[0].documents.count + self._changes.balance

    @property
    def persons(self) -> int:
        """How many entries list persons."""
        return self._persons.count

    def age_at(self, now: dt.datetime) -> dt.timedelta:
        """Return how long ago it was made; never negative, since clocks differ a little."""
        return max(dt.timedelta(), now - self.manifest.made_at)

    def find(self, digest: bytes) -> list[ListEntry]:
        """Return the entries that name the document with this digest, whatever their dates.

        Raises:
            ListRefused: the disk fails, or the list key is not the list's.

        """
        listed: dict[int, tuple[int, EntryPlace]] = {}
        snapshot = self._layers[0]
        for number, is_removed in snapshot.documents.find(digest):
            if not is_removed:
                place = snapshot.entries.place_of(number)
                listed[place.digest] = (0, place)
        for (layer, number), is_removed in self._changes.of(digest):
            place = self._layers[layer].entries.place_of(number)
            listed.pop(place.digest, None)
            if not is_removed:
                listed[place.digest] = (layer, place)
        return [self._entry(layer, place) for layer, place in listed.values()]

    def find_persons(
        self, traveller: Traveller, holder: int | None, thresholds: NameThresholds
    ) -> list[tuple[PersonHit, ListEntry]]:
        """Return the entries that may list the traveller, whatever their dates, likeliest first.

        Args:
            traveller: name, date of birth and nationality.
            holder: the digest of the traveller's document, None where there is none: entries
                about which an officer settled that they do not list its holder are left out.
            thresholds: of the policy.

        Raises:
            ListRefused: the disk fails, or the list key is not the list's.
            UnusableName: the traveller's name cannot be compared.
            UnusableDate: the traveller's date of birth.

        """
        hits = self._persons.find(traveller, thresholds)
        entries = {hit.entry: self._entry_of(hit) for hit in hits}
        revisions = {key: int(entry.revision, 16) for key, entry in entries.items()}
        settled = [each for key in entries for each in self._persons.settled_about(key)]
        return [(hit, entries[hit.entry]) for hit in unsettled(hits, holder, revisions, settled)]

    def followed_by(self, layer: Layer) -> "ListVersion":
        """Return the version that ``layer`` makes of this one.

        A delta lies over the files that are open, which belong to the new version then. A
        snapshot takes their place: this version is to be closed when nobody looks up in it.
        """
        if layer.manifest.is_delta:
            return ListVersion([*self._layers, layer], self._persons.snapshot_names)
        return ListVersion([layer])

    def close(self) -> None:
        for layer in self._layers:
            layer.close()

    def _entry(self, layer: int, place: EntryPlace) -> ListEntry:
        """Open an entry, or what a later delta says in its place."""
        if (newest := self._changes.newest(place.digest)) is not None:
            layer, number = newest
            place = self._layers[layer].entries.place_of(number)
        return self._layers[layer].entries.entry(place)

    def _entry_of(self, hit: PersonHit) -> ListEntry:
        layer, number = self._persons.place(hit.entry)
        return self._entry(layer, self._layers[layer].entries.place_of(number))


class _Changes:
    """What deltas change, all of them in sorted columns: a few bytes for each change."""

    def __init__(self, deltas: Sequence[Layer]) -> None:
        records = [layer.documents.records() for layer in deltas]
        self._documents = _Columns(
            [each["digest"].astype(np.uint64) for each in records],
            [each["number"].astype(np.uint32) for each in records],
        )
        removed = sum(int((each["number"] >= REMOVED).sum()) for each in records)
        self.balance = sum(map(len, records)) - 2 * removed
        entries = [layer.entries.digests() for layer in deltas]
        self._entries = _Columns(
            entries, [np.arange(len(each), dtype=np.uint32) for each in entries]
        )

    def of(self, digest: bytes) -> list[tuple[_Place, bool]]:
        """Return the additions and removals of a document, oldest first."""
        return [
            ((layer, number & ~REMOVED), number >= REMOVED)
            for layer, number in self._documents.find(int.from_bytes(digest))
        ]

    def newest(self, entry: int) -> _Place | None:
        """Return where a delta has the newest text of an entry."""
        found = self._entries.find(entry)
        return found[-1] if found else None


class _Columns:
    """Digests with layer and number, sorted by digest and then by layer."""

    def __init__(self, digests: Sequence["np.ndarray"], numbers: Sequence["np.ndarray"]) -> None:
        sizes = [len(each) for each in digests]
        layers = np.repeat(np.arange(1, len(sizes) + 1, dtype=np.uint16), sizes)
        joined = np.concatenate([np.empty(0, np.uint64), *digests])
        order = np.lexsort((layers, joined))
        self._digests = array.array("Q", joined[order].tobytes())
        self._layers = array.array("H", layers[order].tobytes())
        joined_numbers = np.concatenate([np.empty(0, np.uint32), *numbers])
        self._numbers = array.array("I", joined_numbers[order].tobytes())

    def find(self, digest: int) -> list[_Place]:
        at = bisect_left(self._digests, digest)
        found = []
        while at < len(self._digests) and self._digests[at] == digest:
            found.append((self._layers[at], self._numbers[at]))
            at += 1
        return found


def verified_file(file: Path, content: Content) -> int:
    """Open ``file`` and return its descriptor, by which alone it is read from then on.

    Raises:
        ListRefused: it cannot be read, or is not what was signed.

    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise ListRefused(f"{file.name}: {error.strerror}") from error
    try:
        _verify(descriptor, content, file.name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _verify(descriptor: int, content: Content, name: str) -> None:
    digest = hashlib.sha256()
    try:
        length = os.fstat(descriptor).st_size
        with open(descriptor, "rb", buffering=0, closefd=False) as stream:
            while length == content.length and (part := stream.read(_CHUNK_BYTES)):
                digest.update(part)
    except OSError as error:
        raise ListRefused(f"{name}: {error.strerror}") from error
    if digest.hexdigest() != content.sha256:
        raise ListRefused(f"{name}: not the one that was signed")
