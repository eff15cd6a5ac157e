"""Which of a station's records are proven to be at the centre."""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from egate.domain.evidence.chain import link_hash_of_digest
from egate.outbox.sealing import Seal, SealBroken

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS chain_proven (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- All records up to this number.
    gate_seq INTEGER NOT NULL
);
INSERT INTO chain_proven VALUES (1, 0) ON CONFLICT DO NOTHING;
"""
_NEXT: Final = """
SELECT gate_seq, previous, digest FROM chain_link
WHERE gate_seq > (SELECT gate_seq FROM chain_proven) ORDER BY gate_seq LIMIT 200
"""


class ChainProof:
    """Beside the chain and the outbox of one station, in their database.

    Args:
        database: open, and this process's alone; the chain's tables are there.
        station_id: as in the records.
        never_taken: numbers of the records that the centre need not have: it refused them.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        station_id: str,
        never_taken: Callable[[], set[int]],
    ) -> None:
        self._database = database
        self._station_id = station_id
        self._never_taken = never_taken
        with database:
            database.executescript(_SCHEMA)

    def next_links(self) -> Mapping[int, bytes]:
        """Return the links of the next records that are not proven, by their numbers."""
        return {
            seq: link_hash_of_digest(self._station_id, seq, previous, digest)
            for seq, previous, digest in self._database.execute(_NEXT).fetchall()
        }

    def note(self, links: Mapping[int, bytes], trees: Mapping[int, int], newest: int) -> int:
        """Note what was proven of ``links``; return the first number that the centre lost, or 0.

        Records are sent in the order of their numbers: when a later one has been in a tree for a
        day, one that is in none, and was not refused, is lost.

        Args:
            links: that were asked for, at least one.
            trees: of those that were proven.
            newest: number of the newest tree.

        """
        settled = max((seq for seq, tree in trees.items() if tree < newest), default=0)
        absent = {seq for seq in links if seq < settled and seq not in trees}
        if absent and (lost := absent - self._never_taken()):
            return min(lost)
        unproven = [seq for seq in links if seq not in trees and seq > settled]
        upto = min(unproven) - 1 if unproven else max(links)
        with self._database:
            self._database.execute("UPDATE chain_proven SET gate_seq = ?", (upto,))
        return 0


def set_aside_of(database: sqlite3.Connection, seal: Seal) -> set[int]:
    """Return the numbers of the records of a gate's outbox that the centre never took.

    Args:
        database: of outbox and chain.
        seal: of the outbox.

    """
    numbers = set()
    for record_id, sealed in database.execute(
        "SELECT record_id, sealed FROM outbox WHERE set_aside IS NOT NULL"
    ).fetchall():
        try:
            digest = hashlib.sha256(seal.unseal(sealed, record_id)).digest()
        except SealBroken:
            continue
        row = database.execute(
            "SELECT gate_seq FROM chain_link WHERE digest = ?", (digest,)
        ).fetchone()
        numbers |= set(row or ())
    return numbers
