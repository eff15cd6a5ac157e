"""Asks the centre for orders, carries each out once, and says what came of it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final

from egate.gate.clocks import Clocks
from egate.gate.order_book import OrderBook
from egate.observability.logging import logger
from egate.ports.commands import (
    FROM_AFAR,
    CentralOrder,
    CommandSource,
    OrderOutcome,
    OrderResult,
)
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import Supervision

_POLL_SECONDS: Final = 5.0


class CentralOrders:
    """Asks every five seconds, and at once to say what came of an order.

    Args:
        source: the centre.
        supervision: of the lane: status out, orders in, as from a console.
        book: of the orders that were begun.
        clocks: of this machine.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        source: CommandSource,
        supervision: Supervision,
        book: OrderBook,
        clocks: Clocks,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._supervision = supervision
        self._book = book
        self._clocks = clocks
        self._sleep = sleep

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                has_more_to_say = await self._ask()
            except CentreUnavailable:
                has_more_to_say = False  # the forwarder has said so
            except sqlite3.Error as error:
                logger().error("orders cannot be noted", error=type(error).__name__)
                has_more_to_say = False
            if not has_more_to_say:
                await self._sleep(_POLL_SECONDS)

    async def _ask(self) -> bool:
        """Poll once; return whether there is a new result to say."""
        results = self._book.unsaid()
        asked_at = self._clocks.now()
        orders = await self._source.poll(self._supervision.status(), results)
        self._book.said(results)
        begun = [order for order in orders if self._book.begin(order.order_id)]
        for order in begun:
            # From our own asking on: the centre's clock and ours need not agree.
            late = self._clocks.now() - asked_at >= order.valid_seconds
            outcome = OrderOutcome.EXPIRED if late else self._carry_out(order)
            self._book.end(OrderResult(order.order_id, outcome))
        return bool(begun)

    def _carry_out(self, order: CentralOrder) -> OrderOutcome:
        if order.order is None or order.order not in FROM_AFAR:
            return OrderOutcome.REFUSED
        done = self._supervision.order(order.order, order.officer_id)
        return OrderOutcome.CARRIED_OUT if done else OrderOutcome.MEANINGLESS
