"""The records by which stays began."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from egate.central.authorisations.past import past_crossing
from egate.central.bodies import keys_of, whole_or_none
from egate.central.database import Connection
from egate.central.holders import holders_of
from egate.central.key_ring import KeyRing, Sealed
from egate.domain.authorisation.traveller import PastCrossing
from egate.reporting.mapping import parse
from egate.wire.v1 import crossing_pb2 as wire

_SECONDS: Final = 30.0
_RECORDS: Final = """
SELECT sent.place, crossing.crossing_id, crossing.issuing_state, crossing.direction,
    crossing.border_crossing_point, crossing.occurred_at, crossing.key_id, crossing.payload
FROM unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::uuid[])
    AS sent (place, doc_key, occurred_at, crossing_id)
JOIN crossing USING (doc_key, occurred_at, crossing_id)
"""


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """How a stay began. Personal.

    Args:
        crossing_id: of the record.
        crossing: what the rules take of it.
        record: all of it.
        members: keys of the holder's documents.

    """

    crossing_id: UUID
    crossing: PastCrossing = field(repr=False)
    record: wire.CrossingRecord = field(repr=False)
    members: frozenset[UUID] = field(repr=False)


async def first_records(connection: Connection, stays: Sequence[Any]) -> list[FirstRecord | None]:
    """Return the first record of each of ``stays``, in their order.

    None stands for one that is gone, or was changed where it lies.

    Args:
        connection: to the centre's database.
        stays: rows of the table, with ``doc_key``, ``since`` and ``first_id``.

    """
    if not stays:
        return []
    holders = await holders_of(connection, {stay["doc_key"] for stay in stays})
    members = [
        holders[stay["doc_key"]].members if stay["doc_key"] in holders else {stay["doc_key"]}
        for stay in stays
    ]
    lines = [
        (place, key, stay["since"], stay["first_id"])
        for place, stay in enumerate(stays)
        for key in members[place]
    ]
    columns = map(list, zip(*lines, strict=True))
    found = await connection.fetch(_RECORDS, *columns, timeout=_SECONDS)
    rows = {row["place"]: row for row in found}
    return [
        _begun(keys_of(connection), rows[place], frozenset(own)) if place in rows else None
        for place, own in enumerate(members)
    ]


def _begun(
    keys: KeyRing,
    row: Any,  # noqa: ANN401 - asyncpg
    members: frozenset[UUID],
) -> FirstRecord | None:
    body = whole_or_none(keys, Sealed.CROSSING, row["crossing_id"], row)
    if body is None:
        return None
    record = parse(body)
    return FirstRecord(row["crossing_id"], past_crossing(row, record), record, members)
