"""Which numbers of each gate came: gaps, forks, and up to where nothing is missing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import Connection

Number = tuple[str, int]
"""A gate, and the number that it gave to a record."""

# [n - 1, n) stands for n. Rows are locked, in order, before they are looked at, so of two batches
# with one number the later one finds it taken.
_NOTE: Final = """
UPDATE gate_sequence AS gate SET received = gate.received + sent.numbers
FROM (SELECT gate_id, received FROM gate_sequence WHERE gate_id = ANY($1) ORDER BY gate_id
        FOR UPDATE) AS before
JOIN (SELECT gate_id, range_agg(int8range(seq - 1, seq)) AS numbers, array_agg(seq) AS each
        FROM unnest($1::text[], $2::bigint[]) AS one (gate_id, seq) GROUP BY gate_id) AS sent
    USING (gate_id)
WHERE gate.gate_id = before.gate_id
RETURNING gate.gate_id,
    array(SELECT seq FROM unnest(sent.each) AS seq WHERE before.received @> seq - 1) AS taken
"""
_BEGIN: Final = """
INSERT INTO gate_sequence SELECT gate_id, '{}' FROM unnest($1::text[]) AS gate_id
ON CONFLICT DO NOTHING
"""
_FORK: Final = """
INSERT INTO gate_fork
SELECT gate_id, gate_seq, crossing_id FROM crossing WHERE gate_id = $1 AND gate_seq = ANY($2)
ON CONFLICT DO NOTHING
"""


async def note(connection: Connection, numbers: Sequence[Number]) -> None:
    """Note that records with ``numbers`` are new, inside the transaction that stored them.

    Args:
        connection: in that transaction.
        numbers: one of each new record; at least one.

    """
    taken = await _note(connection, numbers)
    if begun := sorted({gate_id for gate_id, _ in numbers} - taken.keys()):
        await connection.execute(_BEGIN, begun)
        taken |= await _note(connection, [one for one in numbers if one[0] not in taken])
    forked: dict[str, set[int]] = defaultdict(set)
    for (gate_id, number), times in Counter(numbers).items():
        if times > 1 or number in taken[gate_id]:
            forked[gate_id].add(number)
    for gate_id, mine in sorted(forked.items()):
        await _alarm(connection, gate_id, sorted(mine))


async def _alarm(connection: Connection, gate_id: str, forked: Sequence[int]) -> None:
    await connection.execute(_FORK, gate_id, forked)
    detail = f"number {forked[0]}" + (f" and {len(forked) - 1} more" if forked[1:] else "")
    await raise_alarm(connection, AlarmKind.NUMBER_USED_TWICE, gate_id, detail)


async def _note(connection: Connection, numbers: Sequence[Number]) -> dict[str, list[int]]:
    """Return of each gate that is known which of its numbers were taken before."""
    return dict(await connection.fetch(_NOTE, *_columns(numbers)))


def _columns(numbers: Sequence[Number]) -> list[list[object]]:
    return list(map(list, zip(*numbers, strict=True)))
