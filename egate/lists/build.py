"""From rows to what a version of a list holds, and what that changes."""

import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.lists.documents_file import RECORD, REMOVED, Records
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.list_version import Layer
from egate.lists.source import RefusedRow, RowStatus, SourceRow

PAIR: Final = np.dtype([("document", np.uint64), ("entry", np.uint64)])
Pairs = npt.NDArray[np.void]
"""Digest of a document, and of the id of an entry that names it; sorted, none twice."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a version says.

    Args:
        pairs: which documents are listed, and under which entries.
        entries: digest of the id to the bytes of the entry; for each that a pair has.

    """

    pairs: Pairs
    entries: dict[int, bytes] = field(repr=False)

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
        plain = {int(digest): layer.entries.plain(n) for n, digest in enumerate(digests)}
        return cls(_sorted(pairs), plain)


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

    """

    contents: Contents
    added: Pairs
    removed: Pairs
    changed: Sequence[int]
    stays: Pairs

    @property
    def unchanged(self) -> int:
        return len(self.contents.pairs) - len(self.added)

    def is_nothing(self) -> bool:
        return not (len(self.added) or len(self.removed) or self.changed)


def collect(rows: Iterable[SourceRow | RefusedRow], kind: ListKind, key: ListKey) -> Collected:
    """Digest the rows of a source."""
    listed, withdrawn = array.array("Q"), array.array("Q")
    entries: dict[int, bytes] = {}
    refused = []
    count = 0
    for row in rows:
        count += 1
        if isinstance(row, RefusedRow):
            refused.append(row)
            continue
        entry = key.entry_digest(kind, row.entry.entry_id)
        pair = (int.from_bytes(key.document_digest(row.document)), entry)
        if row.status is RowStatus.WITHDRAWN:
            withdrawn.extend(pair)
            continue
        plain = row.entry.to_bytes()
        if entries.setdefault(entry, plain) == plain:
            listed.extend(pair)
        else:
            refused.append(RefusedRow(row.line, "entry_id: another row says something else of it"))
    return Collected(Contents(_pairs(listed), entries), _pairs(withdrawn), count, refused)


def compare(old: Contents, new: Collected, kind: ListKind) -> Comparison:
    """Return what ``new`` changes about ``old``.

    What a source leaves out is removed; not so from a list that a document is on for good.
    """
    pairs, entries = new.contents.pairs, dict(new.contents.entries)
    stays = np.empty(0, PAIR)
    if kind.is_for_good:
        gone, _ = _differences(old.pairs, pairs)
        stays, _ = _differences(gone, new.withdrawn)
        pairs, _ = _differences(_sorted(np.concatenate([pairs, stays])), new.withdrawn)
        for entry in stays["entry"].tolist():
            entries.setdefault(entry, old.entries[entry])
    removed, added = _differences(old.pairs, pairs)
    used = set(np.unique(pairs["entry"]).tolist())
    entries = {digest: plain for digest, plain in entries.items() if digest in used}
    changed = [d for d, plain in entries.items() if old.entries.get(d, plain) != plain]
    return Comparison(Contents(pairs, entries), added, removed, changed, stays)


def snapshot_of(contents: Contents) -> tuple[Records, list[tuple[int, bytes]]]:
    """Return the records and the entries of a snapshot."""
    entries = sorted(contents.entries.items())
    return _records(contents.pairs, entries, 0), entries


def delta_of(change: Comparison, old: Contents) -> tuple[Records, list[tuple[int, bytes]]]:
    """Return the records and the entries of the delta that makes the new version of the old."""
    touched = np.concatenate([change.added["entry"], change.removed["entry"]])
    digests = {*np.unique(touched).tolist(), *change.changed}
    texts = {**old.entries, **change.contents.entries}
    entries = [(digest, texts[digest]) for digest in sorted(digests)]
    records = [_records(change.added, entries, 0), _records(change.removed, entries, REMOVED)]
    joined = np.concatenate(records)
    return joined[np.argsort(joined["digest"], kind="stable")], entries


def _records(pairs: Pairs, entries: Sequence[tuple[int, bytes]], mark: int) -> Records:
    digests = np.array([digest for digest, _ in entries], np.uint64)
    records = np.empty(len(pairs), RECORD)
    records["digest"] = pairs["document"]
    records["number"] = np.searchsorted(digests, pairs["entry"]) | mark
    return records


def _pairs(flat: "array.array[int]") -> Pairs:
    return _sorted(np.frombuffer(flat, np.uint64).view(PAIR) if flat else np.empty(0, PAIR))


def _sorted(pairs: Pairs) -> Pairs:
    """Return ``pairs`` in order, each once."""
    ordered = pairs[np.lexsort((pairs["entry"], pairs["document"]))]
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _differences(left: Pairs, right: Pairs) -> tuple[Pairs, Pairs]:
    """Return what only ``left`` has, and what only ``right`` has."""
    both = np.concatenate([left, right])
    order = np.lexsort((both["entry"], both["document"]))
    ordered = both[order]
    same = ordered[1:] == ordered[:-1]
    alone = np.ones(len(both), bool)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    lonely = order[alone]
    return both[lonely[lonely < len(left)]], both[lonely[lonely >= len(left)]]
