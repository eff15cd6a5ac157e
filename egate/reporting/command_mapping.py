"""Orders of the centre, and what came of them, as messages of the wire."""

from types import MappingProxyType
from typing import Final

from egate.ports.commands import CentralOrder, OrderOutcome, OrderResult
from egate.reporting.gate_mapping import decode_order
from egate.wire.v1 import command_pb2 as wire

_OUTCOMES: Final = MappingProxyType(
    {
        OrderOutcome.CARRIED_OUT: wire.ORDER_OUTCOME_CARRIED_OUT,
        OrderOutcome.MEANINGLESS: wire.ORDER_OUTCOME_MEANINGLESS,
        OrderOutcome.EXPIRED: wire.ORDER_OUTCOME_EXPIRED,
        OrderOutcome.REFUSED: wire.ORDER_OUTCOME_REFUSED,
        OrderOutcome.INTERRUPTED: wire.ORDER_OUTCOME_INTERRUPTED,
    }
)
_BY_NUMBER: Final = MappingProxyType({number: outcome for outcome, number in _OUTCOMES.items()})


def encode_result(result: OrderResult) -> wire.OrderResult:
    return wire.OrderResult(order_id=result.order_id, outcome=_OUTCOMES[result.outcome])


def decode_outcome(number: int) -> OrderOutcome | None:
    """Return the outcome, None while there is none, or when it is of a newer version."""
    return _BY_NUMBER.get(wire.OrderOutcome.ValueType(number))


def decode_central_order(message: wire.GateOrder) -> CentralOrder:
    """Return the order in ``message``; what it is, is None when this version does not know it."""
    return CentralOrder(
        message.order_id,
        decode_order(message.order),
        message.officer_id,
        message.valid_seconds,
    )
