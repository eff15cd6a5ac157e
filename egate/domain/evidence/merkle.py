"""Merkle trees over an ordered list, and short proofs about them (RFC 6962 §2.1, RFC 9162 §2.1).

Whoever knows the root of a tree can be shown with a few hashes that an entry is in it, and that
a later tree has all the entries of an earlier one at their places.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"

Proof = Sequence[bytes]
"""Hashes in the order of RFC 6962 §2.1.1 and §2.1.2."""


class MerkleTree:
    """The tree over ``entries``, with all its nodes.

    A node at the right edge that has no neighbour moves up as it is, which makes the tree of
    RFC 6962 from the bottom.

    Args:
        entries: what the leaves are made of.

    """

    def __init__(self, entries: Iterable[bytes]) -> None:
        self._levels = [[leaf_hash(entry) for entry in entries]]
        while len(below := self._levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            above = [_node_hash(left, right) for left, right in pairs]
            self._levels.append(above + below[len(above) * 2 :])

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """The hash that stands for the whole."""
        return self._levels[-1][0] if self.size else hashlib.sha256().digest()

    def root_of_first(self, size: int) -> bytes:
        """Return the root of the tree over the first ``size`` entries.

        Raises:
            IndexError: there are not so many entries, or none.

        """
        self._check_beginning(size)
        root, end = b"", size
        while end:  # whole subtrees, the smallest and last one first
            height = (end & -end).bit_length() - 1
            subtree = self._levels[height][end - 1 >> height]
            root = _node_hash(subtree, root) if root else subtree
            end &= end - 1
        return root

    def inclusion(self, index: int) -> Proof:
        """Return the proof that the entry at ``index``, from 0, is there.

        Raises:
            IndexError: there is no such entry.

        """
        if not 0 <= index < self.size:
            raise IndexError("no such entry in the tree")
        path = []
        for level in self._levels[:-1]:
            if (beside := index ^ 1) < len(level):
                path.append(level[beside])
            index >>= 1
        return path

    def consistency(self, size: int) -> Proof:
        """Return the proof that the tree over the first ``size`` entries is the beginning of this.

        Raises:
            IndexError: there are not so many entries, or none.

        """
        self._check_beginning(size)
        return self._subproof(0, self.size, size, is_whole=True)

    def _check_beginning(self, size: int) -> None:
        if not 1 <= size <= self.size:
            raise IndexError("no such beginning of the tree")

    def _subproof(self, start: int, end: int, size: int, *, is_whole: bool) -> list[bytes]:
        """Return SUBPROOF of RFC 6962 §2.1.2 for the entries from ``start`` to before ``end``."""
        if size == end - start:
            return [] if is_whole else [self._subtree(start, end)]
        half = start + _largest_power_below(end - start)
        if size <= half - start:
            proof = self._subproof(start, half, size, is_whole=is_whole)
            return [*proof, self._subtree(half, end)]
        proof = self._subproof(half, end, size - (half - start), is_whole=False)
        return [*proof, self._subtree(start, half)]

    def _subtree(self, start: int, end: int) -> bytes:
        """Return the node over whole subtrees, or over the rest at the right edge."""
        height = (end - start - 1).bit_length()
        return self._levels[height][start >> height]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of the leaf of ``entry``."""
    return hashlib.sha256(_LEAF + entry).digest()


def is_included(entry: bytes, index: int, size: int, proof: Proof, root: bytes) -> bool:
    """Whether ``entry`` is at ``index`` of the tree with ``root`` (RFC 9162 §2.1.3.2).

    Args:
        entry: what the leaf is made of.
        index: its place, from 0.
        size: how many entries the tree has.
        proof: as `MerkleTree.inclusion`, from whomever.
        root: of the tree.

    """
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf_hash(entry)
    for hashed in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = _node_hash(hashed, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = _node_hash(found, hashed)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def is_continued(before: tuple[int, bytes], after: tuple[int, bytes], proof: Proof) -> bool:
    """Whether a tree begins with all the entries of an earlier one (RFC 9162 §2.1.4.2).

    Args:
        before: size and root of the earlier tree, which has entries.
        after: size and root of the later one.
        proof: as `MerkleTree.consistency`, from whomever.

    """
    (first, first_root), (second, second_root) = before, after
    if first == second:
        return not proof and first_root == second_root
    if not 1 <= first < second or not proof:
        return False
    hashes = [*proof] if first & (first - 1) else [first_root, *proof]
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for hashed in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = _node_hash(hashed, old), _node_hash(hashed, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = _node_hash(new, hashed)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _largest_power_below(number: int) -> int:
    """Return the largest power of two that is less than ``number``, which is at least 2."""
    return 1 << (number - 1).bit_length() - 1
