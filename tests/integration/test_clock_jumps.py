"""The time of day jumps under a lane: it closes, admits nobody, and records stay in order."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.gate.clocks import Clocks
from tests.gate_lane import CLOCKS, QUICK, Around, Centre, Hall, hall

DAY = 24 * 3600.0
TO_1970 = -time.time_ns() / 1e9 + 100.0
JUMPS = [DAY, -DAY, -120.0, pytest.param(TO_1970, id="to 1970"), 20 * 365 * DAY]
OPEN = m.BarrierPosition.EXIT_OPEN


class JumpingClock:
    def __init__(self) -> None:
        self.by = 0.0
        self.clocks = Clocks(CLOCKS.monotonic, lambda: CLOCKS.utc() + self.by)


async def turned_back(h: Hall) -> None:
    await h.walk_up()
    await h.until_state(m.ReadingMrz)
    await h.go_back()
    await h.until_state(m.Idle)


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_lane_whose_clock_jumps_closes_and_numbers_its_records_on(
    tmp_path: Path, jump: float
) -> None:
    clock, around = JumpingClock(), Around(clock_error=None)
    async with hall(tmp_path, surroundings=around, clocks=clock.clocks) as h:
        await turned_back(h)
        clock.by = jump
        await h.until_state(m.OutOfService)
        assert m.Condition.CLOCK_WRONG in h.state.lane.conditions
        clock.by = 0.0
        await h.until_state(m.Idle)
        await turned_back(h)
        records = await h.records(2)
    assert [record.gate_seq for record in records] == [1, 2]


@pytest.mark.parametrize("jump", JUMPS)
async def test_whoever_is_in_the_lane_when_it_jumps_is_referred_and_recorded_in_order(
    tmp_path: Path, jump: float
) -> None:
    clock, around = JumpingClock(), Around(clock_error=None)
    async with hall(tmp_path, surroundings=around, clocks=clock.clocks) as h:
        await turned_back(h)
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        clock.by = jump
        await h.until(lambda: m.Condition.CLOCK_WRONG in h.state.lane.conditions)
        await h.present()
        records = await h.records(2)
    assert OPEN not in h.barrier.positions
    assert [record.gate_seq for record in records] == [1, 2]
    assert records[1].status is CrossingStatus.REFERRED


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_jump_while_it_was_off_costs_no_record_and_no_number(
    tmp_path: Path, jump: float
) -> None:
    """With a time service in step, whose time is believed whatever the journal says."""
    clock = JumpingClock()
    async with hall(tmp_path, clocks=clock.clocks) as h:
        h.centre.away = True
        await turned_back(h)
    clock.by = jump
    async with hall(tmp_path, clocks=clock.clocks, centre=Centre(away=True)) as h:
        await turned_back(h)
        await h.until(lambda: h.gate.supervision.status().outbox_depth == 2)
        h.centre.away = False
        records = await h.records(2)
    assert [record.gate_seq for record in records] == [1, 2]  # as they were made, not by time
    assert (records[1].recorded_at > records[0].recorded_at) == (jump > 0)


async def test_a_leap_second_is_no_jump(tmp_path: Path) -> None:
    clock, around = JumpingClock(), Around(clock_error=None)
    slow = replace(QUICK, mrz_seconds=60)
    async with hall(tmp_path, surroundings=around, clocks=clock.clocks, policy=slow) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        clock.by = -1.0
        await h.present()
        await h.until(lambda: h.barrier.now.entry_open)
        await h.walk_through()
        (record,) = await h.records(1)
    assert record.status is CrossingStatus.COMPLETED
