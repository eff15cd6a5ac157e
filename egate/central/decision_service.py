"""Takes officers' decisions from consoles: an answer means committed."""

from typing import Final

import grpc
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.decisions import examine_decision, put_decision
from egate.observability.logging import Logger
from egate.reporting.decision_mapping import MAX_DECISIONS
from egate.reporting.identity import Role, require_role
from egate.wire.v1 import decision_pb2 as wire
from egate.wire.v1 import decision_pb2_grpc as wire_grpc

_SENDERS: Final = frozenset({Role.CONSOLE})


class DecisionService(wire_grpc.DecisionServiceServicer):
    """Keeps decisions.

    Args:
        pool: of connections to the centre's database.
        log: for what is refused.

    """

    def __init__(self, pool: Pool, log: Logger) -> None:
        self._pool = pool
        self._log = log

    async def PutDecisions(  # noqa: N802 - the name of the call
        self,
        request: wire.PutDecisionsRequest,
        context: aio.ServicerContext[wire.PutDecisionsRequest, wire.PutDecisionsResponse],
    ) -> wire.PutDecisionsResponse:
        caller = await require_role(context, _SENDERS)
        if not 1 <= len(request.decisions) <= MAX_DECISIONS:
            limits = f"1 to {MAX_DECISIONS} decisions"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, limits)
        answer = wire.PutDecisionsResponse()
        try:
            for index, payload in enumerate(request.decisions):
                await self._put(answer, index, payload, caller.name)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return answer

    async def _put(
        self, answer: wire.PutDecisionsResponse, index: int, payload: bytes, console_id: str
    ) -> None:
        examined = examine_decision(payload)
        decision_id, reason = "", examined if isinstance(examined, str) else None
        if not isinstance(examined, str):
            decision_id = examined.decision_id
            reason = await put_decision(self._pool, examined, payload, console_id)
        if reason is None:
            answer.accepted.append(decision_id)
            return
        answer.refused.add(index=index, decision_id=decision_id, reason=reason)
        self._log.error(
            "decision refused", gate_id=console_id, decision_id=decision_id, reason=reason
        )
