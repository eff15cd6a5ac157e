"""Which rows have a word with these consonants.

Made when a list is opened, since what is heard in a word is the matcher's, and may change with it.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from egate.lists.names.person_columns import Numbers, PersonColumns, word_of
from egate.lists.names.person_name import NamePart, part_of

_64_BITS: Final = (1 << 64) - 1


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
        hashes, text_of_hash = array("Q"), array("i")
        for at, text in enumerate(columns.texts):
            for part in telling((part_of(*word_of(text)),)):
                hashes.extend(map(_hash, part.keys))
                text_of_hash.extend(repeat(at, len(part.keys)))
        keys, key_of_hash = np.unique(np.asarray(hashes, np.uint64), return_inverse=True)
        # Each word of each row, with each key of its text.
        texts = np.asarray(text_of_hash, np.int32)
        firsts = np.searchsorted(texts, columns.words)
        many = np.searchsorted(texts, columns.words, side="right") - firsts
        row_of_word = np.repeat(np.arange(len(columns), dtype=np.int64), np.diff(columns.starts))
        within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        rows = max(1, len(columns))
        both = key_of_hash[np.repeat(firsts, many) + within] * rows + np.repeat(row_of_word, many)
        key, row = np.divmod(np.unique(both), rows)
        starts = np.searchsorted(key, np.arange(len(keys) + 1))
        sizes = np.diff(starts)[key_of_hash]
        rows_of_text = np.bincount(texts, sizes, len(columns.texts)).astype(np.int32)
        return cls(keys, starts.astype(np.int32), row.astype(np.int32), rows_of_text)

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


def telling(parts: Sequence[NamePart]) -> list[NamePart]:
    """Return the parts that tell something of a person."""
    return [each for each in parts if each.weight == 1.0]


def _hash(consonants: str) -> int:
    return hash(consonants) & _64_BITS
