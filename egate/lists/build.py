"""From rows to what a version of a list holds, and what that changes."""

import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from egate.lists.documents_file import RECORD, REMOVED, Records
from egate.lists.errors import ListRefused
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry, revision_of
from egate.lists.list_version import Layer
from egate.lists.listed_person import ListedPerson
from egate.lists.names.person_columns import Keys, PersonColumns
from egate.lists.pairs import PAIR, Pairs, differences, pairs_of, sorted_pairs
from egate.lists.persons_file import NOBODY, SETTLED, PersonsSaid, SettledRows
from egate.lists.source import RefusedRow, RowStatus, Settled, SourceRow

NO_NAMES: Final = PersonColumns.of(())


@dataclass(frozen=True, slots=True)
class Contents:
    """What a version says.

    Args:
        pairs: which documents are listed, and under which entries.
        entries: digest of the id to the bytes of the entry; for each that a pair or a name has.
        names: of persons, under the digests of the entries that list them.
        settled: officers' decisions of *not the same person* that still hold; sorted, none twice.

    """

    pairs: Pairs
    entries: dict[int, bytes] = field(repr=False)
    names: PersonColumns = field(default=NO_NAMES, repr=False)
    settled: SettledRows = field(default_factory=lambda: np.empty(0, SETTLED), repr=False)

    @classmethod
    def none(cls) -> "Contents":
        return cls(np.empty(0, PAIR), {})

    @classmethod
    def of_snapshot(cls, layer: Layer) -> "Contents":
        """Return what a snapshot says.

        Raises:
            ListRefused: its files do not fit one another, or the list key.

        """
        records, digests = layer.documents.records(), layer.entries.digests()
        pairs = np.empty(len(records), PAIR)
        pairs["document"], pairs["entry"] = records["digest"], digests[records["number"]]
        plain = {
            int(digest): layer.entries.plain(layer.entries.place_of(n))
            for n, digest in enumerate(digests)
        }
        if (said := layer.persons) is None:
            return cls(sorted_pairs(pairs), plain)
        return cls(sorted_pairs(pairs), plain, said.columns, said.settled)


