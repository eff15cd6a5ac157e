"""Records of a period, one after another, for a log of inspections."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from egate.central.bodies import keys_of, whole_or_none
from egate.central.database import Connection
from egate.central.key_ring import Sealed
from egate.central.statistics.figures import QUERY_SECONDS
from egate.central.statistics.period import TIME_ZONE, Period

_PAGE: Final = 500
_WITHIN: Final = f"""
FROM crossing
WHERE occurred_at >= $1::date::timestamp AT TIME ZONE '{TIME_ZONE}'
    AND occurred_at < ($2::date + 1)::timestamp AT TIME ZONE '{TIME_ZONE}'
    AND ($3 = '' OR gate_id = $3)
"""
_COUNT: Final = f"SELECT count(*) {_WITHIN}"
_NEXT: Final = f"""
SELECT occurred_at, crossing_id, key_id, payload {_WITHIN}
    AND (occurred_at, crossing_id) > ($4, $5)
ORDER BY occurred_at, crossing_id LIMIT {_PAGE}
"""
_BEFORE_ALL: Final = (datetime.min.replace(tzinfo=UTC), UUID(int=0))


class PeriodRecords:
    """What happened in a period, as of one moment: a centre may run meanwhile.

    Args:
        connection: in a transaction that sees one state of the database.
        period: in which the inspections began, days of Bangladesh.
        gate_id: this station's alone; "" for all.

    """

    def __init__(self, connection: Connection, period: Period, gate_id: str) -> None:
        self._connection = connection
        self._within = (period.first, period.last, gate_id)

    async def count(self) -> int:
        """Return how many records there are."""
        found: int = await self._connection.fetchval(_COUNT, *self._within, timeout=QUERY_SECONDS)
        return found

    async def payloads(self) -> AsyncIterator[bytes | None]:
        """Give each encoded record in the order of time, None for one that was changed."""
        keys = keys_of(self._connection)
        after = _BEFORE_ALL
        while rows := await self._connection.fetch(
            _NEXT, *self._within, *after, timeout=QUERY_SECONDS
        ):
            for row in rows:
                yield whole_or_none(keys, Sealed.CROSSING, row["crossing_id"], row)
            after = (rows[-1]["occurred_at"], rows[-1]["crossing_id"])
