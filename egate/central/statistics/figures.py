"""What happened in a period, counted in the database: no row of a person leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from egate.central.database import Pool
from egate.central.statistics.period import TIME_ZONE, Period
from egate.wire.v1 import crossing_pb2 as wire

QUERY_SECONDS: Final = 60.0
"""A year of a country takes longer than what gates wait for."""

MOST_PORTS: Final = 300
"""That can be chosen; a State has fewer, but a hostile gate may invent some."""
DIMENSIONS: Final = (
    "border_crossing_point",
    "gate_id",
    "direction",
    "day",
    "hour",
    "issuing_state",
    "nationality",
    "document_code",
    "capture_mode",
)
FALLBACK_CONDITIONS: Final = ("centre_away", "lists_stale", "lists_old", "lists_unusable")
"""What a gate says of itself when it works without the centre or by old lists."""

# How a journey ended; a record that says so and was corrected is in no figure. One that left it
# open, as a referral, was an attempt, whatever a desk made of it.
_ENDED: Final = ", ".join(
    str(int(status))
    for status in (
        wire.CROSSING_STATUS_COMPLETED,
        wire.CROSSING_STATUS_REFUSED_ENTRY,
        wire.CROSSING_STATUS_DENIED_EXIT,
        wire.CROSSING_STATUS_OFFLOADED,
    )
)
_STOPPED: Final = _ENDED.partition(", ")[2]
# Midnight of a day of Bangladesh; a kiosk's record is not a crossing, its gate makes that.
_BOUNDS: Final = f"""
    occurred_at >= $1::date::timestamp AT TIME ZONE '{TIME_ZONE}'
    AND occurred_at < ($2::date + 1)::timestamp AT TIME ZONE '{TIME_ZONE}'
    AND status <> {int(wire.CROSSING_STATUS_PREPARED)}
    AND NOT (status IN ({_ENDED}) AND EXISTS (
        SELECT FROM crossing_replaced AS gone WHERE gone.crossing_id = crossing_fact.crossing_id))
    AND ($3::text = '' OR border_crossing_point = $3)
"""
_COUNTS: Final = f"""
    count(*) AS attempts,
    count(*) FILTER (WHERE status = {int(wire.CROSSING_STATUS_COMPLETED)}) AS crossed,
    count(*) FILTER (WHERE verdict = {int(wire.VERDICT_REFER)}) AS referred,
    count(*) FILTER (WHERE status IN ({_STOPPED})) AS stopped
"""
_BREAKDOWNS: Final = f"""
WITH local AS (
    SELECT *, (occurred_at AT TIME ZONE '{TIME_ZONE}')::date AS day,
        extract(hour FROM occurred_at AT TIME ZONE '{TIME_ZONE}')::integer AS hour
    FROM crossing_fact WHERE {_BOUNDS})
SELECT GROUPING({", ".join(DIMENSIONS)}) AS left_out, {", ".join(DIMENSIONS)}, {_COUNTS}
FROM local
GROUP BY GROUPING SETS ((), {", ".join(f"({name})" for name in DIMENSIONS)})
"""  # noqa: S608 - of constants
_REFERRALS: Final = f"""
SELECT finding, count(*) AS count FROM crossing_fact, unnest(findings) AS finding
WHERE {_BOUNDS} AND verdict = {int(wire.VERDICT_REFER)}
GROUP BY finding ORDER BY count DESC, finding
"""  # noqa: S608 - of constants
_STEPS: Final = f"""
SELECT step, count(*) AS count,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95
FROM crossing_fact, unnest(steps, step_seconds) AS taken (step, seconds)
WHERE {_BOUNDS} GROUP BY step ORDER BY step
"""  # noqa: S608 - of constants
_FALLBACK: Final = f"""
SELECT count(*) FROM crossing_fact WHERE {_BOUNDS} AND (under_fallback OR EXISTS (
    SELECT 1 FROM gate_service AS span
    WHERE span.gate_id = crossing_fact.gate_id AND span.conditions && $4::text[]
        AND span.since <= occurred_at AND occurred_at <= span.until))
"""  # noqa: S608 - of constants
_SUSPECT: Final = f"SELECT count(*) FROM crossing_fact WHERE {_BOUNDS} AND clock_suspect"  # noqa: S608
_PENDING: Final = """
SELECT count(*) FROM crossing, crossing_fact_mark AS mark
WHERE crossing.accepted_at >= mark.accepted_at
    AND (crossing.accepted_at, crossing.crossing_id) > (mark.accepted_at, mark.crossing_id)
    AND ($1::text = '' OR border_crossing_point = $1)
