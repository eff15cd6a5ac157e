"""Stored records as past crossings: what each says of the stay that it begins."""

import datetime as dt
from typing import Any, Final

from egate.central.document_key import plain_number
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, DocumentKey
from egate.domain.authorisation.traveller import PastCrossing
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.wire.v1 import crossing_pb2 as wire

_DIRECTIONS: Final = {
    int(wire.DIRECTION_ENTRY): Direction.ENTRY,
    int(wire.DIRECTION_EXIT): Direction.EXIT,
}


def past_crossing(row: Any, record: wire.CrossingRecord) -> PastCrossing:  # noqa: ANN401 - asyncpg
    """Return a completed crossing as the rules take it.

    A grant of a newer gate that this version does not know is as one that is not known.

    Args:
        row: of the table of crossings.
        record: its payload.

    """
    grant = record.grant
    return PastCrossing(
        document=DocumentKey(row["issuing_state"], plain_number(record.document.document_number)),
        direction=_DIRECTIONS[row["direction"]],
        port=row["border_crossing_point"],
        at=UtcSeconds(row["occurred_at"].timestamp()),
        basis=_kind(grant.kind),
        max_stay_days=grant.max_stay_days if grant.max_stay_days else None,
        authorised_until=_day(grant.authorised_until),
        number=grant.number,
    )


def _kind(text: str) -> AuthorisationKind | None:
    try:
        return AuthorisationKind[text]
    except KeyError:
        return None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
