"""For how long nobody looked at a lane, as a barrier's driver tells it; in virtual time."""

import asyncio
from contextlib import aclosing

import pytest

from drivers.barrier.controlled import ControlledBarrier, ControlledOptions
from drivers.barrier.doors import ALL_CLOSED, DoorsOpen
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import BarrierSensors
from tests.virtual_time import run_virtually

POLL_SECONDS = 0.05
SOON = 0.02


class Board:
    """Answers after ``seconds``, each time; its doors are where they were told to be."""

    has_face_light = False

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.doors = ALL_CLOSED
        self.beams = (False, False, False)

    async def move_doors(self, doors: DoorsOpen) -> None:
        await asyncio.sleep(self.seconds)
        self.doors = doors

    async def show(self, _: LaneSignal) -> None:
        await asyncio.sleep(self.seconds)

    async def switch_face_light(self, *, on: bool) -> None: ...

    async def sound(self, *, on: bool) -> None: ...

    async def beat(self, *, phase: bool) -> None:
        await asyncio.sleep(self.seconds)

    async def read(self) -> BarrierSensors:
        await asyncio.sleep(self.seconds)
        entry, border = self.doors.entry, self.doors.exit
        return BarrierSensors(not entry, entry, not border, border, presence=self.beams)

    def close(self) -> None:
        pass


def unwatched(board: Board, looks: int, *moves: BarrierPosition) -> list[float]:
    """Return what so many sensors tell, while the doors move."""

    async def look() -> list[float]:
        barrier, told = ControlledBarrier(board, ControlledOptions(door="exit")), list[float]()
        async with asyncio.TaskGroup() as tasks, aclosing(barrier.sensors()) as sensors:
            for move in moves:
                tasks.create_task(barrier.set_position(move))
            while len(told) < looks:
                told.append((await anext(sensors)).unwatched_seconds)
        return told

    return run_virtually(look())


def test_the_first_look_follows_none() -> None:
    assert unwatched(Board(SOON), 1) == [0.0]


@pytest.mark.parametrize("seconds", [SOON, 0.1, 0.4])
def test_from_one_answer_to_the_next_nobody_looked(seconds: float) -> None:
    once = POLL_SECONDS + seconds
    with_heartbeat = once + seconds
    _, *told = unwatched(Board(seconds), 12)
    assert min(told) == pytest.approx(once)
    assert max(told) == pytest.approx(with_heartbeat)


def test_a_board_that_is_in_time_tells_so_while_its_doors_move() -> None:
    moves = (BarrierPosition.ENTRY_OPEN, BarrierPosition.EXIT_OPEN)
    assert max(unwatched(Board(SOON), 12, *moves)) < 0.2


def test_one_look_that_came_late_is_told_once_and_at_once() -> None:
    class Stalling(Board):
        reads = 0

        async def read(self) -> BarrierSensors:
            self.reads += 1
            self.beams = (self.reads > 2, False, False)
            await asyncio.sleep(0.6 if self.reads == 3 else 0)
            return await super().read()

    _, late, *others = unwatched(Stalling(SOON), 6)
    assert late == pytest.approx(POLL_SECONDS + 0.6 + SOON)
    assert max(others) < 0.2


def test_a_look_that_came_late_is_not_lost_when_nothing_is_told_of_it() -> None:
    class Stalling(Board):
        reads = 0

        async def read(self) -> BarrierSensors:
            self.reads += 1
            await asyncio.sleep(0.1 if self.reads == 2 else 0)
            return await super().read()

    _, told, *_ = unwatched(Stalling(SOON), 3)
    assert told == pytest.approx(POLL_SECONDS + 0.1 + SOON)


def test_the_time_makes_no_other_sensors() -> None:
    assert BarrierSensors(unwatched_seconds=1.0) == BarrierSensors()
