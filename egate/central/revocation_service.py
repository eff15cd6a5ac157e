"""Hands out the authority's list of revoked certificates, as it was signed."""

from typing import Final

import grpc
from grpc import aio

from egate.reporting.identity import Role, require_role
from egate.reporting.revocation import Revocations
from egate.wire.v1 import revocation_pb2 as wire
from egate.wire.v1 import revocation_pb2_grpc as wire_grpc

_ASKERS: Final = frozenset(Role)


class RevocationService(wire_grpc.RevocationServiceServicer):
    """Anybody of ours may have the list: it names serial numbers and nobody.

    Args:
        revocations: the centre's own; None when its settings name no list.

    """

    def __init__(self, revocations: Revocations | None) -> None:
        self._revocations = revocations

    async def GetRevocations(  # noqa: N802 - the name of the call
        self,
        request: wire.GetRevocationsRequest,
        context: aio.ServicerContext[wire.GetRevocationsRequest, wire.GetRevocationsResponse],
    ) -> wire.GetRevocationsResponse:
        await require_role(context, _ASKERS)
        if self._revocations is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "this centre keeps no list")
            raise AssertionError("abort does not return")
        has = request.number if request.HasField("number") else -1
        return wire.GetRevocationsResponse(revocation_list=self._revocations.newer_than(has))
