"""Notices that the database was restored from a backup, or that a standby took over.

Either may lack what the centre had confirmed. PostgreSQL begins another timeline then; the centre
looks when it starts, gives the life that begins a name, and tells it to every station that asks.
"""

from typing import Final

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import Connection, Pool

_ALONE: Final = "LOCK TABLE database_life IN EXCLUSIVE MODE"
# A database that was put into another server has another identifier.
_SERVER: Final = """
SELECT system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
FROM pg_control_system()
"""
_LAST: Final = "SELECT server, begun_at FROM database_life ORDER BY number DESC LIMIT 1"
_BEGIN: Final = "INSERT INTO database_life (server) VALUES ($1)"
_LAST_BACKUP: Final = """
SELECT to_char(max(begun_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') FROM backup
"""
# Versions that were made since may be at gates, which take no older one.
_LEAVE_VERSIONS_OUT: Final = """
INSERT INTO list_version (list, version, changes)
SELECT list, max(version) + 1000000, max(changes) FROM list_version GROUP BY list
"""
# Who has used one since could use it again.
_END_TOKENS: Final = "UPDATE enrolment_token SET expires_at = now() WHERE expires_at > now()"


async def begin_life(pool: Pool) -> None:
    """See whether this is the database of before; if it is not, say so and be careful.

    Args:
        pool: of the centre's database, before anybody is served.

    Raises:
        what ``CONNECTION_FAULTS`` names: nothing was noted.

    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_ALONE)
        server = await connection.fetchval(_SERVER)
        last = await connection.fetchrow(_LAST)
        if last and last["server"] == server:
            return
        await connection.execute(_BEGIN, server)
        if last:
            await _be_careful(connection)


async def _be_careful(connection: Connection) -> None:
    await connection.execute(_LEAVE_VERSIONS_OUT)
    await connection.execute(_END_TOKENS)
    backup = await connection.fetchval(_LAST_BACKUP)
    known = (
        f"the last backup that it knows began at {backup} UTC"
        if backup
        else "it knows of no backup before"
    )
    await raise_alarm(connection, AlarmKind.CENTRE_RESTORED, "", known)
