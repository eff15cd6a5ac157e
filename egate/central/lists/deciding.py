"""How proposals end: a checker decides, never about an own one; a maker takes back an own one."""

from enum import StrEnum
from typing import Final

import asyncpg

from egate.central.database import Connection
from egate.central.lists.acts import ActRefused, Maker

_FIND: Final = """
SELECT proposal.list, proposal.proposed_by, decision.decided_by,
    CASE WHEN decision.withdrawn THEN 'withdrawn' WHEN decision.approved THEN 'approved'
        WHEN NOT decision.approved THEN 'refused' END AS ended
FROM list_proposal AS proposal LEFT JOIN list_decision AS decision USING (proposal_id)
WHERE proposal_id = $1
"""
_CHANGE: Final = """
INSERT INTO list_head (list, changes) VALUES ($1, 1)
ON CONFLICT (list) DO UPDATE SET changes = list_head.changes + 1
"""
_OVERTAKEN: Final = """
SELECT EXISTS (
    SELECT FROM list_entry AS entry
    WHERE entry.proposal_id = $1 AND entry.base <> coalesce((
        SELECT held.revision FROM list_in_force AS held
        WHERE held.list = entry.list AND held.entry_id = entry.entry_id), 0))
"""
_END: Final = """
INSERT INTO list_decision (proposal_id, list, proposed_by, approved, withdrawn, reason, decided_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_NOT_THEIRS: Final = {
    "maker_is_not_checker": "who proposed something does not decide about it",
    "maker_alone_withdraws": "who did not propose something does not take it back",
}
_LONG_SECONDS: Final = 600.0


class _End(StrEnum):
    """Of a proposal."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


async def note_change(connection: Connection, kind: str) -> None:
    """Count a change of a list, so that a version is made; others of the list wait until commit."""
    await connection.execute(_CHANGE, kind)


async def decide(
    connection: Connection, proposal_id: int, checker: Maker, *, approved: bool
) -> None:
    """Approve a proposal, so that it is in force, or refuse it.

    To say the same again changes nothing.

    Args:
        connection: to the centre's database.
        proposal_id: of which one.
        checker: who decides, and why; another person than the maker.
        approved: or refused.

    Raises:
        ActRefused: there is none, it was decided otherwise or taken back, the maker is the
            checker, or an entry was changed by another proposal since it was made.

    """
    await _end(connection, proposal_id, checker, _End.APPROVED if approved else _End.REFUSED)


async def withdraw(connection: Connection, proposal_id: int, maker: Maker) -> None:
    """Take back a proposal that waits; it stays to be read, and is never in force.

    To say the same again changes nothing.

    Args:
        connection: to the centre's database.
        proposal_id: of which one.
        maker: who proposed it, and why it is taken back.

    Raises:
        ActRefused: there is none, it was decided, or somebody else proposed it.

    """
    await _end(connection, proposal_id, maker, _End.WITHDRAWN)


async def _end(connection: Connection, proposal_id: int, officer: Maker, end: _End) -> None:
    async with connection.transaction():
        kind, maker, stands = await _found(connection, proposal_id, officer, end)
        if stands:
            return
        if end is _End.APPROVED:
            await note_change(connection, kind)
            # It may have been decided while this one waited.
            if (await _found(connection, proposal_id, officer, end))[2]:
                return
            if await connection.fetchval(_OVERTAKEN, proposal_id, timeout=_LONG_SECONDS):
                raise ActRefused(
                    "proposal: an entry was changed since; refuse it, and propose anew"
                )
        values = (proposal_id, kind, maker, end is _End.APPROVED, end is _End.WITHDRAWN)
        try:
            await connection.execute(_END, *values, officer.reason, officer.officer_id)
        except asyncpg.UniqueViolationError:
            raise ActRefused("proposal: it was decided before") from None
        except asyncpg.CheckViolationError as error:
            if error.constraint_name not in _NOT_THEIRS:
                raise
            raise ActRefused(f"officer_id: {_NOT_THEIRS[error.constraint_name]}") from None


async def _found(
    connection: Connection, proposal_id: int, officer: Maker, end: _End
) -> tuple[str, str, bool]:
    """Return the list and the maker of a proposal, and whether it has this very end already."""
    found = await connection.fetchrow(_FIND, proposal_id)
    if found is None:
        raise ActRefused("proposal: there is none of that number")
    stands = (found["ended"], found["decided_by"]) == (end, officer.officer_id)
    if found["ended"] == _End.WITHDRAWN and not stands:
        raise ActRefused("proposal: its maker took it back")
    if found["ended"] is not None and not stands:
        raise ActRefused("proposal: it was decided before")
    return found["list"], found["proposed_by"], stands
