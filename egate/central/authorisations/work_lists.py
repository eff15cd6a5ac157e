"""What officers look into: who is over the allowed stay, and what belongs to no stay."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from egate.central.authorisations.first_records import FirstRecord, first_records
from egate.central.database import Pool
from egate.central.stays import StayKind
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.time import UtcSeconds

_SECONDS: Final = 60.0
_OVERDUE: Final = """
SELECT doc_key, since, first_id, kind, allowed_until FROM stay
WHERE kind = 1 AND NOT absence AND allowed_until < $1
ORDER BY allowed_until, since, first_id LIMIT $2
"""
# A citizen who comes home without a known exit went by a checkpoint that does not report yet.
_UNMATCHED: Final = """
SELECT doc_key, since, first_id, kind, NULL AS allowed_until FROM stay
WHERE kind IN (3, 4) AND NOT (absence AND kind = 3)
ORDER BY since, first_id LIMIT $1
"""
_COUNTS: Final = """
SELECT coalesce(entry_port, '') AS port, count(*) AS open,
    count(*) FILTER (WHERE allowed_until < $1) AS overdue,
    count(*) FILTER (WHERE judged_by IS NOT NULL AND allowed_until IS NULL) AS unknown,
    count(*) FILTER (WHERE judged_by IS NULL) AS unjudged
FROM stay WHERE kind = 1 AND NOT absence GROUP BY entry_port ORDER BY entry_port
"""


class Matter(StrEnum):
    """Why an officer looks."""

    OVERDUE = "overdue"
    ENTRY_WITHOUT_EXIT = "entry_without_exit"
    EXIT_WITHOUT_ENTRY = "exit_without_entry"


_MATTERS: Final = {
    StayKind.OPEN: Matter.OVERDUE,
    StayKind.ENTRY_WITHOUT_EXIT: Matter.ENTRY_WITHOUT_EXIT,
    StayKind.EXIT_WITHOUT_ENTRY: Matter.EXIT_WITHOUT_ENTRY,
}


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One line of a work list. Personal.

    Args:
        matter: why an officer looks.
        crossing_id: of the record by which the stay began, or of the one that belongs to none.
        occurred_at: when.
        port: where, as a UN/LOCODE.
        issuing_state: of the document.
        document_number: likewise.
        nationality: of its holder.
        primary_identifier: the holder's name (9303-3 section 4.6).
        secondary_identifier: likewise.
        allowed_until: last day of an overstay; None elsewhere.
        days_over: of an overstay, today; None elsewhere.

    """

    matter: Matter
    crossing_id: UUID
    occurred_at: dt.datetime
    port: str
    issuing_state: str = field(repr=False)
    document_number: str = field(repr=False)
    nationality: str = field(repr=False)
    primary_identifier: str = field(repr=False)
    secondary_identifier: str = field(repr=False)
    allowed_until: dt.date | None = None
    days_over: int | None = None


@dataclass(frozen=True, slots=True)
class PortStays:
    """Open stays of foreigners who came in at one port.

    Args:
        port: as a UN/LOCODE; "" for those that are not judged yet.
        open: how many there are.
        overdue: of them, those whose last allowed day is over.
        unknown: of them, those of which nobody said how long they may be.
        unjudged: of them, those whose last day is still to be found.

    """

    port: str
    open: int
    overdue: int
    unknown: int
    unjudged: int


async def overdue(
    pool: Pool, rules: AuthorisationRules, at: UtcSeconds, limit: int
) -> list[WorkItem]:
    """Return the stays that are over, the longest first.

    Args:
        pool: of connections to the centre's database.
        rules: by whose clocks days are counted.
        at: now.
        limit: the most to return.

    """
    today = rules.day_of(at)
    return await _items(pool, await pool.fetch(_OVERDUE, today, limit, timeout=_SECONDS), today)


async def unmatched(pool: Pool, limit: int) -> list[WorkItem]:
    """Return the oldest ``limit`` movements that belong to no stay."""
    return await _items(pool, await pool.fetch(_UNMATCHED, limit, timeout=_SECONDS), None)


async def open_stays(pool: Pool, rules: AuthorisationRules, at: UtcSeconds) -> list[PortStays]:
    """Count the open stays of foreigners by the port of entry; nothing personal."""
    found = await pool.fetch(_COUNTS, rules.day_of(at), timeout=_SECONDS)
    return [PortStays(**row) for row in found]


async def _items(
    pool: Pool, stays: Sequence[Mapping[str, Any]], today: dt.date | None
) -> list[WorkItem]:
    async with pool.acquire() as connection:
        begun = await first_records(connection, stays)
    return [_item(stay, each, today) for stay, each in zip(stays, begun, strict=True) if each]


def _item(stay: Mapping[str, Any], begun: FirstRecord, today: dt.date | None) -> WorkItem:
    until: dt.date | None = stay["allowed_until"]
    document = begun.record.document
    return WorkItem(
        matter=_MATTERS[StayKind(stay["kind"])],
        crossing_id=begun.crossing_id,
        occurred_at=stay["since"],
        port=begun.crossing.port,
        issuing_state=document.issuing_state,
        document_number=document.document_number,
        nationality=document.nationality,
        primary_identifier=document.primary_identifier,
        secondary_identifier=document.secondary_identifier,
        allowed_until=until,
        days_over=(today - until).days if today and until else None,
    )
