"""What checkers decide about proposals: never their own, and never what they did not see."""

from typing import Final

import asyncpg

from egate.central.database import Connection
from egate.central.lists.acts import ActRefused, Maker

_FIND: Final = """
SELECT proposal.list, proposal.proposed_by, decision.approved, decision.decided_by
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
_DECIDE: Final = """
INSERT INTO list_decision (proposal_id, list, proposed_by, approved, reason, decided_by)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_LONG_SECONDS: Final = 600.0


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
        ActRefused: there is none, it was decided otherwise, the maker is the checker, or an entry
            was changed by another proposal since it was made.

    """
    async with connection.transaction():
        kind, maker, stands = await _found(connection, proposal_id, checker, approved=approved)
        if stands:
            return
        if approved:
            await note_change(connection, kind)
            # It may have been decided while this one waited.
            if (await _found(connection, proposal_id, checker, approved=approved))[2]:
                return
        if approved and await connection.fetchval(_OVERTAKEN, proposal_id, timeout=_LONG_SECONDS):
            raise ActRefused("proposal: an entry was changed since; refuse it, and propose anew")
        try:
            await connection.execute(
                _DECIDE,
                proposal_id,
                kind,
                maker,
                approved,
                checker.reason,
                checker.officer_id,
            )
        except asyncpg.UniqueViolationError:
            raise ActRefused("proposal: it was decided before") from None
        except asyncpg.CheckViolationError as error:
            if error.constraint_name != "maker_is_not_checker":
                raise
            raise ActRefused(
                "officer_id: who proposed something does not decide about it"
            ) from None


async def _found(
    connection: Connection, proposal_id: int, checker: Maker, *, approved: bool
) -> tuple[str, str, bool]:
    """Return the list and the maker of a proposal, and whether this very decision stands."""
    found = await connection.fetchrow(_FIND, proposal_id)
    if found is None:
        raise ActRefused("proposal: there is none of that number")
    stands = (found["approved"], found["decided_by"]) == (approved, checker.officer_id)
    if found["approved"] is not None and not stands:
        raise ActRefused("proposal: it was decided before")
    return found["list"], found["proposed_by"], stands
