"""A gate, seen from its officers' console."""

from collections.abc import AsyncIterator
from typing import Final

from grpc import aio

from egate.ports.supervision import GateStatus, OfficerOrder
from egate.reporting import credentials
from egate.reporting.channel import explain, open_channel
from egate.reporting.gate_mapping import StatusUnknown, decode_status, encode_order
from egate.reporting.identity import Role
from egate.settings import Tls
from egate.wire.v1 import gate_pb2 as wire
from egate.wire.v1 import gate_pb2_grpc as wire_grpc

_ORDER_DEADLINE_SECONDS: Final = 5.0


class GateUnavailable(Exception):
    """The gate does not answer, or refuses us; says which and why in one line."""


class GateLink:
    """One gate over one channel, which reconnects by itself.

    Args:
        address: of the gate's service, as ``host:port``.
        tls: a certificate of role ``console`` or ``officer``.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._address = address
        self._channel = open_channel(address, credentials.load(tls), Role.GATE)
        self._stub = wire_grpc.GateServiceStub(self._channel)

    async def changes(self) -> AsyncIterator[GateStatus]:
        """Give the status now, and again after every change, until the gate is lost.

        Raises:
            GateUnavailable: the gate is lost; iterate anew to try again.

        """
        call = self._stub.Watch(wire.WatchRequest())
        try:
            async for response in call:
                yield decode_status(response.status)
        except aio.AioRpcError as error:
            raise GateUnavailable(explain(error, self._address, Role.GATE)) from error
        except (StatusUnknown, aio.UsageError) as error:
            raise GateUnavailable(f"{self._address}: {error}") from error
        finally:
            call.cancel()
        raise GateUnavailable(f"{self._address}: the gate ended the connection")

    async def order(self, order: OfficerOrder, officer_id: str) -> bool:
        """Give ``order`` in the name of ``officer_id``; False when it means nothing now.

        Raises:
            GateUnavailable: whether the order arrived is unknown.

        """
        request = wire.OrderRequest(order=encode_order(order), officer_id=officer_id)
        try:
            answer = await self._stub.Order(request, timeout=_ORDER_DEADLINE_SECONDS)
        except aio.AioRpcError as error:
            raise GateUnavailable(explain(error, self._address, Role.GATE)) from error
        except aio.UsageError as error:
            raise GateUnavailable(f"{self._address}: the connection is closed") from error
        return answer.carried_out

    async def close(self) -> None:
        """End the connection and every iteration of `changes`."""
        await self._channel.close()
