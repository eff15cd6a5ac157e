"""Which rows have a word with these consonants.

Made when a list is opened, since what is heard in a word is the matcher's, and may change with it.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from egate.lists.names.person_columns import Numbers, PersonColumns, word_of
from egate.lists.names.person_name import NamePart, part_of

_64_BITS: Final = (1 << 64) - 1
_ROW_BITS: Final = 32
_PIECE_ROWS: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Postings:
    """For each key the rows that have it.

    Args:
        keys: sorted hashes, of this process alone: a dictionary of texts would take ten times
            the memory.
        starts, rows: those of key n are ``rows[starts[n]:starts[n + 1]]``.
        rows_of_text: how many rows each text of the columns may be heard in, or a few more;
            0 for what tells nothing.

    """

    keys: NDArray[np.uint64] = field(repr=False)
    starts: Numbers = field(repr=False)
    rows: Numbers = field(repr=False)
    rows_of_text: Numbers = field(repr=False)

    @classmethod
    def by_consonants(cls, columns: PersonColumns) -> Self:
        """Return the rows of ``columns`` by the consonants of each word that tells something."""
        hashes, ends = array("Q"), array("i", [0])
        for text in columns.texts:
            for part in telling((part_of(*word_of(text)),)):
                hashes.extend(map(_hash, part.keys))
            ends.append(len(hashes))
        keys, key_of_hash = np.unique(np.asarray(hashes, np.uint64), return_inverse=True)
        of_texts = _KeysOfTexts(np.asarray(ends), key_of_hash.astype(np.int32))
        # Piece by piece, so that a gate never needs many times the memory of what it keeps.
        pieces = [
            of_texts.in_rows(columns, first, min(first + _PIECE_ROWS, len(columns)))
            for first in range(0, len(columns), _PIECE_ROWS)
        ]
        sizes = np.zeros(len(keys), np.int64)
        for key, _ in pieces:
            sizes += np.bincount(key, minlength=len(keys))
        starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        rows, filled = np.empty(starts[-1], np.int32), starts[:-1].copy()
        for key, row in pieces:
            there, first, many = np.unique(key, return_index=True, return_counts=True)
            rows[np.arange(len(key)) + np.repeat(filled[there] - first, many)] = row
            filled[there] += many.astype(np.int32)
        return cls(keys, starts, rows, of_texts.total(sizes))

    def of(self, part: NamePart) -> Numbers:
        """Return the rows with a word that may be heard with the consonants of ``part``."""
        found = [self._with(each) for each in part.keys]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def count(self, part: NamePart) -> int:
        """Return how many rows ``of`` has, those with two of the keys counted twice."""
        return sum(len(self._with(each)) for each in part.keys)

    def _with(self, consonants: str) -> Numbers:
        at = int(np.searchsorted(self.keys, np.uint64(_hash(consonants))))
        if at == len(self.keys) or int(self.keys[at]) != _hash(consonants):
            return self.rows[:0]
        return self.rows[self.starts[at] : self.starts[at + 1]]

    def bytes_held(self) -> int:
        arrays = (self.keys, self.starts, self.rows, self.rows_of_text)
        return sum(each.nbytes for each in arrays)


class _KeysOfTexts:
    """The numbers of the keys that each text of columns has.

    Args:
        ends: where the keys of each text end, after a 0.
        keys: of one text after another.

    """

    def __init__(self, ends: Numbers, keys: Numbers) -> None:
        self._firsts, self._many, self._keys = ends[:-1], np.diff(ends), keys

    def in_rows(self, columns: PersonColumns, first: int, end: int) -> tuple[Numbers, Numbers]:
        """Return each key with each row that has it, sorted, of the rows from first to end."""
        starts = columns.starts[first : end + 1]
        words = columns.words[starts[0] : starts[-1]]
        many = self._many[words]
        row = np.repeat(np.repeat(np.arange(first, end), np.diff(starts)), many)
        within = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
        key = self._keys[np.repeat(self._firsts[words], many) + within]
        both = np.unique(key.astype(np.int64) << _ROW_BITS | row)
        mask = (1 << _ROW_BITS) - 1
        return (both >> _ROW_BITS).astype(np.int32), (both & mask).astype(np.int32)

    def total(self, sizes: NDArray[np.int64]) -> Numbers:
        """Return for each text how many rows its keys have together."""
        text = np.repeat(np.arange(len(self._many)), self._many)
        return np.bincount(text, sizes[self._keys], len(self._many)).astype(np.int32)


def telling(parts: Sequence[NamePart]) -> list[NamePart]:
    """Return the parts that tell something of a person."""
    return [each for each in parts if each.weight == 1.0]


def _hash(consonants: str) -> int:
    return hash(consonants) & _64_BITS