"""
_PORTS: Final = f"""
SELECT DISTINCT border_crossing_point FROM crossing_tally
WHERE day BETWEEN $1 AND $2 ORDER BY border_crossing_point LIMIT {MOST_PORTS}
"""  # noqa: S608 - of constants
_SEEN: Final = f"""
WITH ended AS (SELECT ($1::date + 1)::timestamp AT TIME ZONE '{TIME_ZONE}' AS at)
SELECT gate_id, min(first) AS first, max(last) AS last FROM (
    SELECT gate_id, min(occurred_at) AS first, max(occurred_at) AS last
        FROM crossing_fact, ended WHERE NOT clock_suspect AND occurred_at < at
            AND capture_mode = {int(wire.CAPTURE_MODE_EGATE)} GROUP BY gate_id
    UNION ALL SELECT gate_id, min(since), max(least(until, at))
        FROM gate_service, ended WHERE since < at GROUP BY gate_id) AS heard
GROUP BY gate_id ORDER BY gate_id
"""  # noqa: S608 - of constants
_NOW: Final = f"SELECT now() AT TIME ZONE '{TIME_ZONE}'"


@dataclass(frozen=True, slots=True)
class Count:
    """Attempts to cross, at gates and desks.

    Args:
        attempts: records, each of one traveller's session at one of them.
        crossed: of them, sessions that ended with the traveller over the border.
        referred: of them, sessions at gates that an officer was to decide.
        stopped: of them, refused entry, denied exit or taken off the journey by an officer.

    """

    attempts: int = 0
    crossed: int = 0
    referred: int = 0
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long one step took, in seconds."""

    step: str
    count: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Seen:
    """When a gate was first and last heard of, up to the end of the period."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a period.

    Args:
        period: which.
        made_at: when it was counted, the local time of Asia/Dhaka.
        total: of all.
        by: dimension to its values to their counts; a value of None is not known.
        referrals: check to how many referrals it stood behind, the most frequent first.
        steps: times of the session's steps.
        fallback: attempts without the centre or by old lists, as the record or the gate says.
        clock_suspect: attempts whose gate had a clock that cannot be right.
        pending: records that came and are not counted yet, of whatever period.
        seen: gates that were heard of.
        port: the only one that is counted; "" for all.
        ports: that have records in the period.

    """

    period: Period
    made_at: datetime
    total: Count
    by: Mapping[str, Mapping[Any, Count]]
    referrals: Mapping[str, int]
    steps: tuple[StepTime, ...]
    fallback: int
    clock_suspect: int
    pending: int
    seen: Mapping[str, Seen]
    port: str
    ports: tuple[str, ...]


async def count_figures(pool: Pool, period: Period, port: str = "") -> Figures:
    """Count what happened in ``period``, all in one view of the database.

    Args:
        pool: of connections to the centre's database.
        period: days of Asia/Dhaka.
        port: the only border crossing point that counts, as a UN/LOCODE; "" for all.

    """
    bounds = (period.first, period.last, port)
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):

        async def rows(query: str, *arguments: object) -> Any:  # noqa: ANN401
            return await connection.fetch(query, *arguments, timeout=QUERY_SECONDS)

        total, by = _breakdowns(await rows(_BREAKDOWNS, *bounds))
        return Figures(
            period=period,
            made_at=(await rows(_NOW))[0][0],
            total=total,
            by=by,
            referrals=dict(await rows(_REFERRALS, *bounds)),
            steps=tuple(StepTime(**row) for row in await rows(_STEPS, *bounds)),
            fallback=(await rows(_FALLBACK, *bounds, FALLBACK_CONDITIONS))[0][0],
            clock_suspect=(await rows(_SUSPECT, *bounds))[0][0],
            pending=(await rows(_PENDING, port))[0][0],
            seen={
                row["gate_id"]: Seen(row["first"], row["last"])
                for row in await rows(_SEEN, period.last)
            },
            port=port,
            ports=tuple(row[0] for row in await rows(_PORTS, period.first, period.last)),
        )


async def today(pool: Pool) -> datetime:
    """Return the local time of Asia/Dhaka."""
    now: datetime = await pool.fetchval(_NOW)
    return now


def _breakdowns(rows: Any) -> tuple[Count, dict[str, dict[Any, Count]]]:  # noqa: ANN401
    """Sort ``rows`` by the dimension that each was not summed over."""
    everything = 2 ** len(DIMENSIONS) - 1
    names = {everything - (1 << place): name for place, name in enumerate(reversed(DIMENSIONS))}
    total = Count()
    by: dict[str, dict[Any, Count]] = {name: {} for name in DIMENSIONS}
    for row in rows:
        count = Count(row["attempts"], row["crossed"], row["referred"], row["stopped"])
        if row["left_out"] == everything:
            total = count
        else:
            name = names[row["left_out"]]
            by[name][row[name]] = count
    return total, by
