"""What every barrier promises, against boards written from their specifications."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import pytest

from drivers.catalogue import BARRIERS, find
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import Barrier, BarrierSensors, DeviceError, DriverOptionError
from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.lane import Coil
from hardware_mocks.barrier.turnstile import TurnstileController
from hardware_mocks.faults import WireFaults
from hardware_mocks.wire.pty import Pty

CLOSED, OPEN, RELEASED = BarrierPosition.CLOSED, BarrierPosition.EXIT_OPEN, BarrierPosition.RELEASED
FAULTS = {
    "clean": WireFaults(),
    "noise": WireFaults(noise_before=b"\x00\xff"),
    "byte by byte": WireFaults(one_byte_at_a_time=True),
    "spoiled": WireFaults(seed=1, spoil_first=1),
    "silent": WireFaults(silent_first=2),
}
BOARDS = {"modbus": BarrierBoard, "turnstile": TurnstileController}
WITH_LIGHT: dict[str, dict[str, int | bool]] = {
    "modbus": {"coil_face_light": Coil.FACE_LIGHT.value},
    "turnstile": {"face_light": True},
}


@dataclass
class Lane:
    barrier: Barrier
    board: BarrierBoard | TurnstileController
    pty: Pty


async def lane_with(
    driver: str,
    faults: WireFaults = FAULTS["clean"],
    *,
    motor_seconds: float = 0.1,
    driver_motor_seconds: float = 6.0,
    **options: float | str,
) -> AsyncIterator[Lane]:
    with Pty(baud=None, faults=faults) as pty:
        barrier = find(BARRIERS, driver)(
            pty.path,
            {
                "answer_seconds": 0.2,
                "poll_seconds": 0.01,
                "motor_seconds": driver_motor_seconds,
                **options,
            },
        )
        board = BOARDS[driver](pty, motor_seconds=motor_seconds)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(board.run())
            async with aclosing(barrier):
                yield Lane(barrier, board, pty)
            running.cancel()


Lanes = Callable[..., AsyncIterator[Lane]]


@pytest.fixture(params=BOARDS)
def driver(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def lanes(driver: str) -> Lanes:
    return partial(lane_with, driver)


@pytest.fixture(params=FAULTS)
async def bad_lane(request: pytest.FixtureRequest, lanes: Lanes) -> AsyncIterator[Lane]:
    async for made in lanes(FAULTS[request.param]):
        yield made


@pytest.fixture
async def lane(lanes: Lanes) -> AsyncIterator[Lane]:
    async for made in lanes():
        yield made


async def until(barrier: Barrier, condition: Callable[[BarrierSensors], bool]) -> BarrierSensors:
    async with asyncio.timeout(5), aclosing(barrier.sensors()) as sensors:
        async for now in sensors:
            if condition(now):
                return now
    raise AssertionError("the sensors ended")


async def in_order(barrier: Barrier) -> bool:
    try:
        await barrier.check()
    except DeviceError:
        return False
    return True


async def test_moves_and_confirms(bad_lane: Lane) -> None:
    barrier, lane = bad_lane.barrier, bad_lane.board.lane
    async with asyncio.timeout(10):
        await barrier.set_position(OPEN)
        assert (lane.entry.opened, lane.exit.opened) == (1.0, 0.0)
        await barrier.set_position(RELEASED)
        assert (lane.entry.opened, lane.exit.opened) == (1.0, 1.0)
        await barrier.set_position(CLOSED)
        assert (lane.entry.opened, lane.exit.opened) == (0.0, 0.0)
        await barrier.set_position(CLOSED)


@pytest.mark.parametrize("signal", LaneSignal)
async def test_shows_signals(lane: Lane, signal: LaneSignal) -> None:
    await lane.barrier.set_signal(LaneSignal.STOP)
    await lane.barrier.set_signal(signal)
    assert lane.board.lane.light == signal.value


async def test_switches_the_light_on_the_face(lanes: Lanes, driver: str) -> None:
    async for lane in lanes(**WITH_LIGHT[driver]):
        light = lane.barrier.face_light
        assert light is not None
        for level, on in ((1.0, True), (0.4, False), (0.5, True), (0.0, False)):
            await light.set_level(level)
            assert lane.board.lane.face_light == on


async def test_a_light_and_the_doors_share_the_line(lanes: Lanes, driver: str) -> None:
    async for lane in lanes(**WITH_LIGHT[driver]):
        light = lane.barrier.face_light
        assert light is not None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(lane.barrier.set_position(OPEN))
            for number in range(6):
                tasks.create_task(light.set_level(number % 2))
        assert lane.board.lane.entry.opened == 1.0
        assert lane.board.lane.face_light


async def test_a_light_that_the_board_lacks_fails_alone() -> None:
    async for lane in lane_with("modbus", coil_face_light=30):
        light = lane.barrier.face_light
        assert light is not None
        with pytest.raises(DeviceError, match="refused coil 30"):
            await light.set_level(1.0)
        await lane.barrier.set_position(OPEN)
        await lane.barrier.check()


async def test_a_lane_without_a_light_says_so(lane: Lane) -> None:
    assert lane.barrier.face_light is None


async def test_gives_every_sensor(lane: Lane) -> None:
    at_rest = await until(lane.barrier, lambda _: True)
    assert at_rest == BarrierSensors(entry_closed=True, exit_closed=True)
    world = lane.board.lane
    world.presence[:] = [True, False, True]
    world.obstructed = world.emergency = world.tamper = True
    now = await until(lane.barrier, lambda now: now.entry_open and now.exit_open)
    assert now == BarrierSensors(
        entry_open=True,
        exit_open=True,
        presence=(True, False, True),
        safety_edge=True,
        emergency_release=True,
        tamper=True,
    )


@pytest.mark.parametrize("wiring", [{"input_release_button": 10}, {}])
async def test_the_button_between_the_barriers_is_an_input_where_it_is_wired(
    lanes: Lanes, wiring: dict[str, int]
) -> None:
    async for lane in lanes(**wiring):
        assert not (await until(lane.barrier, lambda _: True)).release_button
        lane.board.lane.release_button = lane.board.lane.tamper = True
        assert (await until(lane.barrier, lambda now: now.tamper)).release_button is bool(wiring)
        lane.board.lane.release_button = lane.board.lane.tamper = False
        assert not (await until(lane.barrier, lambda now: not now.tamper)).release_button


async def test_a_move_is_not_confirmed_by_what_was_read_before_it(lanes: Lanes) -> None:
    async for lane in lanes(poll_seconds=0.2):
        await lane.barrier.check()  # closed, as read now
        lane.board.lane.entry.opened = 1.0
        await lane.barrier.set_position(CLOSED)
        assert lane.board.lane.entry.opened == 0.0


async def test_a_later_position_overtakes_an_earlier_one(lanes: Lanes) -> None:
    async for lane in lanes(motor_seconds=60):  # no door arrives before it is overtaken
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
            opening = tasks.create_task(lane.barrier.set_position(OPEN))
            await until(lane.barrier, lambda now: not now.entry_closed)
            releasing = tasks.create_task(lane.barrier.set_position(RELEASED))
            await opening
            await until(lane.barrier, lambda now: not now.exit_closed)
            assert not releasing.done()
            releasing.cancel()


@pytest.mark.parametrize("silent", [0, 2, 4], ids=["well", "hesitating", "failing"])
@pytest.mark.parametrize("last", [CLOSED, RELEASED])
async def test_the_last_position_wanted_is_the_last_on_the_wire(
    lanes: Lanes, silent: int, last: BarrierPosition
) -> None:
    async for lane in lanes(WireFaults(silent_first=silent), motor_seconds=0):
        world = lane.board.lane
        moves = [
            asyncio.ensure_future(lane.barrier.set_position(position))  # noqa: TID251 - awaited
            for position in (OPEN, CLOSED, OPEN)
        ]
        await asyncio.sleep(0.05)  # the first one is in the middle of its exchange
        moves += [
            asyncio.ensure_future(lane.barrier.set_position(position))  # noqa: TID251 - awaited
            for position in (OPEN, last)
        ]
        async with asyncio.timeout(10):
            results = await asyncio.gather(*moves, return_exceptions=True)  # noqa: TID251
            if isinstance(results[-1], DeviceError):
                await lane.barrier.set_position(last)
        assert world.coils[Coil.ENTRY_OPEN] == world.coils[Coil.EXIT_OPEN] == (last is RELEASED)
        async with asyncio.timeout(5):
            for _ in range(3):  # nothing that was overtaken comes later
                await lane.barrier.check()
        assert world.coils[Coil.ENTRY_OPEN] == (last is RELEASED)


async def test_a_cancelled_move_leaves_it_usable(lane: Lane) -> None:
    for seconds in (0.0, 0.001, 0.01, 0.03):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await lane.barrier.set_position(OPEN)
        await lane.barrier.set_position(CLOSED)
    await lane.barrier.set_position(OPEN)


async def test_the_heartbeat_goes_out_while_somebody_listens(lane: Lane) -> None:
    beats = [lane.board.lane.coils[Coil.WATCHDOG]]
    async with aclosing(lane.barrier.sensors()) as sensors, asyncio.timeout(5):
        async for _ in sensors:
            lane.board.lane.tamper = not lane.board.lane.tamper  # makes the next one come
            if (beat := lane.board.lane.coils[Coil.WATCHDOG]) != beats[-1]:
                beats.append(beat)
            if len(beats) == 3:
                break
    assert beats == [False, True, False]


async def test_a_motor_that_does_not_move_is_named(lanes: Lanes) -> None:
    async for lane in lanes(motor_seconds=60, driver_motor_seconds=0.1):
        with pytest.raises(DeviceError, match=r"not exit_open after 0.1 s.*motor"):
            await lane.barrier.set_position(OPEN)


async def test_a_lane_that_stands_open_is_not_in_order_again(lanes: Lanes) -> None:
    async for lane in lanes(motor_seconds=0, driver_motor_seconds=0.5):
        world = lane.board.lane
        await lane.barrier.set_position(OPEN)
        world.motor_seconds = 60
        with pytest.raises(DeviceError, match="not closed"):
            await lane.barrier.set_position(CLOSED)
        with pytest.raises(DeviceError, match="not closed"):
            await lane.barrier.check()
        world.motor_seconds = 0
        await until(lane.barrier, lambda now: now.entry_closed)
        await lane.barrier.check()


async def test_a_board_that_forgot_to_close_is_told_again_before_it_is_in_order(
    lanes: Lanes,
) -> None:
    async for lane in lanes(motor_seconds=0):
        world = lane.board.lane
        await lane.barrier.set_position(CLOSED)
        world.coils[Coil.ENTRY_OPEN] = True
        await until(lane.barrier, lambda now: now.entry_open)
        assert not await in_order(lane.barrier)
        assert not world.coils[Coil.ENTRY_OPEN]
        async with asyncio.timeout(5):
            while not await in_order(lane.barrier):
                pass


async def test_doors_that_do_not_release_are_not_given_up(lanes: Lanes) -> None:
    async for lane in lanes(motor_seconds=60, driver_motor_seconds=0.1):
        with pytest.raises(DeviceError, match="not released"):
            await lane.barrier.set_position(RELEASED)
        await lane.barrier.check()  # so that the gate watches, and tells them again


async def test_a_lost_board_is_never_told_again_to_open(lanes: Lanes) -> None:
    async for lane in lanes(motor_seconds=0):
        world = lane.board.lane
        await lane.barrier.set_position(OPEN)
        world.coils[Coil.ENTRY_OPEN] = False
        await until(lane.barrier, lambda now: now.entry_closed)
        await lane.barrier.check()
        assert not world.coils[Coil.ENTRY_OPEN]


@pytest.mark.parametrize("cause", ["emergency", "obstructed"])
async def test_doors_that_are_held_open_are_in_order(lanes: Lanes, cause: str) -> None:
    async for lane in lanes(motor_seconds=0):
        world = lane.board.lane
        await lane.barrier.set_position(OPEN)
        setattr(world, cause, True)
        async with asyncio.TaskGroup() as tasks:
            closing = tasks.create_task(lane.barrier.set_position(CLOSED))
            await until(lane.barrier, lambda now: now.emergency_release or now.safety_edge)
            await lane.barrier.check()
            closing.cancel()


async def test_a_person_in_the_way_of_the_door_is_no_failure_of_the_motor(lanes: Lanes) -> None:
    async for lane in lanes(driver_motor_seconds=0.3):
        await lane.barrier.set_position(OPEN)
        lane.board.lane.obstructed = True
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
            closing = tasks.create_task(lane.barrier.set_position(CLOSED))
            done, _ = await asyncio.wait((closing,), timeout=0.5)
            assert not done
            lane.board.lane.obstructed = False
            await closing


async def never_both(lane: Lane, moving: "asyncio.Task[None]") -> list[tuple[float, float]]:
    """Follow the doors until ``moving`` ends; at most one of them is ever off its switch."""
    seen = []
    world = lane.board.lane
    while not moving.done():
        seen.append((world.entry.opened, world.exit.opened))
        assert 0.0 in seen[-1], seen[-1]
        await asyncio.sleep(0.002)
    await moving
    return seen


@pytest.mark.parametrize(
    ("first", "second"),
    [(BarrierPosition.ENTRY_OPEN, OPEN), (OPEN, BarrierPosition.ENTRY_OPEN)],
)
async def test_one_door_closes_before_the_other_opens(
    lanes: Lanes, first: BarrierPosition, second: BarrierPosition
) -> None:
    async for lane in lanes(door="exit"):
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            for position in (first, second, first, CLOSED, second):
                moving = tasks.create_task(lane.barrier.set_position(position))
                await never_both(lane, moving)
                entry, exit_ = lane.board.lane.entry.opened, lane.board.lane.exit.opened
                assert entry == (position is BarrierPosition.ENTRY_OPEN)
                assert exit_ == (position is OPEN)
            moving = tasks.create_task(lane.barrier.set_position(first))
            await until(lane.barrier, lambda now: now.entry_open or now.exit_open)
            moving = tasks.create_task(lane.barrier.set_position(second))  # overtakes it
            await never_both(lane, moving)


async def test_a_door_that_does_not_close_keeps_the_other_closed(lanes: Lanes) -> None:
    async for lane in lanes(door="exit", motor_seconds=0, driver_motor_seconds=0.2):
        world = lane.board.lane
        await lane.barrier.set_position(OPEN)
        world.motor_seconds = 60
        with pytest.raises(DeviceError, match=r"not entry_open after 0.2 s"):
            await lane.barrier.set_position(BarrierPosition.ENTRY_OPEN)
        assert not world.coils[Coil.ENTRY_OPEN]


async def test_a_door_is_closed_again_when_the_other_is_pushed_while_it_opens(lanes: Lanes) -> None:
    async for lane in lanes(door="exit", motor_seconds=2):
        world = lane.board.lane
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
            opening = tasks.create_task(lane.barrier.set_position(OPEN))
            await until(lane.barrier, lambda now: not now.exit_closed)
            world.entry.pushed = True
            now = await until(lane.barrier, lambda now: now.forced)
            assert not now.exit_open
            await until(lane.barrier, lambda now: now.exit_closed)
            world.entry.pushed = False
            world.motor_seconds = 0.1
            await opening
        assert (world.entry.opened, world.exit.opened) == (0.0, 1.0)


async def test_released_doors_open_together_in_a_lane_of_two(lanes: Lanes) -> None:
    async for lane in lanes(door="exit"):
        await lane.barrier.set_position(OPEN)
        await lane.barrier.set_position(RELEASED)
        assert lane.board.lane.entry.opened == lane.board.lane.exit.opened == 1.0


@pytest.mark.parametrize("door", ["entry", "exit"])
@pytest.mark.parametrize("pushed", ["entry", "exit"])
async def test_a_door_that_is_pushed_open_is_told_until_it_is_closed(
    lanes: Lanes, door: str, pushed: str
) -> None:
    async for lane in lanes(door=door, motor_seconds=0, driver_motor_seconds=0.5):
        world = lane.board.lane
        await lane.barrier.set_position(OPEN)
        await lane.barrier.set_position(CLOSED)
        getattr(world, pushed).pushed = True
        assert (await until(lane.barrier, lambda now: now.forced)).forced
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
            closing = tasks.create_task(lane.barrier.set_position(CLOSED))
            done, _ = await asyncio.wait((closing,), timeout=0.7)
            assert not done  # it is no fault of the motor
            getattr(world, pushed).pushed = False
            await closing
        assert not (await until(lane.barrier, lambda _: True)).forced


async def test_what_opens_by_order_or_by_the_release_is_not_forced(lanes: Lanes) -> None:
    async for lane in lanes(door="exit"):
        world = lane.board.lane
        async with aclosing(lane.barrier.sensors()) as sensors, asyncio.timeout(5):
            told = False

            async def collect() -> None:
                nonlocal told
                async for now in sensors:
                    told = told or now.forced

            async with asyncio.TaskGroup() as tasks:
                collecting = tasks.create_task(collect())
                for position in (CLOSED, OPEN, BarrierPosition.ENTRY_OPEN, RELEASED, CLOSED):
                    await lane.barrier.set_position(position)
                world.emergency = True
                await until(lane.barrier, lambda now: now.entry_open and now.exit_open)
                world.emergency = False
                await until(lane.barrier, lambda now: now.entry_closed and now.exit_closed)
                collecting.cancel()
            assert not told


@pytest.mark.parametrize(("door", "moved"), [("entry", (1, 0)), ("exit", (0, 1))])
async def test_open_moves_the_chosen_door(lanes: Lanes, door: str, moved: tuple[int, int]) -> None:
    async for lane in lanes(door=door):
        await lane.barrier.set_position(OPEN)
        assert (lane.board.lane.entry.opened, lane.board.lane.exit.opened) == moved


async def test_a_board_that_is_unplugged_is_lost_and_comes_back(lane: Lane) -> None:
    await lane.barrier.check()
    lane.pty.unplug()
    for _ in range(2):  # at the next poll, or else at the next opening
        with pytest.raises(DeviceError, match=r"no such device|does not answer|unplugged"):
            await until(lane.barrier, lambda _: False)
    lane.pty.plug()
    async with asyncio.timeout(5):
        await lane.barrier.set_position(OPEN)
    assert lane.board.lane.entry.opened == 1.0


async def test_a_way_back_that_closed_while_the_line_was_lost_opens_again(lanes: Lanes) -> None:
    async for lane in lanes(door="exit", motor_seconds=0, driver_motor_seconds=0.5):
        async with asyncio.timeout(10):
            await lane.barrier.set_position(BarrierPosition.ENTRY_OPEN)
            lane.pty.unplug()
            lane.board.lane.coils[Coil.ENTRY_OPEN] = False  # by its watchdog
            while await in_order(lane.barrier):
                pass
            lane.pty.plug()
            while not await in_order(lane.barrier):
                pass
            await lane.barrier.set_position(BarrierPosition.ENTRY_OPEN)
        assert lane.board.lane.entry.opened == 1.0


async def test_doors_that_close_by_themselves_are_told_and_open_again(lanes: Lanes) -> None:
    async for lane in lanes(door="exit", motor_seconds=0, driver_motor_seconds=0.2):
        async with asyncio.timeout(10):
            await lane.barrier.set_position(BarrierPosition.ENTRY_OPEN)
            lane.board.lane.coils[Coil.ENTRY_OPEN] = False  # the board was started anew
            with pytest.raises(DeviceError, match="closed by themselves"):
                await until(lane.barrier, lambda _: False)
            await lane.barrier.check()
            await lane.barrier.set_position(BarrierPosition.ENTRY_OPEN)
        assert lane.board.lane.entry.opened == 1.0


async def test_a_board_of_another_unit_does_not_answer() -> None:
    async for lane in lane_with("modbus", unit=2, answer_seconds=0.02):
        with pytest.raises(DeviceError, match=r"unit 2\) does not answer"):
            await lane.barrier.check()


async def test_an_address_that_the_board_lacks_is_refused() -> None:
    async for lane in lane_with("modbus", coil_buzzer=7, coil_red=20):
        with pytest.raises(DeviceError, match="refused coil 20"):
            await lane.barrier.set_signal(LaneSignal.STOP)
        await lane.barrier.check()


async def test_a_busy_line_is_named(lane: Lane, driver: str) -> None:
    await lane.barrier.check()
    with pytest.raises(DeviceError, match="in use by another program"):
        await find(BARRIERS, driver)(lane.pty.path, {}).check()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("door", "back"),
        ("unit", 0),
        ("input_tamper", 0),
        ("input_tamper", 900),
        ("input_release_button", 9),
        ("coil_face_light", 8),
        ("siren", 1),
        ("poll_seconds", 0.3),
    ],
)
def test_bad_options_are_refused(option: str, value: float | str) -> None:
    with pytest.raises(DriverOptionError, match="driver modbus"):
        find(BARRIERS, "modbus")("/dev/ttyUSB0", {option: value})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("door", "back"),
        ("check_from", "end"),
        ("command_doors", 0x1A),
        ("command_lights", 0x53),
        ("input_tamper", 16),
        ("input_tamper", 0),
        ("unit", 1),
    ],
)
def test_bad_options_of_a_turnstile_are_refused(option: str, value: int | str) -> None:
    with pytest.raises(DriverOptionError, match="driver turnstile"):
        find(BARRIERS, "turnstile")("/dev/ttyUSB0", {option: value})
