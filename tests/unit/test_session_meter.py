"""Whose step of a session the gate's own time belongs to."""

from dataclasses import replace

from egate.domain.record import CrossingStatus, StepDuration
from egate.domain.session import model as m
from egate.domain.session.reports import undecided
from egate.domain.time import Instant
from egate.gate.session_meter import SessionMeter
from tests.gate_samples import ADMITTED, BETWEEN, INSPECTED, NEW, OTHER_ID, POLICY, PRESENTED

READING = m.ReadingMrz(NEW, Instant(20.0))
LATER = Instant(30.0)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def booked(*taken: tuple[m.State, float]) -> SessionMeter:
    clock = Clock()
    meter = SessionMeter(clock)
    for state, seconds in taken:
        began, clock.now = clock.now, clock.now + seconds
        assert meter.book(state, began) == seconds
    return meter


def gate_seconds(meter: SessionMeter, session: m.Session, *steps: str) -> dict[str, float]:
    done = tuple(StepDuration(step, 3.0, 0.5) for step in steps)
    report = undecided(replace(session, steps=done), CrossingStatus.ABORTED, POLICY)
    return {each.step: each.gate_seconds for each in meter.added_to(report).session.steps}


def test_what_leads_to_a_state_is_booked_for_the_step_that_begins_there() -> None:
    meter = booked(
        (READING, 0.25),
        (m.Inspecting(PRESENTED, Instant(1.0), LATER), 1.0),
        (m.Inspecting(PRESENTED, Instant(1.0), LATER), 1.0),
        (m.Inspecting(replace(INSPECTED, face=None), Instant(1.0), LATER), 4.0),
        (m.Passing(INSPECTED, ADMITTED, Instant(5.0), LATER), 8.0),
    )
    assert gate_seconds(meter, INSPECTED, "mrz", "chip", "face", "passage") == {
        "mrz": 0.75, "chip": 2.5, "face": 4.5, "passage": 8.5,
    }  # fmt: skip


def test_a_lane_with_two_barriers() -> None:
    meter = booked(
        (m.Entering(BETWEEN, Instant(5.0), LATER), 1.0),
        (m.Verifying(BETWEEN, Instant(8.0), LATER), 2.0),
    )
    assert gate_seconds(meter, BETWEEN, "entering", "face") == {"entering": 1.5, "face": 2.5}


def test_nothing_of_one_session_is_told_of_another() -> None:
    meter = booked((READING, 1.0))
    other = replace(NEW, id=OTHER_ID)
    assert gate_seconds(meter, other, "mrz") == {"mrz": 0.5}
    meter = booked((READING, 1.0), (m.Idle(), 7.0), (m.ReadingMrz(other, LATER), 2.0))
    assert gate_seconds(meter, other, "mrz") == {"mrz": 2.5}
    assert gate_seconds(meter, NEW, "mrz") == {"mrz": 0.5}
