"""The gate's counting of people, held against the truth of simulated visits.

The gate sees the beams only now and then; at any rate it may poll at, the truth must come out.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.session.presence import LaneView, Presence, Sighting, look
from hardware_mocks.barrier.lane import Input, Lane
from hardware_mocks.camera.scene import Subject
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.visit import Visit

TICK = 0.01
ENTERED, SECOND, PASSED, LEFT = (
    Sighting.ENTERED,
    Sighting.SECOND_PERSON,
    Sighting.PASSED,
    Sighting.LEFT,
)


class Site:
    """The simulated board's own lane, with a gate that decides three seconds after entry."""

    chip_lost = False

    def __init__(self, decision: str) -> None:
        self.lane = Lane(watchdog_seconds=1e9)
        self.decision = decision
        self.light = "ready"

    def advance(self) -> None:
        self.lane.advance(self.lane.now + TICK)
        if self.lane.now > 3.0:
            self.light = self.decision
            self.lane.coils[0] = self.decision == "pass"

    @property
    def door_open(self) -> bool:
        return self.lane.read_input(Input.ENTRY_OPEN)

    @property
    def door_closed(self) -> bool:
        return self.lane.read_input(Input.ENTRY_CLOSED)

    def break_beam(self, beam: int, *, broken: bool) -> None:
        self.lane.presence[beam - 1] = broken

    def lay(self, placement: int) -> None:
        pass

    def lift(self) -> None:
        pass

    def show(self, subject: Subject | None) -> None:
        pass

    def view(self) -> LaneView:
        return LaneView(*self.lane.presence, doors_open=not self.door_closed)


def sightings(
    kind: Kind, decision: str, poll_ticks: int, offset: int, speed: float
) -> list[Sighting]:
    site = Site(decision)
    traveller = Traveller("A, B", kind, "P001", "P001", "UTO", "F", "880412", 100)
    play = Play(Visit(traveller, site, lambda _: None, speed=speed).script())
    presence, seen, ticks = Presence(), [], 0
    while play.tick(site.lane.now):
        site.advance()
        ticks += 1
        if ticks % poll_ticks == offset % poll_ticks:
            presence, found = look(presence, site.view())
            seen += found
    seen += look(presence, site.view())[1]
    return seen


@pytest.mark.parametrize(
    ("kind", "decision", "truth"),
    [
        (Kind.GENUINE, "pass", [ENTERED, PASSED]),
        (Kind.GENUINE, "stop", [ENTERED, LEFT]),
        (Kind.ABANDONS, "busy", [ENTERED, LEFT]),
    ],
)
@given(
    poll_ticks=st.integers(1, 12),
    offset=st.integers(0, 11),
    speed=st.sampled_from([1.0, 5.0, 20.0]),
)
def test_one_person_is_counted_as_one(
    kind: Kind, decision: str, truth: list[Sighting], poll_ticks: int, offset: int, speed: float
) -> None:
    assert sightings(kind, decision, poll_ticks, offset, speed) == truth


@given(
    poll_ticks=st.integers(1, 12),
    offset=st.integers(0, 11),
    speed=st.sampled_from([1.0, 5.0, 20.0]),
)
def test_a_second_person_is_seen_before_the_decision(
    poll_ticks: int, offset: int, speed: float
) -> None:
    assert sightings(Kind.TAILGATING, "stop", poll_ticks, offset, speed)[:2] == [ENTERED, SECOND]
