"""Keeps the links of new records, and sees whether each continues the one before it.

Records may come in any order. Whichever of two neighbours comes second is where they are
compared. A record is never refused for its link: what is wrong is marked, and alarmed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final
from uuid import UUID

from egate.central.acceptance import CrossingRow
from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import Connection
from egate.central.evidence.links import Link, fault_after

_NEIGHBOURS: Final = """
SELECT station_id, gate_seq, position, link, previous, signature, key_id, fault
FROM unnest($1::text[], $2::bigint[]) AS wanted (station_id, gate_seq)
JOIN chain_link USING (station_id, gate_seq)
"""
_COLUMNS: Final = (
    "station_id", "gate_seq", "crossing_id", "link", "previous", "digest", "signature", "key_id",
    "fault",
)  # fmt: skip
_MARK: Final = "UPDATE chain_link SET fault = $2 WHERE position = $1"
_MAX_SEQ: Final = 2**63 - 1  # of a bigint
_IN_ORDER: Final = attrgetter("gate_id", "gate_seq", "crossing_id")

_Number = tuple[str, int]
"""A station, and the number that it gave to a record."""
_Stored = Mapping[_Number, Sequence[tuple[int, Link]]]
"""Links that were here before, with their positions."""
_Faults = dict[tuple[str, str], list[int]]
"""Numbers at fault, by the kind of alarm and the station."""


async def keep(connection: Connection, rows: Sequence[CrossingRow]) -> None:
    """Keep the links of ``rows``, all new, inside the transaction that stored them.

    Args:
        connection: in that transaction, after `gate_sequence.note`: it holds the numbers of each
            station, so that of two neighbours that come at once the second sees the first.
        rows: at least one.

    """
    numbers = {(row.gate_id, row.gate_seq) for row in rows}
    stored = await _neighbours(connection, numbers)
    links: dict[_Number, list[Link]] = defaultdict(list)
    for number, found in stored.items():
        links[number] = [link for _, link in found]
    faults: _Faults = defaultdict(list)
    kept: dict[UUID, Link] = {}
    for row in sorted(rows, key=_IN_ORDER):
        link, before = row.link, links[row.gate_id, row.gate_seq - 1]
        if fault := link.fault or fault_after(before, row.gate_seq, link):
            link = link._replace(fault=fault)
            faults[fault, row.gate_id].append(row.gate_seq)
        links[row.gate_id, row.gate_seq].append(link)
        kept[row.crossing_id] = link
    # Copied: an array of each column would cost twice as much on both sides.
    values = [_values(row, kept[row.crossing_id]) for row in rows]
    await connection.copy_records_to_table("chain_link", records=values, columns=_COLUMNS)
    for station_id, seq in sorted(stored.keys()):
        if (station_id, seq - 1) in numbers:
            before = links[station_id, seq - 1]
            for position, link in stored[station_id, seq]:
                if not link.fault and (fault := fault_after(before, seq, link)):
                    await connection.execute(_MARK, position, fault)
                    faults[fault, station_id].append(seq)
    await _alarm(connection, faults)


async def _neighbours(connection: Connection, numbers: set[_Number]) -> _Stored:
    """Return the links that are stored beside ``numbers``."""
    before = {(station_id, seq - 1) for station_id, seq in numbers}
    after = {(station_id, seq + 1) for station_id, seq in numbers if seq < _MAX_SEQ}
    stations, edges = zip(*((before | after) - numbers), strict=True)
    found: dict[_Number, list[tuple[int, Link]]] = defaultdict(list)
    for station_id, seq, position, *of in await connection.fetch(
        _NEIGHBOURS, list(stations), list(edges)
    ):
        found[station_id, seq].append((position, Link(*of)))
    return found


def _values(row: CrossingRow, link: Link) -> tuple[object, ...]:
    return (
        row.gate_id,
        row.gate_seq,
        row.crossing_id,
        link.hash,
        link.previous,
        row.content_hash,
        link.signature,
        link.key_id,
        link.fault,
    )


async def _alarm(connection: Connection, faults: _Faults) -> None:
    for (kind, station_id), numbers in sorted(faults.items()):
        more = len(numbers) - 1
        detail = f"number {min(numbers)}" + (f" and {more} more" if more else "")
        await raise_alarm(connection, AlarmKind(kind), station_id, detail)
