"""How long each gate was in service, against the hours it was to serve; month by month."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from egate.central.database import Pool
from egate.central.statistics.figures import QUERY_SECONDS
from egate.central.statistics.period import TIME_ZONE, Period
from egate.settings.agreement import Agreement
from egate.wire.v1 import crossing_pb2 as wire

_SECONDS: Final = """
    (SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0)::float8
     FROM unnest({ranges}) AS part)
"""
# Hours that have not come yet are not missed: everything ends now. Spans may overlap, within a
# gate that was restarted; ranges count no minute twice.
_MONTHS: Final = f"""
WITH roster AS (
    SELECT * FROM unnest($3::text[], $4::date[], $5::time[], $6::interval[])
        AS listed (gate_id, installed_on, opens, lasts)),
hours AS (
    SELECT gate_id, date_trunc('month', day)::date AS month,
        range_agg(tstzrange(begins, greatest(begins, least(begins + lasts, now())))) AS ranges
    FROM (
        SELECT gate_id, day, (day + opens) AT TIME ZONE '{TIME_ZONE}' AS begins, lasts
        FROM roster, generate_series(0, $2::date - $1::date) AS later, LATERAL (
            SELECT $1::date + later AS day) AS days
        WHERE day >= installed_on) AS each_day
    WHERE begins < now() GROUP BY 1, 2),
bounds AS (SELECT $1::date::timestamp AT TIME ZONE '{TIME_ZONE}' AS begin,
    ($2::date + 2)::timestamp AT TIME ZONE '{TIME_ZONE}' AS finish),
heard AS (
    SELECT gate_id, range_agg(tstzrange(since, until)) AS told,
        range_agg(tstzrange(since, until)) FILTER (WHERE in_service) AS served
    FROM gate_service, bounds WHERE until > begin AND since < finish GROUP BY gate_id),
admitted AS (
    SELECT gate_id, date_trunc('month', occurred_at AT TIME ZONE '{TIME_ZONE}')::date AS month,
        count(*) AS admitted, count(*) FILTER (WHERE answered @> $7::text[]) AS live
    FROM crossing_fact, bounds
    WHERE occurred_at >= begin AND occurred_at < finish - interval '1 day'
        AND verdict = {int(wire.VERDICT_ADMIT)}
        AND status <> {int(wire.CROSSING_STATUS_PREPARED)}
    GROUP BY 1, 2)
SELECT gate_id, month, {_SECONDS.format(ranges="ranges")} AS scheduled_seconds,
    {_SECONDS.format(ranges="ranges * coalesce(served, '{}')")} AS served_seconds,
    {_SECONDS.format(ranges="ranges * coalesce(told, '{}')")} AS told_seconds,
    coalesce(admitted, 0) AS admitted, coalesce(live, 0) AS live
FROM hours LEFT JOIN heard USING (gate_id) LEFT JOIN admitted USING (gate_id, month)
ORDER BY gate_id, month
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class GateMonth:
    """One installed gate in one month, or in the part of it that the period has.

    Args:
        gate_id: which.
        month: its first day.
        scheduled_seconds: that it was to serve, up to now.
        served_seconds: of them, in service by the gate's own reports.
        told_seconds: of them, those that the gate reported about at all.
        admitted: travellers whom it admitted.
        live: of them, those for whom every list gave an answer.

    """

    gate_id: str
    month: date
    scheduled_seconds: float
    served_seconds: float
    told_seconds: float
    admitted: int
    live: int


async def count_months(pool: Pool, period: Period, agreement: Agreement) -> tuple[GateMonth, ...]:
    """Count the months of ``period`` for every gate that ``agreement`` names."""
    roster = [(gate, group) for group in agreement.gates for gate in group.ids]
    rows = await pool.fetch(
        _MONTHS,
        period.first,
        period.last,
        [gate for gate, _ in roster],
        [group.installed_on for _, group in roster],
        [time.fromisoformat(group.opens) for _, group in roster],
        [timedelta(hours=group.hours) for _, group in roster],
        agreement.live_checks,
        timeout=QUERY_SECONDS,
    )
    return tuple(GateMonth(**row) for row in rows)
