"""Keeps heads of consoles' audit logs, and tells when one does not continue those before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import Connection, Pool
from egate.domain.evidence.audit_head import AuditHead

MOST: Final = 1000
_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('audit head ' || $1, 0))"
_NEWEST: Final = """
SELECT log, number, digest FROM audit_head WHERE console_id = $1
ORDER BY log DESC, number DESC LIMIT 1
"""
_KEEP: Final = """
INSERT INTO audit_head (console_id, log, number, digest, signature, key_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_LOG: Final = "SELECT coalesce(max(log), 0) FROM audit_head WHERE console_id = $1"
_HEADS: Final = """
SELECT number, digest, signature FROM audit_head
WHERE console_id = $1 AND log = $2 AND number > $3 ORDER BY number LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class SignedAuditHead:
    """A head, its signature, and the SHA-256 of the public key that made it."""

    head: AuditHead
    signature: bytes = field(repr=False)
    key_id: bytes = field(repr=False, default=b"")


async def keep_head(pool: Pool, console_id: str, signed: SignedAuditHead) -> None:
    """Keep a head of a console's log; one that came before changes nothing.

    Args:
        pool: of the centre's database.
        console_id: of the console's certificate.
        signed: its signature was verified.

    Raises:
        what ``CONNECTION_FAULTS`` names: it is not sure that it was kept.

    """
    head = signed.head
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_TURN, console_id)
        newest = await connection.fetchrow(_NEWEST, console_id)
        log = newest["log"] if newest else 1
        if newest and head.number <= newest["number"]:
            if (head.number, head.digest) == (newest["number"], newest["digest"]):
                return
            log += 1
            await _tell(connection, console_id, head.number, newest["number"])
        await connection.execute(
            _KEEP, console_id, log, head.number, head.digest, signed.signature, signed.key_id
        )


async def _tell(connection: Connection, console_id: str, number: int, before: int) -> None:
    detail = f"row {number} came after row {before}: the log was put back, cut or written anew"
    await raise_alarm(connection, AlarmKind.AUDIT_LOG_REWRITTEN, console_id, detail)


async def heads_of(
    pool: Pool, console_id: str, after: int
) -> tuple[int, Sequence[SignedAuditHead]]:
    """Return which log of a console is the newest, 0 for none, and its next heads.

    Args:
        pool: of the centre's database.
        console_id: of the console's certificate.
        after: number of the row after which they begin.

    """
    log = await pool.fetchval(_LOG, console_id)
    rows = await pool.fetch(_HEADS, console_id, log, after, MOST)
    return log, [SignedAuditHead(AuditHead(*row[:2]), row[2]) for row in rows]
