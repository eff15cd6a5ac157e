"""Lets go of what was written down beside crossings: inquiries, alarms, acts of officers."""

from datetime import datetime, timedelta
from typing import Final

from egate.central.database import Connection, Pool

_SECONDS: Final = 600.0
_PURGING: Final = "SET LOCAL egate.purging = 'on'"
INQUIRIES: Final = (
    "DELETE FROM inquiry WHERE inquired_at < $1",
    "DELETE FROM image_look WHERE looked_at < $1",
)
"""Who looked up what."""
ALARMS: Final = ("DELETE FROM alarm WHERE settled_by <> '' AND settled_at < $1",)
"""Alarms that somebody has looked into; the others wait for somebody."""
# An entry goes with all its revisions when the one in force is over and nobody proposes another.
_OVER: Final = """
WITH over AS (
    SELECT held.list, held.entry_id FROM list_in_force AS held
    WHERE held.decided_at < $1 AND (held.revoked OR held.valid_to < $1::date)
        AND NOT EXISTS (SELECT FROM list_entry AS newer
            LEFT JOIN list_decision AS decision USING (proposal_id)
            WHERE newer.list = held.list AND newer.entry_id = held.entry_id
                AND newer.revision > held.revision AND decision.proposal_id IS NULL))
"""
_REFUSED: Final = """
WITH refused AS (
    SELECT entry.list, entry.entry_id, entry.revision FROM list_entry AS entry
    JOIN list_decision AS decision USING (proposal_id)
    WHERE NOT decision.approved AND decision.decided_at < $1)
"""
AUDIT: Final = (
    f"""{_REFUSED} DELETE FROM list_document AS document USING refused
    WHERE document.list = refused.list AND document.entry_id = refused.entry_id
        AND document.revision = refused.revision""",  # noqa: S608 - of constants
    f"""{_REFUSED} DELETE FROM list_entry AS entry USING refused
    WHERE entry.list = refused.list AND entry.entry_id = refused.entry_id
        AND entry.revision = refused.revision""",  # noqa: S608 - of constants
    f"""{_OVER} DELETE FROM list_document AS document USING over
    WHERE document.list = over.list AND document.entry_id = over.entry_id""",  # noqa: S608 - of constants
    f"""{_OVER} DELETE FROM list_settled AS settled USING over
    WHERE settled.list = over.list AND settled.entry_id = over.entry_id""",  # noqa: S608 - of constants
    f"""{_OVER} DELETE FROM list_entry AS entry USING over
    WHERE entry.list = over.list AND entry.entry_id = over.entry_id""",  # noqa: S608 - of constants
    """DELETE FROM list_decision AS decision WHERE decided_at < $1 AND NOT EXISTS (
        SELECT FROM list_entry AS entry WHERE entry.proposal_id = decision.proposal_id)""",
    """DELETE FROM list_proposal AS proposal WHERE proposed_at < $1
        AND NOT EXISTS (SELECT FROM list_entry AS entry
            WHERE entry.proposal_id = proposal.proposal_id)
        AND NOT EXISTS (SELECT FROM list_decision AS decision
            WHERE decision.proposal_id = proposal.proposal_id)""",
    """DELETE FROM authorisation_entry AS entry USING authorisation_act AS act
    WHERE act.act_id = entry.retired_by AND act.in_force_at < $1""",
    """DELETE FROM authorisation_entry WHERE retired_by IS NULL
        AND nullif(coalesce(content ->> 'valid_to', content ->> 'authorised_until'), '')::date
            < $1::date""",
    """DELETE FROM authorisation_act AS act WHERE made_at < $1 AND waiting IS NULL
        AND NOT EXISTS (SELECT FROM authorisation_entry AS entry
            WHERE act.act_id IN (entry.act_id, entry.retired_by))""",
    "DELETE FROM gate_order WHERE given_at < $1 AND expires_at < $1",
    "DELETE FROM enrolment_token WHERE expires_at < $1",
)
"""Who made and approved what: entries that are over, what was retired, orders, tokens."""


async def purge_register(
    pool: Pool, queries: tuple[str, ...], keep: timedelta
) -> tuple[datetime, int]:
    """Let go of what is older than ``keep``, all of it or nothing.

    Args:
        pool: of the centre's database.
        queries: `INQUIRIES`, `ALARMS` or `AUDIT`.
        keep: how long it stays.

    Returns:
        The moment before which it went, and how many rows went.

    """
    async with pool.acquire() as connection, connection.transaction():
        before: datetime = await connection.fetchval("SELECT now() - $1::interval", keep)
        await connection.execute(_PURGING)
        return before, sum([await _delete(connection, query, before) for query in queries])


async def _delete(connection: Connection, query: str, before: datetime) -> int:
    said: str = await connection.execute(query, before, timeout=_SECONDS)
    return int(said.rpartition(" ")[2])
