"""The kiosks of a hall, seen from a gate."""

import asyncio
from collections.abc import Sequence
from typing import Final

from egate.domain.record import Direction
from egate.domain.session.states import SessionId
from egate.observability.logging import logger
from egate.ports.tokens import Prepared, TokenRefusal
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.token_mapping import decode_prepared
from egate.reporting.wire_values import DIRECTIONS, RecordMalformed, member
from egate.settings import Tls
from egate.wire.v1 import token_pb2 as wire
from egate.wire.v1 import token_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 3.0
# Of several refusals the first of these says most.
_TELLING: Final = (
    TokenRefusal.USED,
    TokenRefusal.OTHER_DIRECTION,
    TokenRefusal.EXPIRED,
    TokenRefusal.LOST,
    TokenRefusal.UNREACHABLE,
    TokenRefusal.UNKNOWN,
)


class _KioskUnavailable(Exception):
    """The kiosk does not answer, or not as it should; says which and why in one line."""


class HallKiosks:
    """Asks every kiosk of the hall at once, since the traveller may have been at any.

    Args:
        addresses: of their services, as ``host:port``.
        tls: a certificate of role ``gate``.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, addresses: Sequence[str], tls: Tls) -> None:
        self._kiosks = [_Kiosk(address, tls) for address in addresses]

    async def redeem(
        self, document_digest: bytes, crossing_id: SessionId, direction: Direction
    ) -> Prepared | TokenRefusal:
        """Return what a kiosk found, or why none gives anything."""
        request = wire.RedeemRequest(
            document_digest=document_digest,
            crossing_id=crossing_id,
            direction=DIRECTIONS[direction],
        )
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(kiosk.redeem(request)) for kiosk in self._kiosks]
        answers = [each.result() for each in asked]
        for answer in answers:
            if isinstance(answer, Prepared):
                return answer
        refusals = [answer for answer in answers if isinstance(answer, TokenRefusal)]
        return min(refusals, key=_TELLING.index, default=TokenRefusal.UNKNOWN)

    async def aclose(self) -> None:
        """End the connections."""
        for kiosk in self._kiosks:
            await kiosk.close()


class _Kiosk:
    def __init__(self, address: str, tls: Tls) -> None:
        self._address = address
        self._link = Link(address, tls, Role.GATE)

    async def redeem(self, request: wire.RedeemRequest) -> Prepared | TokenRefusal:
        try:
            return await self._redeem(request)
        except _KioskUnavailable as error:
            logger().error("kiosk unavailable", address=self._address, reason=str(error))
            return TokenRefusal.UNREACHABLE

    async def _redeem(self, request: wire.RedeemRequest) -> Prepared | TokenRefusal:
        with self._link.failing_as(_KioskUnavailable):
            stub = wire_grpc.TokenServiceStub(await self._link.channel())
            answer = await stub.Redeem(request, timeout=_DEADLINE_SECONDS)
        try:
            if answer.WhichOneof("outcome") == "prepared":
                return decode_prepared(answer.prepared)
            return member("refused", TokenRefusal, answer.refused)
        except RecordMalformed as error:
            raise _KioskUnavailable(f"an answer of another version: {error}") from error

    async def close(self) -> None:
        await self._link.close()
