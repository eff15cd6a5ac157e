"""Which document is under which entry, by their digests: sorted, none twice."""

import array
from typing import Final

import numpy as np
import numpy.typing as npt

PAIR: Final = np.dtype([("document", np.uint64), ("entry", np.uint64)])
Pairs = npt.NDArray[np.void]
"""Digest of a document, and of the id of an entry that names it; sorted, none twice."""


def pairs_of(flat: "array.array[int]") -> Pairs:
    """Return the pairs that ``flat`` has one after another."""
    return sorted_pairs(np.frombuffer(flat, np.uint64).view(PAIR) if flat else np.empty(0, PAIR))


def sorted_pairs(pairs: Pairs) -> Pairs:
    """Return ``pairs`` in order, each once."""
    ordered = pairs[np.lexsort((pairs["entry"], pairs["document"]))]
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def differences(left: Pairs, right: Pairs) -> tuple[Pairs, Pairs]:
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
