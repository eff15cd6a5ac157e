"""Whom the centre has enrolled: gates, consoles and officers, and their certificates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from egate.central.database import Connection, Pool
from egate.reporting.identity import Holder, Identity, Role

_ENROL: Final = """
INSERT INTO peer (role, name, border_crossing_point, enrolled_by)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (role, name) DO UPDATE SET border_crossing_point = excluded.border_crossing_point,
    enrolled_at = now(), enrolled_by = excluded.enrolled_by, retired_at = NULL, retired_by = '',
    reason = ''
"""
_RETIRE: Final = """
UPDATE peer SET retired_at = now(), retired_by = $3, reason = $4
WHERE role = $1 AND name = $2 AND retired_at IS NULL RETURNING 1
"""
_FORGET_TOKENS: Final = "DELETE FROM enrolment_token WHERE role = $1 AND name = $2"
_REVOKE: Final = """
UPDATE peer_certificate SET revoked_at = now()
WHERE role = $1 AND name = $2 AND revoked_at IS NULL AND until > now()
"""
_NOTE: Final = """
INSERT INTO peer_certificate (serial, role, name, until, certificate) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (serial) DO UPDATE SET certificate = excluded.certificate
    WHERE peer_certificate.certificate IS NULL
"""
_CERTIFICATES: Final = """
SELECT certificate FROM peer_certificate WHERE name = $1 AND certificate IS NOT NULL
ORDER BY noted_at, serial
"""
_ENROLLED: Final = "SELECT role, name FROM peer WHERE retired_at IS NULL"
_REVOKED: Final = """
SELECT serial, revoked_at FROM peer_certificate WHERE revoked_at IS NOT NULL AND until > now()
ORDER BY serial
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody who may call the centre.

    Args:
        identity: as in its certificate.
        border_crossing_point: of a gate, UN/LOCODE; "" of others.

    """

    identity: Identity
    border_crossing_point: str = ""


async def enrol(connection: Connection | Pool, peers: Iterable[Peer], officer_id: str) -> None:
    """Take the certificates of ``peers`` from now on, also of those who were retired.

    Args:
        connection: a connection, in a transaction or not, or the pool.
        peers: whom.
        officer_id: who says so.

    """
    rows = [
        (peer.identity.role.value, peer.identity.name, peer.border_crossing_point, officer_id)
        for peer in peers
    ]
    if rows:
        await connection.execute(_ENROL, *map(list, zip(*rows, strict=True)))


async def retire(connection: Connection, identity: Identity, officer_id: str, reason: str) -> bool:
    """Refuse ``identity`` from now on and revoke its certificates; False when it is not enrolled.

    Args:
        connection: in a transaction.
        identity: whom.
        officer_id: who says so.
        reason: why, for who reads the table later.

    """
    of = (identity.role.value, identity.name)
    await connection.execute(_FORGET_TOKENS, *of)
    await revoke_all(connection, identity)
    return await connection.fetchval(_RETIRE, *of, officer_id, reason) is not None


async def revoke_all(connection: Connection, identity: Identity) -> None:
    """Revoke every certificate of ``identity`` that is known and still valid."""
    await connection.execute(_REVOKE, identity.role.value, identity.name)


async def note_certificate(connection: Connection | Pool, holder: Holder) -> None:
    """Note that there is this certificate; one that is known is left as it is."""
    identity = holder.identity
    of = (identity.role.value, identity.name)
    await connection.execute(_NOTE, holder.serial, *of, holder.until, holder.certificate)


async def certificates_of(connection: Connection | Pool, name: str) -> Sequence[bytes]:
    """Return all certificates that ``name`` ever had, as far as they were noted, in DER."""
    return [row[0] for row in await connection.fetch(_CERTIFICATES, name)]


async def enrolled(pool: Pool) -> frozenset[Identity]:
    """Return all who are enrolled and not retired; of roles of this version."""
    known = {role.value: role for role in Role}
    rows = await pool.fetch(_ENROLLED)
    return frozenset(Identity(known[role], name) for role, name in rows if role in known)


async def revoked(connection: Connection | Pool) -> Sequence[tuple[str, datetime]]:
    """Return serials that are revoked and not over by themselves, and when they were revoked."""
    return [(serial, at) for serial, at in await connection.fetch(_REVOKED)]
