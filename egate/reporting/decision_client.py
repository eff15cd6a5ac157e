"""The centre, seen from a console: sends what officers decided."""

from collections.abc import Sequence
from typing import Final

from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt
from egate.reporting.decision_mapping import MAX_DECISIONS
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.settings import Tls
from egate.wire.v1 import decision_pb2 as wire
from egate.wire.v1 import decision_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 10.0


class DecisionClient:
    """A ``RecordSink`` for decisions; its certificate must be a console's.

    Args:
        address: of the centre, as ``host:port``.
        tls: our certificate, and the authority of the centre's.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._link = Link(address, tls, Role.CENTRE)

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        """Send ``batch``, in several calls if it is large, and say what became of it.

        Args:
            batch: of encoded decisions; ``record_id`` is the id of each.

        Raises:
            CentreUnavailable: nothing is known about the batch; send it again.

        """
        accepted: set[str] = set()
        refused: dict[str, str] = {}
        for begin in range(0, len(batch), MAX_DECISIONS):
            part = batch[begin : begin + MAX_DECISIONS]
            request = wire.PutDecisionsRequest(decisions=[each.payload for each in part])
            with self._link.failing_as(CentreUnavailable):
                stub = wire_grpc.DecisionServiceStub(await self._link.channel())
                answer = await stub.PutDecisions(request, timeout=_DEADLINE_SECONDS)
            if any(refusal.index >= len(part) for refusal in answer.refused):
                raise CentreUnavailable("the centre's answer names a decision that was not sent")
            accepted |= {each.record_id for each in part} & set(answer.accepted)
            refused |= {part[each.index].record_id: each.reason for each in answer.refused}
        return Receipt(frozenset(accepted), refused)

    async def close(self) -> None:
        """End the connection; a call under way ends as ``CentreUnavailable``."""
        await self._link.close()
