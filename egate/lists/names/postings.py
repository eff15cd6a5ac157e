"""Which rows have a word with these consonants.

Made when a list is opened, since what is heard in a word is the matcher's, and may change with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from egate.lists.names.person_columns import Numbers, PersonColumns, part_with
from egate.lists.names.person_name import NamePart

_NONE: Final = np.uint64(0)
_64_BITS: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Postings:
    """For each key the rows that have it.

    Args:
        keys: sorted hashes, of this process alone: a dictionary of texts would take ten times
            the memory.
        starts, rows: those of key n are ``rows[starts[n]:starts[n + 1]]``.

    """

    keys: NDArray[np.uint64] = field(repr=False)
    starts: Numbers = field(repr=False)
    rows: Numbers = field(repr=False)

    @classmethod
    def of(cls, columns: PersonColumns) -> Self:
        """Return the rows of ``columns`` by the consonants of each word that tells something."""
        hashes = np.fromiter(map(_hash_of_text, columns.texts), np.uint64, len(columns.texts))
        keys, key_of_text = np.unique(hashes, return_inverse=True)
        row_of_word = np.repeat(np.arange(len(columns), dtype=np.int64), np.diff(columns.starts))
        key_of_word = key_of_text[columns.words]
        tells = keys[key_of_word] != _NONE
        both = np.unique(key_of_word[tells] * max(1, len(columns)) + row_of_word[tells])
        key, row = np.divmod(both, max(1, len(columns)))
        starts = np.searchsorted(key, np.arange(len(keys) + 1))
        return cls(keys, starts.astype(np.int32), row.astype(np.int32))

    def __getitem__(self, consonants: str) -> Numbers:
        at = int(np.searchsorted(self.keys, np.uint64(_hash(consonants))))
        if at == len(self.keys) or int(self.keys[at]) != _hash(consonants):
            return self.rows[:0]
        return self.rows[self.starts[at] : self.starts[at + 1]]

    def bytes_held(self) -> int:
        return self.keys.nbytes + self.starts.nbytes + self.rows.nbytes


def telling(parts: Sequence[NamePart]) -> list[NamePart]:
    """Return the parts that tell something of a person."""
    return [each for each in parts if each.weight == 1.0]


def _hash_of_text(text: str) -> int:
    part = part_with(text)
    return _hash(part.consonants) if telling((part,)) else int(_NONE)


def _hash(consonants: str) -> int:
    return hash(consonants) & _64_BITS