@dataclass(frozen=True, slots=True)
class Collected:
    """What a source says.

    Args:
        contents: of the rows that are taken.
        withdrawn: what is to leave a list that documents are on for good.
        rows: how many there were.
        refused: those that are not taken.

    """

    contents: Contents
    withdrawn: Pairs
    rows: int
    refused: Sequence[RefusedRow]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a new version changes.

    Args:
        contents: of the new version.
        added: pairs that are new.
        removed: pairs that are gone.
        changed: entries of which something else is said now, by the digest of their ids.
        stays: pairs that the source no longer has, on a list that a document is on for good.
        said: entries of whose persons, or decisions about them, something else is said now;
            sorted.

    """

    contents: Contents
    added: Pairs
    removed: Pairs
    changed: Sequence[int]
    stays: Pairs
    said: Keys = field(default_factory=lambda: np.empty(0, np.uint64))

    @property
    def unchanged(self) -> int:
        return len(self.contents.pairs) - len(self.added)

    def is_nothing(self) -> bool:
        return not (len(self.added) or len(self.removed) or self.changed or len(self.said))


@dataclass(frozen=True, slots=True)
class Files:
    """What the files of a version hold.

    Args:
        records: of documents.
        entries: digest of the id, and the bytes, in the order of their numbers.
        persons: what is said of persons; None if nothing is.

    """

    records: Records
    entries: Sequence[tuple[int, bytes]] = field(repr=False)
    persons: PersonsSaid | None


def collect(
    rows: Iterable[SourceRow | RefusedRow],
    kind: ListKind,
    key: ListKey,
    settled: Iterable[Settled] = (),
) -> Collected:
    """Digest the rows of a source.

    Args:
        rows: persons of rows with one entry id are together whom the entry lists.
        kind: the list.
        key: of the lists.
        settled: officers' decisions; those about what an entry no longer says are left out.

    """
    collecting = _Collecting(kind, key)
    for row in rows:
        collecting.take(row)
    return collecting.collected(settled)


class _Collecting:
    def __init__(self, kind: ListKind, key: ListKey) -> None:
        self._kind, self._key = kind, key
        self._listed, self._withdrawn = array.array("Q"), array.array("Q")
        self._entries: dict[int, bytes] = {}
        self._with_persons: dict[int, bytes] = {}
        self._persons: dict[int, tuple[ListedPerson, ...]] = {}
        self._refused: list[RefusedRow] = []
        self._count = 0
        self._last: ListEntry | None = None
        self._last_digest = 0
        self._is_said = False

    def take(self, row: SourceRow | RefusedRow) -> None:
        self._count += 1
        if isinstance(row, SourceRow):
            try:
                self._add(row)
            except ListRefused as error:
                self._refused.append(RefusedRow(row.line, str(error)))
        else:
            self._refused.append(row)

    def collected(self, settled: Iterable[Settled]) -> Collected:
        persons = ((entry, each) for entry, all_of in self._persons.items() for each in all_of)
        contents = Contents(
            pairs_of(self._listed),
            {**self._entries, **self._with_persons},
            PersonColumns.of(persons),
            self._still_settled(settled),
        )
        return Collected(contents, pairs_of(self._withdrawn), self._count, self._refused)

    def _add(self, row: SourceRow) -> None:
        if row.entry is not self._last:  # thousands of rows, one after the other, are of one
            self._last, self._is_said = row.entry, False
            self._last_digest = self._key.entry_digest(self._kind, row.entry.entry_id)
        entry = self._last_digest
        if row.status is not RowStatus.WITHDRAWN and not self._is_said:
            plain = replace(row.entry, persons=()).to_bytes()
            if self._entries.setdefault(entry, plain) != plain:
                raise ListRefused("entry_id: another row says something else of it")
            if row.entry.persons:
                self._add_persons(entry, row.entry)
            self._is_said = True
        if row.document is not None:
            is_withdrawn = row.status is RowStatus.WITHDRAWN
            pairs = self._withdrawn if is_withdrawn else self._listed
            pairs.extend((int.from_bytes(self._key.document_digest(row.document)), entry))

    def _add_persons(self, entry: int, said: ListEntry) -> None:
        together = (*self._persons.get(entry, ()), *said.persons)
        whole = replace(said, persons=tuple(dict.fromkeys(together)))
        self._persons[entry], self._with_persons[entry] = whole.persons, whole.to_bytes()

    def _still_settled(self, settled: Iterable[Settled]) -> SettledRows:
        kept = set()
        for each in settled:
            entry = self._key.entry_digest(self._kind, each.entry_id)
            persons = self._persons.get(entry)
            if persons is not None and revision_of(persons) == each.revision:
                holder = int.from_bytes(self._key.document_digest(each.document))
                kept.add((entry, int(each.revision, 16), holder))
        return np.array(sorted(kept), SETTLED)


def compare(old: Contents, new: Collected, kind: ListKind) -> Comparison:
    """Return what ``new`` changes about ``old``.

    What a source leaves out is removed; not so from a list that a document is on for good.
    """
    now = new.contents
    pairs, entries = now.pairs, dict(now.entries)
    stays = np.empty(0, PAIR)
    if kind.is_for_good:
        gone, _ = differences(old.pairs, pairs)
        stays, _ = differences(gone, new.withdrawn)
        pairs, _ = differences(sorted_pairs(np.concatenate([pairs, stays])), new.withdrawn)
        for entry in stays["entry"].tolist():
            entries.setdefault(entry, old.entries[entry])
    removed, added = differences(old.pairs, pairs)
    used = {*np.unique(pairs["entry"]).tolist(), *np.unique(now.names.entry).tolist()}
    entries = {digest: plain for digest, plain in entries.items() if digest in used}
    changed = [d for d, plain in entries.items() if old.entries.get(d, plain) != plain]
    contents = Contents(pairs, entries, now.names, now.settled)
    return Comparison(contents, added, removed, changed, stays, _said(old, contents, changed))


def snapshot_of(contents: Contents) -> Files:
    """Return what the files of a snapshot hold."""
    entries = sorted(contents.entries.items())
    persons = None
    if len(contents.names):
        named = np.unique(contents.names.entry)
        persons = _persons(named, contents, entries)
    return Files(_records(contents.pairs, entries, 0), entries, persons)


def delta_of(change: Comparison, old: Contents) -> Files:
    """Return what the files of the delta hold that makes the new version of the old."""
    new = change.contents
    touched = np.concatenate([change.added["entry"], change.removed["entry"]])
    said = [entry for entry in change.said.tolist() if entry in new.entries]
    digests = {*np.unique(touched).tolist(), *change.changed, *said}
    texts = {**old.entries, **new.entries}
    entries = [(digest, texts[digest]) for digest in sorted(digests)]
    records = [_records(change.added, entries, 0), _records(change.removed, entries, REMOVED)]
    joined = np.concatenate(records)
    persons = _persons(change.said, new, entries) if len(change.said) else None
    return Files(joined[np.argsort(joined["digest"], kind="stable")], entries, persons)


def _said(old: Contents, new: Contents, changed: Sequence[int]) -> Keys:
    """Return the entries of whose persons, or decisions about them, something else is said."""
    before, now = np.unique(old.names.entry), np.unique(new.names.entry)
    other = np.intersect1d(np.array(changed, np.uint64), np.union1d(before, now))
    decided = np.setxor1d(old.settled, new.settled)["entry"]
    decided = np.intersect1d(decided, now)
    return np.unique(np.concatenate([np.setxor1d(before, now), other, decided]))


def _persons(said: Keys, contents: Contents, entries: Sequence[tuple[int, bytes]]) -> PersonsSaid:
    names, settled = contents.names, contents.settled
    columns = PersonColumns.joined([(names, np.isin(names.entry, said))])
    digests = np.array([digest for digest, _ in entries], np.uint64)
    numbers = np.searchsorted(digests, said).astype(np.uint32)
    numbers[~np.isin(said, columns.entry)] = NOBODY
    return PersonsSaid(said, numbers, columns, settled[np.isin(settled["entry"], said)])


def _records(pairs: Pairs, entries: Sequence[tuple[int, bytes]], mark: int) -> Records:
    digests = np.array([digest for digest, _ in entries], np.uint64)
    records = np.empty(len(pairs), RECORD)
    records["digest"] = pairs["document"]
    records["number"] = np.searchsorted(digests, pairs["entry"]) | mark
    return records
