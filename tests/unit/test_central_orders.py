"""A gate carries out each order of the centre once, in time, and says what came of it."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence

import pytest

from egate.gate.central_orders import CentralOrders
from egate.gate.clocks import Clocks
from egate.gate.order_book import OrderBook
from egate.ports.commands import CentralOrder, OrderOutcome, OrderResult
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage

pytestmark = pytest.mark.asyncio
STATUS = GateStatus("G", GateState.IDLE, TravellerMessage.WELCOME)


class Lane:
    def __init__(self) -> None:
        self.taken: list[tuple[OfficerOrder, str]] = []
        self.takes = True
        self.fault: Exception | None = None

    def status(self) -> GateStatus:
        return STATUS

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        if self.fault:
            raise self.fault
        self.taken.append((order, officer_id))
        return self.takes


class Source:
    """A centre that gives what is in ``answers``, one after another, and then ends the test."""

    def __init__(self, *answers: Sequence[CentralOrder] | Exception) -> None:
        self.answers = list(answers)
        self.said: list[list[tuple[int, str]]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def poll(
        self, status: GateStatus, results: Sequence[OrderResult]
    ) -> Sequence[CentralOrder]:
        assert status == STATUS
        self.said.append([(each.order_id, each.outcome.value) for each in results])
        self.meanwhile()
        if not self.answers:
            raise asyncio.CancelledError
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Site:
    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        self.lane = Lane()
        self.now = 100.0
        self.slept: list[float] = []

    async def run(self, source: Source) -> Source:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        clocks = Clocks(lambda: self.now, lambda: 0.0)
        book = OrderBook(self.database)
        with pytest.raises(asyncio.CancelledError):
            await CentralOrders(source, self.lane, book, clocks, sleep=sleep).run()  # type: ignore[arg-type]
        return source


@pytest.fixture
def site() -> Site:
    return Site()


def order(number: int, what: OfficerOrder | None = OfficerOrder.CLOSE_LANE) -> CentralOrder:
    return CentralOrder(number, what, "SB-1107", 60.0)


async def test_an_order_is_carried_out_once_and_answered_at_once(site: Site) -> None:
    source = await site.run(Source([order(1)], [order(1)], [order(1)]))
    assert site.lane.taken == [(OfficerOrder.CLOSE_LANE, "SB-1107")]
    assert source.said == [[], [(1, "carried_out")], [], []]
    assert site.slept == [5.0, 5.0]  # not between the order and its answer


async def test_it_is_not_carried_out_again_after_a_restart(site: Site) -> None:
    away = CentreUnavailable("away")
    await site.run(Source([order(1)], away))
    source = await site.run(Source([order(1)]))
    assert len(site.lane.taken) == 1
    assert source.said == [[(1, "carried_out")], []]


async def test_one_that_was_begun_when_the_gate_ended_is_not_tried_again(site: Site) -> None:
    site.lane.fault = RuntimeError("killed")
    with pytest.raises(RuntimeError):
        await site.run(Source([order(1)]))
    site.lane.fault = None
    source = await site.run(Source([order(1)]))
    assert site.lane.taken == []
    assert source.said[0] == [(1, "interrupted")]


async def test_one_that_came_too_late_is_never_carried_out(site: Site) -> None:
    source = Source([order(1)], [order(1)])

    def a_minute_passes() -> None:
        site.now += 60

    source.meanwhile = a_minute_passes
    await site.run(source)
    assert site.lane.taken == []
    assert source.said[1] == [(1, "expired")]


async def test_what_is_for_who_sees_the_lane_is_refused(site: Site) -> None:
    others = (OfficerOrder.EVACUATE, OfficerOrder.RESET, OfficerOrder.RELEASE, None)
    given = [order(number, what) for number, what in enumerate(others, 1)]
    source = await site.run(Source(given))
    assert site.lane.taken == []
    assert source.said[1] == [(number, "refused") for number in range(1, 5)]


async def test_one_that_means_nothing_is_said_so(site: Site) -> None:
    site.lane.takes = False
    source = await site.run(Source([order(1)]))
    assert source.said[1] == [(1, "meaningless")]


async def test_results_are_said_until_the_centre_has_them(site: Site) -> None:
    away = CentreUnavailable("away")
    source = await site.run(Source([order(1)], away, away, []))
    assert source.said == [[], *[[(1, "carried_out")]] * 3, []]


async def test_with_a_lost_disk_nothing_is_carried_out(site: Site) -> None:
    source = Source([order(1)], [order(1)])
    await site.run(Source())  # the table is made
    site.database.execute("PRAGMA query_only = ON")
    clocks = Clocks(lambda: 0.0, lambda: 0.0)

    async def sleep(_: float) -> None: ...

    book = OrderBook.__new__(OrderBook)
    book._database = site.database
    with pytest.raises(asyncio.CancelledError):
        await CentralOrders(source, site.lane, book, clocks, sleep=sleep).run()  # type: ignore[arg-type]
    assert site.lane.taken == []


async def test_old_orders_are_forgotten(site: Site) -> None:
    book = OrderBook(site.database)
    for number in range(1, 1200):
        assert book.begin(number)
        book.end(OrderResult(number, OrderOutcome.CARRIED_OUT))
        book.said(book.unsaid())
    assert not book.begin(1199)
    assert site.database.execute("SELECT count(*) FROM central_order").fetchone()[0] <= 1001
