"""First and further certificates of gates and consoles: a token for one, the last one for others.

A token is 32 random bytes that an officer of the centre makes for one role, name and border
crossing point. Only its digest is kept, so the table lets nobody in.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

import grpc
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.peers import Peer, enrol, note_certificate, revoke_all
from egate.reporting.authority import Authority, RequestUnusable, check_request
from egate.reporting.identity import Identity, Role, holder_of, parse_urn, require_role
from egate.wire.v1 import enrolment_pb2 as wire
from egate.wire.v1 import enrolment_pb2_grpc as wire_grpc

_TOKEN_BYTES: Final = 32
_MAX_TOKEN: Final = 100
_RENEWERS: Final = frozenset({Role.GATE, Role.CONSOLE, Role.OFFICER})
_ADD: Final = """
INSERT INTO enrolment_token (digest, role, name, border_crossing_point, made_by, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + $6)
"""
_USE: Final = """
UPDATE enrolment_token SET used_at = coalesce(used_at, now()), key_digest = $2
WHERE digest = $1 AND expires_at > now() AND (key_digest IS NULL OR key_digest = $2)
RETURNING role, name, border_crossing_point, made_by
"""
_TOO_OLD: Final = "DELETE FROM enrolment_token WHERE expires_at < now() - interval '30 days'"


async def make_token(pool: Pool, peer: Peer, officer_id: str, lifetime: timedelta) -> str:
    """Return a token with which ``peer`` gets its certificate; it cannot be shown again.

    Args:
        pool: of the centre's database.
        peer: whom it is for.
        officer_id: who makes it.
        lifetime: how long it may be used.

    """
    token = urlsafe_b64encode(secrets.token_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    await pool.execute(_TOO_OLD)
    await pool.execute(
        _ADD,
        _digest(token),
        peer.identity.role.value,
        peer.identity.name,
        peer.border_crossing_point,
        officer_id,
        lifetime,
    )
    return token


class _Keys(NamedTuple):
    """What is to be certified: the caller's key, and the one with which it only serves."""

    own: ec.EllipticCurvePublicKey
    serving: ec.EllipticCurvePublicKey | None


class _Chains(NamedTuple):
    """The certificates of ``_Keys`` in PEM; empty where there is no key."""

    own: bytes
    serving: bytes = b""


@dataclass(frozen=True, slots=True)
class Issuing:
    """How certificates are made here.

    Args:
        authority: who signs.
        lifetime: of a certificate.

    """

    authority: Authority
    lifetime: timedelta

    async def issue(self, connection: Connection, identity: Identity, keys: _Keys) -> _Chains:
        """Return new certificates of ``identity``, which the database knows of."""
        now = await connection.fetchval("SELECT now()")
        validity = self.authority.from_now(now, self.lifetime)
        own = self.authority.certify(keys.own, identity, validity)
        await note_certificate(connection, holder_of(own))
        if keys.serving is None:
            return _Chains(own)
        serving = self.authority.certify(keys.serving, identity, validity, only_serves=True)
        await note_certificate(connection, holder_of(serving))
        return _Chains(own, serving)


class EnrolmentService(wire_grpc.EnrolmentServiceServicer):
    """Gives whoever has a token its first certificate; earlier ones of the holder are revoked."""

    def __init__(self, pool: Pool, issuing: Issuing) -> None:
        self._pool = pool
        self._issuing = issuing

    async def Enrol(  # noqa: N802 - the name of the call
        self,
        request: wire.EnrolRequest,
        context: aio.ServicerContext[wire.EnrolRequest, wire.EnrolResponse],
    ) -> wire.EnrolResponse:
        keys = await _keys_of(request, context)
        try:
            chains = await self._enrol(request.token, keys)
            if chains is None:
                peer = context.peer()[:60]
                await raise_alarm(self._pool, AlarmKind.ENROLMENT_REFUSED, "", f"from {peer}")
        except CONNECTION_FAULTS as error:
            await away(context, error)
        if chains is None:
            refusal = "the token is unknown, too old, or was used with another key"
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, refusal)
        return wire.EnrolResponse(certificate_chain=chains.own, serving_chain=chains.serving)

    async def _enrol(self, token: str, keys: _Keys) -> _Chains | None:
        if len(token) > _MAX_TOKEN:
            return None
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_USE, _digest(token), _key_digest(keys.own))
            if row is None:
                return None
            identity = parse_urn(f"urn:egate:{row['role']}:{row['name']}")
            peer = Peer(identity, row["border_crossing_point"])
            await enrol(connection, [peer], row["made_by"])
            await revoke_all(connection, identity)
            return await self._issuing.issue(connection, identity, keys)


class CertificateService(wire_grpc.CertificateServiceServicer):
    """Gives a peer its next certificate; who it is, the one that it calls with says."""

    def __init__(self, pool: Pool, issuing: Issuing) -> None:
        self._pool = pool
        self._issuing = issuing

    async def Renew(  # noqa: N802 - the name of the call
        self,
        request: wire.RenewRequest,
        context: aio.ServicerContext[wire.RenewRequest, wire.RenewResponse],
    ) -> wire.RenewResponse:
        caller = await require_role(context, _RENEWERS)
        keys = await _keys_of(request, context)
        try:
            chains = await self._issuing.issue(self._pool, caller, keys)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return wire.RenewResponse(certificate_chain=chains.own, serving_chain=chains.serving)


async def _keys_of(
    request: wire.EnrolRequest | wire.RenewRequest, context: aio.ServicerContext[Any, Any]
) -> _Keys:
    own = await _key_of("certificate_request", request.certificate_request, context)
    if not request.serving_request:
        return _Keys(own, None)
    return _Keys(own, await _key_of("serving_request", request.serving_request, context))


async def _key_of(
    field: str, request: bytes, context: aio.ServicerContext[Any, Any]
) -> ec.EllipticCurvePublicKey:
    try:
        return check_request(request)
    except RequestUnusable as error:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{field}: {error}")
        raise AssertionError("abort does not return") from error


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _key_digest(key: ec.EllipticCurvePublicKey) -> bytes:
    encoded = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(encoded).digest()
