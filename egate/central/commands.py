"""The centre's service of orders to gates, and of how they stand."""

from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from egate.central import gate_orders
from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.ports.commands import FROM_AFAR, MOST_AT_ONCE
from egate.reporting.gate_mapping import decode_order
from egate.reporting.identity import Role, acting_officer, require_role
from egate.wire.v1 import command_pb2 as wire
from egate.wire.v1 import command_pb2_grpc as wire_grpc
from egate.wire.v1 import gate_pb2

_GATES: Final = frozenset({Role.GATE})
_OFFICERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})
_READERS: Final = frozenset({Role.CENTRE, Role.CONSOLE, Role.OFFICER})
_MAX_STATUS_BYTES: Final = 16 << 10
_MAX_REASON: Final = 200
_MAX_ID: Final = 64
_MAX_ORDER_ID: Final = 2**63 - 1
_USUAL_SECONDS: Final = 60
_MAX_SECONDS: Final = 3600
_OUTCOMES: Final = frozenset(wire.OrderOutcome.values()) - {wire.ORDER_OUTCOME_UNSPECIFIED}

_Context = aio.ServicerContext[Any, Any]


class CommandService(wire_grpc.CommandServiceServicer):
    """Keeps orders for gates until they ask.

    Args:
        pool: of the centre's database.

    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def Poll(  # noqa: N802 - the name of the call
        self, request: wire.PollRequest, context: _Context
    ) -> wire.PollResponse:
        caller = await require_role(context, _GATES)
        status = request.status.SerializeToString()
        results = [(result.order_id, result.outcome) for result in request.results]
        if len(status) > _MAX_STATUS_BYTES or len(results) > MOST_AT_ONCE:
            await _invalid(context, "status or results: too long")
        if request.status.gate_id != caller.name:
            await _invalid(context, "gate_id: not the gate of the certificate")
        if not all(number <= _MAX_ORDER_ID and one in _OUTCOMES for number, one in results):
            await _invalid(context, "results: not an order, or no outcome")
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await gate_orders.note_poll(connection, caller.name, status, results)
                orders = await gate_orders.hand_orders(connection, caller.name, MOST_AT_ONCE)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return wire.PollResponse(orders=map(_message, orders))

    async def GiveOrder(  # noqa: N802 - the name of the call
        self, request: wire.GiveOrderRequest, context: _Context
    ) -> wire.GiveOrderResponse:
        caller = await require_role(context, _OFFICERS)
        officer_id = acting_officer(caller, request.officer_id)
        if officer_id is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: who gives the order")
        if decode_order(request.order) not in FROM_AFAR:
            await _invalid(context, "order: only for who sees the lane, or unknown")
        if not (0 < len(request.reason) <= _MAX_REASON and request.reason.isprintable()):
            await _invalid(context, "reason: why, at most 200 characters")
        seconds = request.valid_seconds if request.HasField("valid_seconds") else _USUAL_SECONDS
        if not 1 <= seconds <= _MAX_SECONDS:
            await _invalid(context, "valid_seconds: 1 to 3600")
        gate_id = request.gate_id if request.gate_id.isprintable() else ""
        order = gate_orders.Order(
            gate_id[:_MAX_ID],
            request.order,
            officer_id,
            request.reason,
            timedelta(seconds=seconds),
        )
        try:
            given = await gate_orders.give_order(self._pool, order)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        if given is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such gate is enrolled")
        return wire.GiveOrderResponse(order_id=given)

    async def GetOrder(  # noqa: N802 - the name of the call
        self, request: wire.GetOrderRequest, context: _Context
    ) -> wire.GetOrderResponse:
        await require_role(context, _OFFICERS)
        try:
            found = await gate_orders.standing_of(self._pool, min(request.order_id, _MAX_ORDER_ID))
        except CONNECTION_FAULTS as error:
            await away(context, error)
        if found is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such order")
        outcome = found.outcome
        if found.expired and not outcome:
            outcome = wire.ORDER_OUTCOME_EXPIRED
        return wire.GetOrderResponse(outcome=wire.OrderOutcome.ValueType(outcome))

    async def ListGates(  # noqa: N802 - the name of the call
        self,
        request: wire.ListGatesRequest,  # noqa: ARG002 - empty by definition
        context: _Context,
    ) -> wire.ListGatesResponse:
        await require_role(context, _READERS)
        try:
            gates = await gate_orders.enrolled_gates(self._pool)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return wire.ListGatesResponse(gates=map(_gate, gates))


def _message(order: gate_orders.HandedOrder) -> wire.GateOrder:
    return wire.GateOrder(
        order_id=order.order_id,
        order=gate_pb2.OfficerOrder.ValueType(order.officer_order),
        officer_id=order.officer_id,
        valid_seconds=order.valid_seconds,
    )


def _gate(gate: gate_orders.EnrolledGate) -> wire.EnrolledGate:
    status = None if gate.status is None else gate_pb2.GateStatus.FromString(gate.status)
    return wire.EnrolledGate(
        gate_id=gate.gate_id,
        border_crossing_point=gate.border_crossing_point,
        enrolled_at=_stamp(gate.enrolled_at),
        certificate_until=_stamp(gate.certificate_until),
        seen_at=_stamp(gate.seen_at),
        status=status,
    )


def _stamp(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


async def _invalid(context: _Context, fault: str) -> NoReturn:
    await context.abort(grpc.StatusCode.INVALID_ARGUMENT, fault)
    raise AssertionError("abort does not return")
