"""What somebody at the centre must look into: kept, counted, shown and logged.

An alarm is of a kind and about a subject. However often it is raised there is one of it, with
how many times, and when first and last. It stays open until an officer settles it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from egate.central.database import Connection, Pool
from egate.observability.logging import logger

_MAX_DETAIL: Final = 200
_MAX_SUBJECT: Final = 64
_MOST: Final = 200
_RAISE: Final = """
INSERT INTO alarm (kind, subject, detail) VALUES ($1, $2, $3)
ON CONFLICT (kind, subject) DO UPDATE SET detail = excluded.detail, times = alarm.times + 1,
    last_at = greatest(alarm.last_at, excluded.last_at), settled_by = '', settled_at = NULL
RETURNING times
"""
_OPEN: Final = """
SELECT kind, subject, detail, times, first_at, last_at FROM alarm WHERE settled_at IS NULL
ORDER BY last_at DESC, kind, subject LIMIT $1
"""
_COUNT: Final = "SELECT kind, count(*) FROM alarm WHERE settled_at IS NULL GROUP BY kind"
_SETTLE: Final = """
UPDATE alarm SET settled_by = $3, settled_at = now()
WHERE kind = $1 AND subject = $2 AND settled_at IS NULL RETURNING 1
"""


class AlarmKind(StrEnum):
    """What happened."""

    UNKNOWN_PEER = "unknown_peer"
    """A certificate of our authority whose holder is not enrolled, or was retired."""
    REVOKED_CERTIFICATE = "revoked_certificate"
    """A certificate that our authority has revoked was used."""
    EXPIRED_CERTIFICATE = "expired_certificate"
    """A certificate was used after its end, on a connection from before."""
    ENROLMENT_REFUSED = "enrolment_refused"
    """Somebody asked for a certificate with a token that is unknown, too old or used."""
    REVOCATION_UNKNOWN = "revocation_unknown"
    """The list of revoked certificates cannot be used, or its time is over."""
    FOREIGN_RECORD = "foreign_record"
    """A gate sent a record in the name of another one."""
    REPLAYED_RECORD = "replayed_record"
    """The id of a record came again with other content."""
    NUMBER_USED_TWICE = "number_used_twice"
    """A gate gave one number to several records: a restored disk, or a second gate."""
    STATION_BEHIND = "station_behind"
    """A station has lost records that it had sent: a disk that was put back, or a new one."""
    NOT_ITS_TO_SEND = "not_its_to_send"
    """A gate sent what only a desk makes, or a desk what only a gate makes."""
    CHAIN_BROKEN = "chain_broken"
    """A record does not hang on the one before it: one was changed, dropped, or added."""
    SIGNATURE_WRONG = "signature_wrong"
    """A record's link is not signed by a key that its station has, or had."""
    LINK_MISSING = "link_missing"
    """A record came without a link from a station whose records have links."""
    AUDIT_LOG_REWRITTEN = "audit_log_rewritten"
    """A console's audit log does not continue what was known of it."""
    CENTRE_RESTORED = "centre_restored"
    """The database was restored from a backup, or a standby took over; what came since is gone."""
    LIST_REFUSED = "list_refused"
    """A list, or its import, was forged, torn or older than what there is."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One that nobody has looked into yet.

    Args:
        kind: value of `AlarmKind`, or of a newer version's.
        subject: id of the gate or whom else it is about; "" for the centre itself.
        detail: of the last time.
        times: that it was raised.
        first_at: when for the first time.
        last_at: when for the last time.

    """

    kind: str
    subject: str
    detail: str
    times: int
    first_at: datetime
    last_at: datetime


async def raise_alarm(
    connection: Connection | Pool, kind: AlarmKind, subject: str, detail: str
) -> None:
    """Keep that something happened; in a transaction it is kept with it or not at all.

    Args:
        connection: a connection, in a transaction or not, or the pool.
        kind: what happened.
        subject: id of the gate or whom else it is about; "" for the centre itself.
        detail: what a technician should know; nothing personal.

    Raises:
        what ``CONNECTION_FAULTS`` names: the database is away; the alarm is logged all the same.

    """
    subject, detail = _sound(subject, _MAX_SUBJECT), _sound(detail, _MAX_DETAIL)
    logger().error("alarm", code=kind, gate_id=subject, reason=detail)
    await connection.fetchval(_RAISE, kind, subject, detail)


async def open_alarms(pool: Pool) -> Sequence[Alarm]:
    """Return what nobody has looked into, the newest first, to 200."""
    return [Alarm(**row) for row in await pool.fetch(_OPEN, _MOST)]


async def count_alarms(pool: Pool) -> dict[str, int]:
    """Return of how many subjects there is an open alarm of each kind; without kinds of none."""
    return dict(await pool.fetch(_COUNT))


async def settle_alarm(pool: Pool, kind: str, subject: str, officer_id: str) -> bool:
    """Note that ``officer_id`` has looked into an alarm; False when there is no such open one."""
    return await pool.fetchval(_SETTLE, kind, subject, officer_id) is not None


def _sound(text: str, most: int) -> str:
    """Return ``text`` as the database and a page can hold it."""
    return "".join(each if each.isprintable() else "?" for each in text)[:most]
