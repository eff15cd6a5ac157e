"""A gate, seen from its officers' console."""

from collections.abc import AsyncIterator
from typing import Final

from egate.ports.supervision import GateStatus, OfficerOrder
from egate.reporting.gate_mapping import StatusUnknown, decode_status, encode_order
from egate.reporting.identity import Role
from egate.reporting.link import Link
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
        self._link = Link(address, tls, Role.GATE)

    async def changes(self) -> AsyncIterator[GateStatus]:
        """Give the status now, and again after every change, until the gate is lost.

        Raises:
            GateUnavailable: the gate is lost; iterate anew to try again.

        """
        with self._link.failing_as(GateUnavailable):
            call = wire_grpc.GateServiceStub(await self._link.channel()).Watch(wire.WatchRequest())
            try:
                async for response in call:
                    yield decode_status(response.status)
            except StatusUnknown as error:
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
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            answer = await stub.Order(request, timeout=_ORDER_DEADLINE_SECONDS)
        return answer.carried_out

    async def close(self) -> None:
        """End the connection and every iteration of `changes`."""
        await self._link.close()
