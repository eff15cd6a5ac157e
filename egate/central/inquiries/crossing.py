"""One crossing, with what was decided about it and what took its place."""

from typing import Final
from uuid import UUID

from egate.central.bodies import decision_of, keys_of, record_of
from egate.central.database import Connection
from egate.central.inquiries.searching import stamp
from egate.central.inquiries.stays import stay_with
from egate.central.registry import places_of
from egate.central.stays import replaced
from egate.central.supersession import tied_to
from egate.wire.v1 import inquiry_pb2 as wire

_MOST_DECISIONS: Final = 50
_MOST_SUPERSEDING: Final = 20
_RECORD: Final = """
SELECT crossing_id, key_id, payload, accepted_at, clock_suspect FROM crossing
WHERE doc_key = $1 AND occurred_at = $2 AND crossing_id = $3
"""
_DECISIONS: Final = """
SELECT decision_id, key_id, payload, superseded_by, accepted_at, console_id
FROM officer_decision
WHERE crossing_id = ANY($1) ORDER BY accepted_at, decision_id LIMIT $2
"""


async def crossing_of(connection: Connection, crossing_id: UUID) -> wire.GetCrossingResponse | None:
    """Return what there is of a crossing, None when no record of that id has come."""
    places = await places_of(connection, [crossing_id])
    row = await connection.fetchrow(_RECORD, *places[0]) if places else None
    if row is None:
        return None
    tied = await tied_to(connection, [crossing_id])
    (standing,) = {crossing_id, *tied, *tied.values()} - replaced(tied)
    ids = [crossing_id, *tied, *tied.values()]
    answer = wire.GetCrossingResponse(
        record=record_of(keys_of(connection), row),
        accepted_at=stamp(row["accepted_at"]),
        clock_suspect=row["clock_suspect"],
        decisions=await _decisions(connection, ids),
        superseded_by=[str(new) for new, old in sorted(tied.items()) if old == crossing_id][
            :_MOST_SUPERSEDING
        ],
        standing_crossing_id=str(standing),
    )
    for document, _, _ in await places_of(connection, [standing]):
        if stay := await stay_with(connection, document, standing):
            answer.stay.CopyFrom(stay)
    return answer


async def _decisions(connection: Connection, ids: list[UUID]) -> list[wire.DecisionKept]:
    rows = await connection.fetch(_DECISIONS, ids, _MOST_DECISIONS)
    return [
        wire.DecisionKept(
            decision=decision_of(keys_of(connection), row),
            superseded_by=str(row["superseded_by"] or ""),
            accepted_at=stamp(row["accepted_at"]),
            console_id=row["console_id"],
        )
        for row in rows
    ]
