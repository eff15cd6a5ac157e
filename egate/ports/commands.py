"""Orders that officers at the centre give to gates, as a gate sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from egate.ports.supervision import GateStatus, OfficerOrder

FROM_AFAR: Final = frozenset(
    {
        OfficerOrder.CLOSE_LANE,
        OfficerOrder.OPEN_LANE,
        OfficerOrder.MAINTENANCE,
        OfficerOrder.FEEDER,
    }
)
"""What needs nobody to see the lane. To reset, release or evacuate is for who stands there: it
moves doors, or says that a traveller was taken care of."""

MOST_AT_ONCE: Final = 100


class OrderOutcome(StrEnum):
    """What came of an order."""

    CARRIED_OUT = "carried_out"
    MEANINGLESS = "meaningless"
    """It meant nothing in the gate's state, as closing a closed lane."""
    EXPIRED = "expired"
    """It came too late; it is never carried out."""
    REFUSED = "refused"
    """The gate does not know it, or takes it only from who sees the lane."""
    INTERRUPTED = "interrupted"
    """The gate ended when it had it; nobody knows, and it is not tried again."""


@dataclass(frozen=True, slots=True)
class CentralOrder:
    """One order.

    Args:
        order_id: of the centre; no two orders have the same.
        order: what to do; None when this version does not know it.
        officer_id: who gave it.
        valid_seconds: how long from the asking on it may be carried out.

    """

    order_id: int
    order: OfficerOrder | None
    officer_id: str
    valid_seconds: float


@dataclass(frozen=True, slots=True)
class OrderResult:
    """What came of the order with ``order_id``."""

    order_id: int
    outcome: OrderOutcome


class CommandSource(Protocol):
    async def poll(
        self, status: GateStatus, results: Sequence[OrderResult]
    ) -> Sequence[CentralOrder]:
        """Say how the gate stands and what came of orders, and return what to carry out.

        When it returns the centre has noted ``results``.

        Args:
            status: of the lane now.
            results: at most `MOST_AT_ONCE`.

        Raises:
            CentreUnavailable: nothing is known; ask again later.

        """
        ...
