"""Where a gate asks the centre for orders."""

from collections.abc import Sequence
from typing import Final

from egate.ports.commands import MOST_AT_ONCE, CentralOrder, OrderResult
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import GateStatus
from egate.reporting.command_mapping import decode_central_order, encode_result
from egate.reporting.gate_mapping import encode_status
from egate.reporting.link import Link
from egate.wire.v1 import command_pb2 as wire
from egate.wire.v1 import command_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 5.0


class CommandClient:
    """A ``CommandSource``.

    Args:
        link: to the centre, by a certificate of role ``gate``.

    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def poll(
        self, status: GateStatus, results: Sequence[OrderResult]
    ) -> Sequence[CentralOrder]:
        """Say how the gate stands and what came of orders, and return what to carry out.

        Raises:
            CentreUnavailable: nothing is known; ask again later.

        """
        request = wire.PollRequest(
            status=encode_status(status), results=map(encode_result, results)
        )
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CommandServiceStub(await self._link.channel())
            answer = await stub.Poll(request, timeout=_DEADLINE_SECONDS)
        return [decode_central_order(order) for order in answer.orders[:MOST_AT_ONCE]]
