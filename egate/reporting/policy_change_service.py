"""The gate's service for temporary changes of its policy: they come from the hall's console."""

from typing import Final

import grpc
from grpc import aio

from egate.observability.logging import logger
from egate.ports.policy_changes import MAX_CHANGE_BYTES, MAX_SIGNATURES, SignedChange, TakesChanges
from egate.reporting.identity import Role, require_role
from egate.wire.v1 import policy_change_pb2 as wire
from egate.wire.v1 import policy_change_pb2_grpc as wire_grpc

_ROLES: Final = frozenset({Role.CONSOLE})


def add_policy_change_service(lane: TakesChanges, server: aio.Server) -> None:
    """Let ``server``, not started yet, take changes for ``lane``."""
    wire_grpc.add_PolicyChangeServiceServicer_to_server(_PolicyChangeService(lane), server)


class _PolicyChangeService(wire_grpc.PolicyChangeServiceServicer):
    def __init__(self, lane: TakesChanges) -> None:
        self._lane = lane

    async def PutChange(  # noqa: N802 - the name of the call
        self,
        request: wire.PutChangeRequest,
        context: aio.ServicerContext[wire.PutChangeRequest, wire.PutChangeResponse],
    ) -> wire.PutChangeResponse:
        caller = await require_role(context, _ROLES)
        if len(request.content) > MAX_CHANGE_BYTES or len(request.signatures) > MAX_SIGNATURES:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "more than a change can be")
        signatures = tuple((each.officer_id, each.value) for each in request.signatures)
        refused = await self._lane.take(SignedChange(request.content, signatures))
        if refused:
            logger().warning("policy change refused", caller=caller.name, reason=refused)
        return wire.PutChangeResponse(refused=refused)
