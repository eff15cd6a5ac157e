"""What stands against full service closes a whole lane, and the lane returns by itself."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.conditions import ConditionLimits
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.gate.clocks import Clocks
from egate.gate.conditions import DiskSpace, LaneConditions
from egate.gate.inbox import Inbox
from egate.gate.machine_readings import disk_used, max_clock_error
from egate.observability.logging import configure_logging
from egate.ports.supervision import GateMode, OfficerOrder
from tests.gate_lane import CLOCKS, QUICK, Around, Centre, Hall, hall
from tests.gate_samples import SECRETS

SOON = ConditionLimits(item_left_seconds=0.6, way_out_seconds=0.6)


def found(h: Hall) -> set[m.Condition]:
    return set(h.state.lane.conditions)


async def test_a_full_disk_closes_the_lane_until_there_is_room(tmp_path: Path) -> None:
    around = Around()
    async with hall(tmp_path, surroundings=around) as h:
        around.disk_used = 0.85
        await h.until(lambda: found(h) == {m.Condition.DISK_FILLING})
        assert isinstance(h.state, m.Idle)
        around.disk_used = 0.96
        await h.until_state(m.OutOfService)
        assert found(h) == {m.Condition.DISK_FULL}
        around.disk_used = 0.5
        await h.until_state(m.Idle)
        assert not found(h)


async def test_a_disk_that_fills_under_way_admits_nobody(tmp_path: Path) -> None:
    around = Around()
    async with hall(tmp_path, surroundings=around) as h:
        await h.walk_up()
        around.disk_used = 0.96
        await h.until(lambda: found(h))
        await h.present()
        (record,) = await h.records(1)
        assert record.status is CrossingStatus.REFERRED
        assert record.findings == ("BACKGROUND.SERVICE",)


async def test_a_lane_begins_closed_where_the_disk_is_full(tmp_path: Path) -> None:
    async with hall(tmp_path, surroundings=Around(disk_used=0.99)) as h:
        await h.until_state(m.OutOfService)
        await h.walk_up()
        assert isinstance(h.state, m.OutOfService)
        assert m.LaneSignal.READY not in h.barrier.signals  # nobody was called in


async def test_a_clock_that_is_wrong_closes_the_lane_until_it_is_right(tmp_path: Path) -> None:
    shift = 0.0
    clocks = Clocks(CLOCKS.monotonic, lambda: CLOCKS.utc() + shift)
    around = Around(clock_error=None)
    async with hall(tmp_path, surroundings=around, clocks=clocks) as h:
        await h.until(lambda: found(h) == {m.Condition.CLOCK_DRIFTING})
        assert isinstance(h.state, m.Idle)
        shift = 3600.0
        await h.until_state(m.OutOfService)
        assert found(h) == {m.Condition.CLOCK_WRONG}
        around.clock_error = 0.1
        await h.until_state(m.Idle)


async def test_a_clock_before_the_journal_is_wrong(tmp_path: Path) -> None:
    async with hall(tmp_path):
        pass
    early = Clocks(CLOCKS.monotonic, lambda: 1_000_000.0 + CLOCKS.monotonic())
    around = Around(clock_error=None)
    async with hall(tmp_path, surroundings=around, clocks=early) as h:
        await h.until_state(m.OutOfService)
        assert found(h) == {m.Condition.CLOCK_WRONG}


async def test_a_lane_serves_only_while_a_console_shows_it(tmp_path: Path) -> None:
    moments = {"now": 0.0}
    clocks = Clocks(lambda: CLOCKS.monotonic() + moments["now"], CLOCKS.utc)
    around, slow = Around(officer_required=True), replace(QUICK, passage_seconds=60)
    async with hall(tmp_path, surroundings=around, clocks=clocks, policy=slow) as h:
        await h.until_state(m.OutOfService)
        assert found(h) == {m.Condition.NO_OFFICER}
        with h.gate.supervision.attended():
            await h.until_state(m.Idle)
            await h.walk_up()
            await h.present()
            await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.EXIT_OPEN)
        moments["now"] += 10
        await h.until(lambda: found(h) == {m.Condition.NO_OFFICER})
        await h.walk_through()  # whoever is in the lane is served
        (record,) = await h.records(1)
        assert record.status is CrossingStatus.COMPLETED
        await h.until_state(m.OutOfService)


async def test_a_centre_that_is_away_is_known_and_stops_nobody(tmp_path: Path) -> None:
    async with hall(tmp_path, centre=Centre(away=True)) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.go_back()
        await h.until(lambda: found(h) == {m.Condition.CENTRE_AWAY})
        await h.until_state(m.Idle)
        h.centre.away = False
        await h.until(lambda: not found(h))


async def test_what_stays_at_the_reader_closes_the_lane_until_it_is_taken(tmp_path: Path) -> None:
    policy, around = replace(QUICK, mrz_seconds=0.05), Around(limits=SOON)
    async with hall(tmp_path, policy=policy, surroundings=around) as h:
        await h.walk_up()
        await h.until_state(m.AwaitingOfficer)
        h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.until(lambda: found(h) == {m.Condition.ITEM_LEFT})
        assert isinstance(h.state, m.OutOfService)
        assert h.gate.runner.message is m.TravellerMessage.TAKE_YOUR_THINGS
        await h.beams()
        await h.until_state(m.Idle)


async def test_whoever_stands_behind_the_exit_closes_the_lane(tmp_path: Path) -> None:
    async with hall(tmp_path, surroundings=Around(limits=SOON)) as h:
        await h.beams(behind=True)
        await h.until_state(m.OutOfService)
        assert found(h) == {m.Condition.WAY_OUT_BLOCKED}
        await h.beams()
        await h.until_state(m.Idle)


async def test_beams_of_a_lost_barrier_say_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path, surroundings=Around(limits=SOON)) as h:
        await h.beams(behind=True)
        await h.until(lambda: found(h) == {m.Condition.WAY_OUT_BLOCKED})
        await h.barrier.fail()
        await h.until(lambda: not found(h))


def test_a_disk_that_cannot_be_asked_keeps_what_it_last_said() -> None:
    answers = iter([0.99, OSError(), 0.1])

    def used() -> float:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    disk = DiskSpace(used, ConditionLimits())
    full = {m.Condition.DISK_FULL}
    assert [disk.conditions() for _ in range(3)] == [full, full, set()]


async def test_the_whole_set_is_posted_whenever_it_changes() -> None:
    class Source:
        def __init__(self) -> None:
            self.now: frozenset[m.Condition] = frozenset()

        def conditions(self) -> frozenset[m.Condition]:
            return self.now

    one, other, inbox = Source(), Source(), Inbox()
    conditions = LaneConditions([one, other], inbox)
    conditions.look()
    one.now = frozenset({m.Condition.CENTRE_AWAY})
    conditions.look()
    other.now = frozenset({m.Condition.LISTS_STALE})
    conditions.look()
    conditions.look()
    one.now = other.now = frozenset()
    conditions.look()
    inbox.post(m.SecondPersonDetected())
    posted = [await inbox.next() for _ in range(4)]
    assert posted == [
        m.ConditionsChanged(frozenset({m.Condition.CENTRE_AWAY})),
        m.ConditionsChanged(frozenset({m.Condition.CENTRE_AWAY, m.Condition.LISTS_STALE})),
        m.ConditionsChanged(frozenset()),
        m.SecondPersonDetected(),
    ]


def test_this_machine_tells_its_disk_and_its_clock(tmp_path: Path) -> None:
    assert 0 < disk_used(tmp_path / "journal.sqlite")() < 1
    error = max_clock_error()
    assert error is None or error >= 0
    with pytest.raises(FileNotFoundError):
        disk_used(tmp_path / "away" / "journal.sqlite")()


async def test_the_status_says_what_the_lane_is_for_and_why(tmp_path: Path) -> None:
    around = Around()
    async with hall(tmp_path, surroundings=around) as h:
        status = h.gate.supervision.status
        assert (status().mode, status().conditions) == (GateMode.ENABLED, ())
        assert (status().flow, status().direction) == ("one_step", "entry")
        around.clock_error = 10.0
        await h.until(lambda: status().conditions == ("clock_drifting",))
        assert status().mode == GateMode.ENABLED  # a warning takes nothing away
        around.disk_used = 0.99
        await h.until(lambda: status().conditions == ("clock_drifting", "disk_full"))
        assert status().mode == GateMode.DEGRADED
        h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await h.until(lambda: status().mode == GateMode.EMERGENCY)


async def test_a_lost_device_is_a_degraded_lane(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.gate.runner.state = m.Idle(m.Lane(frozenset({"camera"})))
        assert h.gate.supervision.status().mode == GateMode.DEGRADED


@pytest.mark.parametrize(
    ("order", "mode", "state"),
    [
        (OfficerOrder.MAINTENANCE, GateMode.MAINTENANCE, m.OutOfService),
        (OfficerOrder.CLOSE_LANE, GateMode.DISABLED, m.OutOfService),
        (OfficerOrder.FEEDER, GateMode.FEEDER, m.Idle),
    ],
)
async def test_an_officer_orders_what_the_lane_is_for(
    tmp_path: Path, order: OfficerOrder, mode: GateMode, state: type
) -> None:
    async with hall(tmp_path) as h:
        supervision = h.gate.supervision
        assert supervision.order(order, "officer-1")
        await h.until(lambda: supervision.status().mode == mode)
        assert isinstance(h.state, state)
        assert not supervision.order(order, "officer-1")
        assert supervision.order(OfficerOrder.OPEN_LANE, "officer-1")
        await h.until(lambda: supervision.status().mode == GateMode.ENABLED)
        assert isinstance(h.state, m.Idle)


async def test_a_feeder_prepares_the_case_for_the_desk(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.gate.supervision.order(OfficerOrder.FEEDER, "officer-1")
        await h.until(lambda: h.state.lane.mode is m.LaneMode.FEEDER)
        await h.walk_up()
        await h.present()
        (record,) = await h.records(1)
        assert record.findings == ("BACKGROUND.SERVICE",)


async def test_a_late_reset_does_not_settle_the_next_case(tmp_path: Path) -> None:
    async with hall(tmp_path, policy=replace(QUICK, mrz_seconds=0.05)) as h:
        await h.walk_up()
        await h.until_state(m.AwaitingOfficer)
        supervision = h.gate.supervision
        for earlier in ("", "0197f000-0000-7000-8000-000000000001"):
            assert not supervision.order(OfficerOrder.RESET, "officer-1", earlier)
        assert not supervision.order(OfficerOrder.RELEASE, "officer-1")  # nobody is inside
        crossing_id = supervision.status().crossing_id
        assert supervision.order(OfficerOrder.RESET, "officer-1", crossing_id)
        await h.until_state(m.Idle)


async def test_a_console_that_saw_no_crossing_ends_an_evacuation(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await h.until_state(m.Evacuating)
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-1", "")
        await h.until_state(m.Idle)


async def test_an_officer_lets_out_whoever_is_inside(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        inside = m.AwaitingOfficer(m.SessionId("a"), (), occupancy=m.Occupancy(inside=True))
        h.gate.runner.state = inside
        assert h.gate.supervision.order(OfficerOrder.RELEASE, "officer-1")
        await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.ENTRY_OPEN)


async def test_the_button_lets_out_whoever_is_inside(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        inside = m.AwaitingOfficer(m.SessionId("a"), (), occupancy=m.Occupancy(inside=True))
        h.gate.runner.state = inside
        await h.barrier.sense(replace(h.barrier.now, release_button=True))
        await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.ENTRY_OPEN)
        told = len(h.barrier.positions)
        h.gate.runner.state = inside
        await h.beams(mouth=True)  # held down, it asks once
        assert len(h.barrier.positions) == told
        await h.barrier.sense(replace(h.barrier.now, release_button=False))
        await h.beams()
        await h.barrier.sense(replace(h.barrier.now, release_button=True))
        await h.until(lambda: len(h.barrier.positions) > told)


async def test_an_alarm_is_one_line_without_a_name(tmp_path: Path) -> None:
    log = io.StringIO()
    configure_logging(log)
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.present()
        await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.EXIT_OPEN)
        await h.beams(mouth=True, reader=True)  # somebody follows
        await h.until_state(m.AwaitingOfficer)
        crossing_id = h.gate.supervision.status().crossing_id
        h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await h.until_state(m.Evacuating)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    alarms = [line for line in lines if line["event"].startswith("alarm")]
    assert [line["event"] for line in alarms] == ["alarm tailgating", "alarm evacuation"]
    for line in alarms:
        assert line["crossing_id"] == crossing_id
        assert not any(secret in str(line) for secret in SECRETS)


async def test_a_condition_is_named_in_the_log(tmp_path: Path) -> None:
    log, around = io.StringIO(), Around(disk_used=0.99)
    configure_logging(log)
    async with hall(tmp_path, surroundings=around) as h:
        await h.until_state(m.OutOfService)
        around.disk_used = 0.1
        await h.until_state(m.Idle)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = [(each["condition"], each["outcome"]) for each in lines if each["event"] == "condition"]
    assert told == [("disk_full", "begins"), ("disk_full", "ends")]
