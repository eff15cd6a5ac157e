"""What is counted for the status page, each by one query that no index leaves long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from egate.central.authorisations.work_lists import Matter
from egate.central.database import Pool
from egate.wire.v1 import crossing_pb2 as wire

_SECONDS: Final = 30.0
# Records whose facts are not made yet are few.
_VERDICTS: Final = """
SELECT verdict, sum(count)::bigint FROM (
    SELECT verdict, count FROM crossing_tally
    UNION ALL
    SELECT crossing.verdict, 1 FROM crossing, crossing_fact_mark AS mark
    WHERE crossing.accepted_at >= mark.accepted_at
        AND (crossing.accepted_at, crossing.crossing_id) > (mark.accepted_at, mark.crossing_id)
) AS counted GROUP BY verdict
"""
_TODAY: Final = f"""
SELECT border_crossing_point,
    coalesce(sum(count) FILTER (WHERE direction = {int(wire.DIRECTION_ENTRY)}
        AND status = {int(wire.CROSSING_STATUS_COMPLETED)}), 0)::bigint AS entries,
    coalesce(sum(count) FILTER (WHERE direction = {int(wire.DIRECTION_EXIT)}
        AND status = {int(wire.CROSSING_STATUS_COMPLETED)}), 0)::bigint AS exits,
    coalesce(sum(count) FILTER (WHERE verdict = {int(wire.VERDICT_REFER)}), 0)::bigint AS referred
FROM crossing_tally WHERE day = (now() AT TIME ZONE 'Asia/Dhaka')::date
GROUP BY border_crossing_point ORDER BY border_crossing_point LIMIT 200
"""  # noqa: S608 - of constants
_LISTS: Final = """
SELECT DISTINCT ON (list) list, version, reserved_at AS made_at FROM list_version
ORDER BY list, version DESC
"""
_PROPOSALS: Final = """
SELECT count(*) FROM list_proposal
WHERE NOT EXISTS (SELECT FROM list_decision WHERE list_decision.proposal_id
    = list_proposal.proposal_id)
"""
_ACTS: Final = "SELECT count(*) FROM authorisation_act WHERE waiting IS NOT NULL"
_SOURCES: Final = """
SELECT source_system, heard_at FROM authorisation_source ORDER BY source_system LIMIT 50
"""
# A citizen who comes home without a known exit went by a checkpoint that does not report yet.
_WORK: Final = """
SELECT kind, count(*), min(since) FROM stay
WHERE kind IN (3, 4) AND NOT (absence AND kind = 3) GROUP BY kind
"""
_OVERDUE: Final = """
SELECT count(*), min(since) FROM stay WHERE kind = 1 AND NOT absence
    AND allowed_until < (now() AT TIME ZONE 'Asia/Dhaka')::date
"""
_OPEN: Final = "SELECT count(*) FROM stay WHERE kind = 1 AND NOT absence"
_MATTERS: Final = {3: Matter.ENTRY_WITHOUT_EXIT, 4: Matter.EXIT_WITHOUT_ENTRY}


@dataclass(frozen=True, slots=True)
class PortToday:
    """What crossed at one port today, in Bangladesh."""

    border_crossing_point: str
    entries: int
    exits: int
    referred: int


@dataclass(frozen=True, slots=True)
class NewestVersion:
    """The newest version of a list that was made."""

    list: str
    version: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """A system that sends visas and permits, and when it last did."""

    source_system: str
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class WorkCount:
    """How many there are of what an officer looks into, and since when the oldest."""

    matter: Matter
    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """Counted once a minute.

    Args:
        lists: of each matter.
        open_stays: foreigners who came and did not go.

    """

    lists: tuple[WorkCount, ...]
    open_stays: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a second officer."""

    proposals: int
    acts: int


async def verdicts(pool: Pool) -> dict[int, int]:
    """Return how many records have each verdict, without counting them all."""
    return dict(await pool.fetch(_VERDICTS, timeout=_SECONDS))


async def today(pool: Pool) -> Sequence[PortToday]:
    """Return what crossed today, by port."""
    return [PortToday(**row) for row in await pool.fetch(_TODAY)]


async def newest_versions(pool: Pool) -> Sequence[NewestVersion]:
    """Return the newest version of each list that has one."""
    return [NewestVersion(**row) for row in await pool.fetch(_LISTS)]


async def sources(pool: Pool) -> Sequence[Source]:
    """Return the systems that have sent authorisations."""
    return [Source(**row) for row in await pool.fetch(_SOURCES)]


async def waiting_for_officers(pool: Pool) -> Waiting:
    """Return what somebody made and nobody has approved or declined."""
    return Waiting(await pool.fetchval(_PROPOSALS), await pool.fetchval(_ACTS))


async def work(pool: Pool) -> Work:
    """Return how long the work lists are."""
    overdue = await pool.fetchrow(_OVERDUE, timeout=_SECONDS)
    found = {row[0]: (row[1], row[2]) for row in await pool.fetch(_WORK, timeout=_SECONDS)}
    rest = (WorkCount(matter, *found.get(kind, (0, None))) for kind, matter in _MATTERS.items())
    return Work(
        (WorkCount(Matter.OVERDUE, *overdue), *rest),
        await pool.fetchval(_OPEN, timeout=_SECONDS),
    )
