"""A kiosk's service for the gates of its hall."""

from collections.abc import Collection
from typing import Final

import grpc
from grpc import aio

from egate.domain.record import Direction
from egate.domain.session.states import SessionId
from egate.ports.devices import DeviceError
from egate.ports.tokens import TokenClaim, TokenDesk, TokenRefusal
from egate.reporting.identity import Role, require_role
from egate.reporting.token_mapping import encode_prepared
from egate.reporting.wire_values import DIRECTIONS, RecordMalformed, named
from egate.wire.v1 import crossing_pb2
from egate.wire.v1 import token_pb2 as wire
from egate.wire.v1 import token_pb2_grpc as wire_grpc

_ROLES: Final = frozenset({Role.GATE})
_DIGEST_BYTES: Final = 32
_CROSSING_ID_CHARACTERS: Final = 36


def add_token_service(desk: TokenDesk, gates: Collection[str], server: aio.Server) -> None:
    """Let ``server`` answer the gates of a hall.

    Args:
        desk: the kiosk's.
        gates: ids of the gates that may ask, as their certificates have them.
        server: not started yet.

    """
    wire_grpc.add_TokenServiceServicer_to_server(_TokenService(desk, gates), server)


class _TokenService(wire_grpc.TokenServiceServicer):
    def __init__(self, desk: TokenDesk, gates: Collection[str]) -> None:
        self._desk = desk
        self._gates = frozenset(gates)

    async def Redeem(  # noqa: N802 - the name of the call
        self,
        request: wire.RedeemRequest,
        context: aio.ServicerContext[wire.RedeemRequest, wire.RedeemResponse],
    ) -> wire.RedeemResponse:
        caller = await require_role(context, _ROLES)
        if caller.name not in self._gates:
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, "not a gate of this hall")
        if len(request.document_digest) != _DIGEST_BYTES:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "document_digest: not 32 bytes")
        if len(request.crossing_id) != _CROSSING_ID_CHARACTERS:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "crossing_id: not a UUID")
        claim = TokenClaim(
            request.document_digest,
            SessionId(request.crossing_id),
            caller.name,
            await _direction(request.direction, context),
        )
        try:
            answer = await self._desk.redeem(claim)
        except DeviceError:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the kiosk cannot record")
        if isinstance(answer, TokenRefusal):
            return wire.RedeemResponse(refused=answer)
        return wire.RedeemResponse(prepared=encode_prepared(answer))


async def _direction(
    number: crossing_pb2.Direction.ValueType,
    context: aio.ServicerContext[wire.RedeemRequest, wire.RedeemResponse],
) -> Direction:
    try:
        return named("direction", DIRECTIONS, number)
    except RecordMalformed as error:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        raise AssertionError("abort does not return") from error
