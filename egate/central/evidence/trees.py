"""The closed trees as they are stored, and made again for proofs."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from egate.central.database import Connection, Pool
from egate.domain.evidence.merkle import MerkleTree
from egate.domain.evidence.tree_head import TreeHead, day_entry
from egate.reporting.tree_heads import SignedHead

_HEADS: Final = """
SELECT number, day, last_position, size, root, days_root, signature, certificate FROM tree_head
ORDER BY number
"""
_LINKS: Final = """
SELECT link FROM chain_link WHERE position > $1 AND position <= $2 ORDER BY position
"""
_LONG_SECONDS: Final = 120.0  # a day of a country, on a busy machine
_KEPT: Final = 2
"""Trees of days in memory: stations ask about yesterday."""


@dataclass(frozen=True, slots=True)
class ClosedTree:
    """One day that is over.

    Args:
        signed: its head.
        after: position after which its links begin.
        until: position of its last link.

    """

    signed: SignedHead
    after: int
    until: int


async def closed_trees(connection: Connection | Pool) -> list[ClosedTree]:
    """Return the trees of all days that are over, the oldest first."""
    trees: list[ClosedTree] = []
    for row in await connection.fetch(_HEADS, timeout=_LONG_SECONDS):
        after = trees[-1].until if trees else 0
        trees.append(ClosedTree(_signed(row), after, row["last_position"]))
    return trees


def _signed(row: asyncpg.Record) -> SignedHead:
    values = (row[name] for name in ("number", "day", "size", "root", "days_root"))
    return SignedHead(TreeHead(*values), row["signature"], row["certificate"])


async def tree_between(connection: Connection | Pool, after: int, until: int) -> MerkleTree:
    """Return the tree over the links after one position, up to another."""
    rows = await connection.fetch(_LINKS, after, until, timeout=_LONG_SECONDS)
    return await asyncio.to_thread(MerkleTree, [row[0] for row in rows])


def tree_of_days(heads: Iterable[TreeHead]) -> MerkleTree:
    """Return the tree of the days of ``heads``, which are all from the first one on."""
    return MerkleTree(day_entry(head.day, head.size, head.root) for head in heads)


class Trees:
    """Closed trees for who asks for proofs.

    Args:
        pool: of the centre's database.

    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._making = asyncio.Lock()
        self._made: OrderedDict[ClosedTree, MerkleTree] = OrderedDict()

    async def all(self) -> Sequence[ClosedTree]:
        """Return the closed trees, the oldest first."""
        return await closed_trees(self._pool)

    async def of_day(self, closed: ClosedTree) -> MerkleTree:
        """Return a day's tree; one after another, however many ask."""
        async with self._making:
            if closed not in self._made:
                made = await tree_between(self._pool, closed.after, closed.until)
                self._made[closed] = made
                while len(self._made) > _KEPT:
                    self._made.popitem(last=False)
            return self._made[closed]
