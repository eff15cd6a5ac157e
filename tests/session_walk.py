"""Every history of a gate, up to a depth: breadth first, each state once.

``python -m tests.session_walk --depth 8 --json`` walks as deep as one has time for. The
laws are checked on every edge, and again for every state that was reached.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from egate.domain.record import CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.endings import may_be_inside
from egate.domain.session.machine import deadline_of, recover, step
from egate.domain.time import Instant
from egate.emrtd.checks import LANE_CHECKS
from tests.gate_samples import EVENTS, POLICY

NOW: Final = Instant(0.0)
_OF_NO_SESSION: Final = "reported"
# Enough for the longest way: let out, gone back, an officer's reset, restored, enabled.
_STEPS_HOME: Final = 12


@dataclass(frozen=True, slots=True)
class Point:
    """A gate as it stands: its state, and where its barrier was told to be."""

    state: m.State
    barrier: m.BarrierPosition


class LawBroken(AssertionError):
    """A history that must not be; the message is the events that lead there."""


@dataclass
class Walk:
    """What was walked.

    Args:
        points: how each was first reached: from where, by which event.
        edges: steps tried.

    """

    points: dict[Point, tuple[Point, str] | None] = field(default_factory=dict)
    edges: int = 0

    def history(self, point: Point) -> str:
        names: list[str] = []
        while (origin := self.points[point]) is not None:
            point, name = origin
            names.append(name)
        return ", ".join(reversed(names))


def walk(depth: int, events: Iterable[m.Event] = EVENTS) -> Walk:
    """Walk every history of up to ``depth`` events and check every law on the way."""
    start = Point(m.Idle(), m.BarrierPosition.CLOSED)
    done, edge = Walk({start: None}), [start]
    # Which way the lane serves is told to the next session, and changes nothing of this one.
    known = tuple(each for each in events if not isinstance(each, m.DirectionOrdered))
    for _ in range(depth):
        reached: list[Point] = []
        for point in edge:
            for name, taken in _taken(point.state, known):
                done.edges += 1
                after = Point(taken.state, _barrier(point.barrier, taken))
                broken = list(_broken(point, name, taken, after))
                if broken:
                    raise LawBroken(f"{broken}: {done.history(point)}, {name}")
                if after not in done.points:
                    done.points[after] = (point, name)
                    reached.append(after)
        edge = reached
    for point in done.points:
        _check_way_home(point, done)
    return done


def _taken(state: m.State, events: tuple[m.Event, ...]) -> Iterator[tuple[str, m.Step]]:
    deadline = deadline_of(state)
    own = () if deadline is None else (m.DeadlineReached(deadline),)
    for event in (*events, *own):
        yield _name(event), step(state, event, NOW, POLICY)
    yield "Restarted", recover(state, POLICY)


def _name(event: m.Event) -> str:
    match event:
        case m.TravellerEntered():
            return f"TravellerEntered({event.flow})"
        case m.DeviceFailed() | m.DeviceRestored() | m.LaneModeOrdered() | m.ConditionsChanged():
            return repr(event)
        case _:
            return type(event).__name__


def _barrier(before: m.BarrierPosition, taken: m.Step) -> m.BarrierPosition:
    told = [c.position for c in taken.commands if isinstance(c, m.SetBarrier)]
    return told[-1] if told else before


def _broken(before: Point, name: str, taken: m.Step, after: Point) -> Iterator[str]:
    """Give each law that the step breaks."""
    reports = [c for c in taken.commands if isinstance(c, m.Report)]
    owed, owes = _session(before.state), _session(after.state)
    if owed is not None and owes is None and len(reports) != 1:
        yield f"a session ended with {len(reports)} records"
    if not (owed is not None and owes is None) and reports:
        yield "a record of a session that goes on, or is over"
    if name == "EmergencyRaised" and taken.commands[0] != m.SetBarrier(m.BarrierPosition.RELEASED):
        yield "an emergency does not release first"
    for command in taken.commands:
        if isinstance(command, m.SetBarrier):
            yield from _broken_by_barrier(command, taken)
    if _is_unwatched(before.state):
        yield from _broken_by_serving_on(before.state, name, taken)
    yield from _broken_by_position(after)
    for report in reports:
        yield from _broken_by_report(report)


def _broken_by_barrier(command: m.SetBarrier, taken: m.Step) -> Iterator[str]:
    allowed = {
        (m.BarrierPosition.EXIT_OPEN, True): (m.Passing,),
        (m.BarrierPosition.ENTRY_OPEN, True): (m.Entering,),
        (m.BarrierPosition.ENTRY_OPEN, False): (m.Releasing, m.AwaitingOfficer),
        (m.BarrierPosition.RELEASED, False): (m.Evacuating,),
        (m.BarrierPosition.CLOSED, False): (object,),
    }
    warranted = command.warrant is not None
    if not isinstance(taken.state, allowed.get((command.position, warranted), ())):
        yield f"{command} leads to {type(taken.state).__name__}"


def _is_unwatched(state: m.State) -> bool:
    session: m.Session | None = getattr(state, "session", None)
    return session is not None and not session.watched


def _broken_by_serving_on(before: m.State, name: str, taken: m.Step) -> Iterator[str]:
    """Nobody can vouch for a single person: nobody is let over the border, and an officer looks."""
    doors = [c.position for c in taken.commands if isinstance(c, m.SetBarrier) and c.warrant]
    if m.BarrierPosition.EXIT_OPEN in doors:
        yield "the border opens for somebody who may not be alone"
    passed = isinstance(before, m.Passing) and name == "PassageConfirmed"
    if passed and not isinstance(taken.state, m.AwaitingOfficer):
        yield "an unwatched passage, and no officer looks"


def _broken_by_position(point: Point) -> Iterator[str]:
    wanted = _wanted(point.state)
    if point.barrier is not wanted:
        yield f"the barrier is {point.barrier.value} and should be {wanted.value}"


def _wanted(state: m.State) -> m.BarrierPosition:
    match state:
        case m.Passing():
            return m.BarrierPosition.EXIT_OPEN
        case m.Entering(inside=False) | m.Releasing():
            return m.BarrierPosition.ENTRY_OPEN
        case m.AwaitingOfficer(occupancy=m.Occupancy(inside=True, way_back_at=None)):
            return m.BarrierPosition.ENTRY_OPEN
        case m.Evacuating():
            return m.BarrierPosition.RELEASED
        case _:
            return m.BarrierPosition.CLOSED


def _broken_by_report(report: m.Report) -> Iterator[str]:
    if [c.check_id for c in report.checks] != list(LANE_CHECKS):
        yield "a record without every check once"
    if bool(report.findings) != (report.verdict is RecordVerdict.REFER):
        yield "findings without a referral, or none with one"
    completed = report.status is CrossingStatus.COMPLETED
    if report.passage_confirmed != completed:
        yield "completed without a passage, or the other way"
    if completed and report.verdict is not RecordVerdict.ADMIT:
        yield "completed without an admission"


def _session(state: m.State) -> m.SessionId | None:
    session = getattr(state, "session", None)
    return None if session is None else session.id


def _check_way_home(point: Point, done: Walk) -> None:
    """See that nobody is trapped at ``point``, and that the lane can serve again."""
    state = point.state
    if may_be_inside(state) and point.barrier is m.BarrierPosition.CLOSED:
        if deadline_of(state) is None:
            raise LawBroken(f"trapped: {done.history(point)}")
        _check_deadlines_let_out(state, done.history(point))
    home: tuple[m.Event, ...] = (
        m.EmergencyInputEnded(),
        m.TravellerLeft(),
        m.OfficerReset(),
        m.TravellerLeft(),
        *(m.DeviceRestored(device) for device in ("camera", "barrier")),
        m.LaneModeOrdered(m.LaneMode.ENABLED),
        m.ConditionsChanged(frozenset()),
    )
    for event in home:
        state = step(state, event, NOW, POLICY).state
    if state != m.Idle():
        raise LawBroken(f"wedged in {type(state).__name__}: {done.history(point)}")


def _check_deadlines_let_out(state: m.State, history: str) -> None:
    barrier = m.BarrierPosition.CLOSED
    for _ in range(_STEPS_HOME):
        deadline = deadline_of(state)
        if deadline is None:
            break
        taken = step(state, m.DeadlineReached(deadline), deadline, POLICY)
        state, barrier = taken.state, _barrier(barrier, taken)
        if barrier is not m.BarrierPosition.CLOSED:
            return
    raise LawBroken(f"no deadline opens the way back: {history}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    began = time.perf_counter()
    done = walk(arguments.depth)
    found = {
        "depth": arguments.depth,
        "states": len(done.points),
        "steps": done.edges,
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(found) if arguments.json else found)  # noqa: T201 - a command


if __name__ == "__main__":
    main()
