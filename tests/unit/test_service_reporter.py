"""The gate tells the centre when it was in service, also what it could not tell at once."""

import asyncio
from collections.abc import Sequence

import pytest

from egate.domain.service_span import ServiceSpan
from egate.gate.clocks import Clocks
from egate.gate.service_reports import ServiceReporter
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import GateState, GateStatus, TravellerMessage


class Ended(Exception):
    pass


class World:
    """A lane, a centre and a clock that a sleep moves."""

    def __init__(self, modes: Sequence[str], away: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        self.modes = modes
        self.away = away
        self.minute = 0
        self.sent: list[tuple[ServiceSpan, ...]] = []
        self.state = GateState.IDLE

    def status(self) -> GateStatus:
        return GateStatus(
            "BDDAC-A-01", self.state, TravellerMessage.WELCOME, mode=self.modes[self.minute]
        )

    async def report(self, spans: Sequence[ServiceSpan]) -> None:
        if self.minute in self.away:
            raise CentreUnavailable("away")
        self.sent.append(tuple(spans))

    async def sleep(self, seconds: float) -> None:
        assert seconds == 60.0
        self.minute += 1
        if self.minute == len(self.modes):
            raise Ended
        await asyncio.sleep(0)

    async def run(self) -> None:
        clocks = Clocks(lambda: 0.0, lambda: 60.0 * self.minute)
        with pytest.raises(Ended):
            await ServiceReporter(self.status, self, clocks, sleep=self.sleep).run()


async def test_what_the_centre_did_not_take_is_sent_again_with_what_came_since() -> None:
    world = World(["enabled", "enabled", "maintenance", "enabled"], away={1, 2})
    await world.run()
    assert [(span.since, span.until, span.in_service) for span in world.sent[-1]] == [
        (0, 120, True),
        (120, 180, False),
        (180, 180, True),
    ]


async def test_only_the_span_that_may_go_on_is_sent_again() -> None:
    world = World(["enabled", "disabled", "disabled"])
    await world.run()
    assert [len(spans) for spans in world.sent] == [1, 2, 1]
    assert world.sent[-1][0].until == 120


@pytest.mark.parametrize(
    ("mode", "state", "in_service"),
    [
        ("enabled", GateState.IDLE, True),
        ("degraded", GateState.PASSING, True),
        ("degraded", GateState.OUT_OF_SERVICE, False),
        ("feeder", GateState.IDLE, False),
        ("enabled", GateState.EVACUATING, False),
        ("emergency", GateState.EVACUATING, False),
    ],
)
async def test_what_service_is(mode: str, state: GateState, in_service: bool) -> None:  # noqa: FBT001
    world = World([mode])
    world.state = state
    await world.run()
    assert world.sent[0][0].in_service is in_service
