"""Sends heads of the console's audit log to the centre, and asks for those that it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from egate.domain.evidence.audit_head import AuditHead
from egate.ports.reporting import CentreUnavailable
from egate.ports.signing import Signer
from egate.reporting.link import Link
from egate.wire.v1 import audit_head_pb2 as wire
from egate.wire.v1 import audit_head_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 10.0
_MOST: Final = 500_000
"""One every ten minutes for nine years."""


@dataclass(frozen=True, slots=True)
class KeptHeads:
    """What the centre has of a console's audit log.

    Args:
        log: which log of the console it is; above 1 an earlier one broke off; 0: it has none.
        heads: SHA-256 of a row and all before it, by the number of the row.

    """

    log: int = 0
    heads: Mapping[int, bytes] = field(default_factory=dict)

    def as_expected(self) -> Mapping[int, str]:
        """Return the heads as a look over the log compares them: in hexadecimal."""
        return {number: digest.hex() for number, digest in self.heads.items()}


class AuditHeadClient:
    """Over a link with a certificate of role ``console``.

    Args:
        link: to the centre.
        signer: with the key of the same certificate.

    """

    def __init__(self, link: Link, signer: Signer) -> None:
        self._link = link
        self._signer = signer

    async def put(self, head: AuditHead) -> None:
        """Let the centre keep ``head``.

        Raises:
            CentreUnavailable: it is not sure that it did.
            SignerUnavailable: the head is not signed.

        """
        signature = self._signer.sign(head.signed_message())
        sent = wire.AuditHead(number=head.number, digest=head.digest, signature=signature)
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.AuditHeadServiceStub(await self._link.channel())
            await stub.PutAuditHead(wire.PutAuditHeadRequest(head=sent), timeout=_DEADLINE_SECONDS)

    async def kept(self) -> KeptHeads:
        """Return what the centre has of this console's newest log.

        Raises:
            CentreUnavailable: it cannot be asked.

        """
        heads: dict[int, bytes] = {}
        while True:
            request = wire.ListAuditHeadsRequest(after=max(heads, default=0))
            with self._link.failing_as(CentreUnavailable):
                stub = wire_grpc.AuditHeadServiceStub(await self._link.channel())
                answer = await stub.ListAuditHeads(request, timeout=_DEADLINE_SECONDS)
            fresh = {each.number: each.digest for each in answer.heads}
            if not fresh.keys() - heads.keys():
                return KeptHeads(answer.log, heads)
            heads |= fresh
            if len(heads) > _MOST:
                raise CentreUnavailable(f"the centre says more than {_MOST} heads: not its own")
