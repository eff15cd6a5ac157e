"""Takes the heads of consoles' audit logs, and gives them back."""

from typing import Any, Final, NoReturn

import grpc
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.evidence.audit_heads import SignedAuditHead, heads_of, keep_head
from egate.domain.evidence.audit_head import AuditHead
from egate.domain.evidence.chain import HASH_BYTES, key_id_of
from egate.reporting.identity import Role, certificate_of, require_role
from egate.wire.v1 import audit_head_pb2 as wire
from egate.wire.v1 import audit_head_pb2_grpc as wire_grpc

_CONSOLES: Final = frozenset({Role.CONSOLE})
_SIGNATURE: Final = ec.ECDSA(hashes.SHA256())
_MAX_NUMBER: Final = 2**63 - 1

_Context = aio.ServicerContext[Any, Any]


class AuditHeadService(wire_grpc.AuditHeadServiceServicer):
    """Each console has its own.

    Args:
        pool: of the centre's database.

    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def PutAuditHead(  # noqa: N802 - the name of the call
        self, request: wire.PutAuditHeadRequest, context: _Context
    ) -> wire.PutAuditHeadResponse:
        caller = await require_role(context, _CONSOLES)
        sent = request.head
        if not 1 <= sent.number <= _MAX_NUMBER or len(sent.digest) != HASH_BYTES:
            await _invalid(context, "head: not the number and the SHA-256 of a row")
        head = AuditHead(sent.number, sent.digest)
        key_id = _signed_by(certificate_of(context), head, sent.signature)
        if not key_id:
            await _invalid(context, "head: not signed with the key of your certificate")
        try:
            await keep_head(self._pool, caller.name, SignedAuditHead(head, sent.signature, key_id))
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return wire.PutAuditHeadResponse()

    async def ListAuditHeads(  # noqa: N802 - the name of the call
        self, request: wire.ListAuditHeadsRequest, context: _Context
    ) -> wire.ListAuditHeadsResponse:
        caller = await require_role(context, _CONSOLES)
        after = min(request.after, _MAX_NUMBER)
        try:
            log, found = await heads_of(self._pool, caller.name, after)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        heads = [
            wire.AuditHead(
                number=each.head.number, digest=each.head.digest, signature=each.signature
            )
            for each in found
        ]
        return wire.ListAuditHeadsResponse(heads=heads, log=log)


def _signed_by(pem: bytes, head: AuditHead, signature: bytes) -> bytes:
    """Return the id of the key of ``pem`` if it made ``signature``, b"" if it did not."""
    key = x509.load_pem_x509_certificate(pem).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return b""
    try:
        key.verify(signature, head.signed_message(), _SIGNATURE)
    except InvalidSignature:
        return b""
    return key_id_of(
        key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


async def _invalid(context: _Context, fault: str) -> NoReturn:
    await context.abort(grpc.StatusCode.INVALID_ARGUMENT, fault)
    raise AssertionError("abort does not return")
