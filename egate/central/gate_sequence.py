"""Which numbers of each gate came: gaps, forks, and up to where nothing is missing."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import Connection

# [n - 1, n) stands for n. The row is locked before it is looked at, so of two batches with one
# number the later one finds it taken.
_NOTE: Final = """
UPDATE gate_sequence AS gate
SET received = gate.received
    + (SELECT range_agg(int8range(seq - 1, seq)) FROM unnest($2::bigint[]) AS seq)
FROM (SELECT gate_id, received FROM gate_sequence WHERE gate_id = $1 FOR UPDATE) AS before
WHERE gate.gate_id = before.gate_id
RETURNING array(SELECT seq FROM unnest($2::bigint[]) AS seq WHERE before.received @> seq - 1)
"""
_BEGIN: Final = "INSERT INTO gate_sequence VALUES ($1, '{}') ON CONFLICT DO NOTHING"
_FORK: Final = """
INSERT INTO gate_fork
SELECT gate_id, gate_seq, crossing_id FROM crossing WHERE gate_id = $1 AND gate_seq = ANY($2)
ON CONFLICT DO NOTHING
"""


async def note(connection: Connection, gate_id: str, numbers: Sequence[int]) -> None:
    """Note that records with ``numbers`` are new, inside the transaction that stored them.

    Args:
        connection: in that transaction.
        gate_id: whose numbers.
        numbers: one of each new record; at least one.

    """
    taken = await connection.fetchval(_NOTE, gate_id, numbers)
    if taken is None:
        await connection.execute(_BEGIN, gate_id)
        taken = await connection.fetchval(_NOTE, gate_id, numbers)
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    if taken or twice:
        forked = sorted({*taken, *twice})
        await connection.execute(_FORK, gate_id, forked)
        detail = f"number {forked[0]}" + (f" and {len(forked) - 1} more" if forked[1:] else "")
        await raise_alarm(connection, AlarmKind.NUMBER_USED_TWICE, gate_id, detail)
