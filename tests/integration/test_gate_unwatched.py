"""A board so slow that a second person slips in between two readings, on a real wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from drivers.catalogue import BARRIERS, find
from egate.domain.record import CrossingRecord, CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, Outcome
from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.faults import CLEAN, WireFaults
from hardware_mocks.wire.pty import Pty
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.two_step_visit import READER, TwoStepVisit
from tests.gate_lane import Hall, hall
from tests.random_site import Site
from tests.random_world import GateAtSite, gate_at

SLOW: Final = WireFaults(delay_seconds=0.4)
SOMEBODY: Final = Traveller("SPECIMEN, A", Kind.GENUINE, "P001", "P001", "BGD", "X", "880412", 900)
_BODY_SECONDS: Final = 0.3
_TICK_SECONDS: Final = 0.02
_SPEED: Final = 3.0


class WiredSite(Site):
    """The lane of a random world with its board at the end of a line."""

    def __init__(self, pty: Pty) -> None:
        super().__init__(m.Flow.TWO_STEP)
        self.board = _Board(pty, motor_seconds=0.3)
        self.lane = self.board.lane
        self.barrier = find(BARRIERS, "modbus")(pty.path, {"door": "exit", "answer_seconds": 2.0})


class _Board(BarrierBoard):
    """Lets somebody walk past the reader's beam as soon as it was looked at."""

    followed = False

    def answer(self, request: bytes) -> bytes | None:
        answer = super().answer(request)
        looked = request[1:2] == b"\x02"  # read discrete inputs
        if self.followed and looked:
            self.followed = False
            self._cross(broken=True)
            asyncio.get_running_loop().call_later(_BODY_SECONDS, self._left)
        return answer

    def _left(self) -> None:
        self._cross(broken=False)

    def _cross(self, *, broken: bool) -> None:
        self.lane.presence[READER - 1] = broken


@asynccontextmanager
async def gate_on_a_wire(folder: Path, faults: WireFaults) -> AsyncIterator[GateAtSite]:
    with Pty(baud=None, faults=faults) as pty:
        site = WiredSite(pty)
        async with asyncio.TaskGroup() as tasks:
            board = tasks.create_task(site.board.run())
            async with aclosing(site.barrier), gate_at(site, folder) as lane:
                yield lane
            board.cancel()


async def visited(lane: GateAtSite, *, followed: bool) -> CrossingRecord:
    """Play one visit, up to its record."""

    def tell(event: str) -> None:
        if event == "stepped_in":
            lane.site.board.followed = followed  # type: ignore[attr-defined]

    visit = Play(TwoStepVisit(SOMEBODY, lane.site, tell, speed=_SPEED).script())
    now = asyncio.get_running_loop().time
    async with asyncio.timeout(40):
        while visit.tick(now()) or not lane.centre.records:  # noqa: ASYNC110 - as a world has it
            await asyncio.sleep(_TICK_SECONDS)
    (record,) = lane.centre.records
    return record


def single_person(record: CrossingRecord) -> Outcome:
    (found,) = [c.outcome for c in record.checks if c.check_id is CheckId.SINGLE_PERSON]
    return found


@pytest.mark.parametrize("followed", [True, False])
async def test_nobody_is_admitted_by_a_board_too_slow_to_count_people(
    tmp_path: Path,
    followed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async with gate_on_a_wire(tmp_path, SLOW) as lane:
        record = await visited(lane, followed=followed)
        assert not lane.site.exit_open
    assert (record.verdict, record.status) == (RecordVerdict.REFER, CrossingStatus.REFERRED)
    assert record.findings == (CheckId.SINGLE_PERSON.value,)
    assert single_person(record) is Outcome.UNDETERMINED


async def test_the_same_traveller_is_admitted_by_a_board_that_answers_in_time(
    tmp_path: Path,
) -> None:
    async with gate_on_a_wire(tmp_path, CLEAN) as lane:
        record = await visited(lane, followed=False)
    assert (record.verdict, record.status) == (RecordVerdict.ADMIT, CrossingStatus.COMPLETED)
    assert single_person(record) is Outcome.SUCCESSFUL


async def test_the_same_second_person_is_seen_by_a_board_that_answers_in_time(
    tmp_path: Path,
) -> None:
    async with gate_on_a_wire(tmp_path, CLEAN) as lane:
        record = await visited(lane, followed=True)
    assert record.findings == (CheckId.SINGLE_PERSON.value,)
    assert single_person(record) is Outcome.FAILED


async def test_a_lane_without_a_door_at_its_mouth_is_watched_from_the_beginning(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as h:
        await h.barrier.sense(replace(h.barrier.now, unwatched_seconds=1.5))
        await h.walk_up()
        await h.until(lambda: not getattr(h.state, "session", m.Idle()).watched)
        await h.present()
        await h.until_state(m.AwaitingOfficer)
        (record,) = await h.records(1)
    assert single_person(record) is Outcome.UNDETERMINED
    assert m.BarrierPosition.EXIT_OPEN not in h.barrier.positions


async def step_up_and_in(h: Hall, *, unwatched_before: float) -> None:
    """Go to the reader of a two-step lane, and in by a door that does not close by itself."""
    at_reader, inside = (True, False, False), (False, True, False)
    await h.barrier.sense(replace(h.barrier.now, presence=at_reader))
    await h.until_state(m.ReadingMrz)
    for tamper, seconds in ((True, unwatched_before), (False, 0.0)):  # both are a change
        await h.barrier.sense(replace(h.barrier.now, tamper=tamper, unwatched_seconds=seconds))
        await asyncio.sleep(0.01)
    await h.present()
    await h.until_state(m.Entering)
    await h.until(lambda: h.barrier.now.entry_open)
    h.barrier.jam()
    await h.barrier.sense(replace(h.barrier.now, presence=inside))
    await h.until(lambda: h.state.inside)


async def shut(h: Hall, unwatched_seconds: float) -> None:
    closed = replace(h.barrier.now, entry_open=False, entry_closed=True)
    await h.barrier.sense(replace(closed, unwatched_seconds=unwatched_seconds))


async def test_a_door_that_is_seen_closed_too_late_was_open_meanwhile(tmp_path: Path) -> None:
    async with hall(tmp_path, flow=m.Flow.TWO_STEP) as h:
        await step_up_and_in(h, unwatched_before=0.0)
        await shut(h, unwatched_seconds=1.5)
        await h.until_state(m.AwaitingOfficer)
        (record,) = await h.records(1)
    assert record.findings == (CheckId.SINGLE_PERSON.value,)


async def test_nobody_needs_to_look_before_a_closed_door(tmp_path: Path) -> None:
    async with hall(tmp_path, flow=m.Flow.TWO_STEP) as h:
        await step_up_and_in(h, unwatched_before=1.5)
        await shut(h, unwatched_seconds=0.0)
        await h.until_state(m.Passing)
        assert h.state.session.watched
