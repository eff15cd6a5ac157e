"""An emergency input and signal lights on boards of their own, on real Modbus lines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from drivers.catalogue import EMERGENCY_INPUTS, SIGNAL_LIGHTS, find
from egate.cli.doctor_devices import InspectedEmergencyInput
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.domain.session.barrier import LaneSignal
from egate.ports.devices import DeviceError, DriverOptionError
from egate.ports.supervision import OfficerOrder
from hardware_mocks.barrier.lane import Lane
from hardware_mocks.barrier.signal_board import SignalBoard
from hardware_mocks.wire.pty import Pty
from tests.gate_lane import Hall, hall

RELEASED = m.BarrierPosition.RELEASED


@dataclass
class Apart:
    """A lane whose emergency contact and whose lamps have a board each."""

    hall: Hall
    wired: Lane
    contact: Pty
    lamps: Pty

    async def until_light(self, light: str) -> None:
        await self.hall.until(lambda: self.wired.light == light)


@asynccontextmanager
async def board(wired: Lane, name: str) -> AsyncIterator[Pty]:
    with Pty(baud=None, name=name) as pty:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(SignalBoard(pty, wired).run())
            yield pty
            running.cancel()


@asynccontextmanager
async def apart(folder: Path) -> AsyncIterator[Apart]:
    wired = Lane(emergency_apart=True, lights_apart=True)
    async with (
        board(wired, "contact") as contact,
        board(wired, "lamps") as lamps,
        aclosing(find(EMERGENCY_INPUTS, "modbus")(contact.path, {"poll_seconds": 0.02})) as sensed,
        aclosing(find(SIGNAL_LIGHTS, "modbus")(lamps.path, {})) as shown,
        hall(folder, apart=(sensed, shown)) as made,
    ):
        yield Apart(made, wired, contact, lamps)


async def idle(_: Hall) -> None:
    """Nobody comes."""


async def reading(h: Hall) -> None:
    await h.walk_up()
    await h.until_state(m.ReadingMrz)


async def passing(h: Hall) -> None:
    await h.walk_up()
    await h.present()
    await h.until_state(m.Passing)


async def shut(h: Hall) -> None:
    h.gate.supervision.order(OfficerOrder.CLOSE_LANE, "officer-1")
    await h.until_state(m.OutOfService)


async def waiting(h: Hall) -> None:
    await reading(h)
    await h.beams(mouth=True, reader=True)
    await h.until_state(m.AwaitingOfficer)


@pytest.mark.parametrize("begin", [idle, reading, passing, shut, waiting])
async def test_a_contact_of_its_own_releases_the_barrier_of_another_board(
    tmp_path: Path, begin: object
) -> None:
    async with apart(tmp_path) as lane:
        await begin(lane.hall)  # type: ignore[operator]
        lane.wired.emergency = True
        await lane.hall.until_state(m.Evacuating)
        await lane.hall.until(lambda: lane.hall.barrier.positions[-1] is RELEASED)
        await lane.until_light("pass")
        assert not lane.hall.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        lane.wired.emergency = False
        await lane.hall.until(lambda: not lane.hall.state.raised)  # type: ignore[union-attr]
        assert lane.hall.gate.supervision.order(OfficerOrder.RESET, "officer-1")


async def test_the_emergency_lasts_until_no_contact_says_so(tmp_path: Path) -> None:
    async with apart(tmp_path) as lane:
        barrier = lane.hall.barrier
        await barrier.sense(replace(barrier.now, emergency_release=True))
        await lane.hall.until_state(m.Evacuating)
        lane.wired.emergency = True
        await asyncio.sleep(0.2)
        await barrier.sense(replace(barrier.now, emergency_release=False))
        await asyncio.sleep(0.2)
        assert lane.hall.state.raised  # type: ignore[union-attr]
        lane.wired.emergency = False
        await lane.hall.until(lambda: not lane.hall.state.raised)  # type: ignore[union-attr]


async def test_a_contact_that_is_lost_shuts_the_lane_until_it_is_back(tmp_path: Path) -> None:
    async with apart(tmp_path) as lane:
        await reading(lane.hall)
        lane.contact.unplug()
        await lane.hall.until_state(m.OutOfService)
        assert lane.hall.state.lane.faults == {"emergency_input"}
        (record,) = await lane.hall.records(1)
        assert record.status is CrossingStatus.ABORTED
        lane.contact.plug()
        await lane.hall.until_state(m.Idle)
        lane.wired.emergency = True
        await lane.hall.until_state(m.Evacuating)


async def test_the_lights_show_what_the_lane_does(tmp_path: Path) -> None:
    async with apart(tmp_path) as lane:
        await lane.until_light("ready")
        await reading(lane.hall)
        await lane.until_light("busy")
        await lane.hall.present()
        await lane.until_light("pass")
        await lane.hall.walk_through()
        await lane.until_light("ready")
        await shut(lane.hall)
        await lane.until_light("stop")
        assert lane.hall.barrier.signals == []  # its board has no lamps


async def test_lamps_that_fail_end_no_session_and_come_back_as_they_should_be(
    tmp_path: Path,
) -> None:
    async with apart(tmp_path) as lane:
        await reading(lane.hall)
        await lane.until_light("busy")
        lane.lamps.unplug()
        await lane.hall.present()
        await lane.hall.until_state(m.Passing)
        await lane.hall.walk_through()
        (record,) = await lane.hall.records(1)
        assert record.status is CrossingStatus.COMPLETED
        await lane.hall.until_state(m.OutOfService)  # nobody sees whether the lane is free
        assert lane.hall.state.lane.faults == {"signal_lights"}
        lane.wired.lamps = dict.fromkeys(lane.wired.lamps, False)
        await lane.hall.chip_reader.remove()
        lane.lamps.plug()
        await lane.hall.until_state(m.Idle)
        await lane.until_light("ready")


async def test_a_cut_wire_of_the_contact_is_an_emergency_and_the_doctor_says_what_to_mend() -> None:
    wired = Lane(emergency_apart=True)
    async with board(wired, "contact") as line:
        async with aclosing(find(EMERGENCY_INPUTS, "modbus")(line.path, {})) as sensed:
            await InspectedEmergencyInput(sensed).check()
        opens = {"normally_closed": False}
        async with aclosing(find(EMERGENCY_INPUTS, "modbus")(line.path, opens)) as sensed:
            with pytest.raises(DeviceError, match="mend its wire"):
                await InspectedEmergencyInput(sensed).check()
        # Nothing is wired to input 3: no current flows there.
        cut = {"input_emergency": 3}
        async with aclosing(find(EMERGENCY_INPUTS, "modbus")(line.path, cut)) as sensed:
            assert await anext(sensed.states())


async def test_lights_show_their_last_signal_when_they_are_looked_at() -> None:
    wired = Lane(lights_apart=True)
    async with (
        board(wired, "lamps") as line,
        aclosing(find(SIGNAL_LIGHTS, "modbus")(line.path, {"coil_red": 5, "coil_green": 4})) as on,
    ):
        await on.check()
        assert wired.light == "busy"
        await on.set_signal(LaneSignal.STOP)
        assert wired.light == "pass"  # wired the other way round
        wired.lamps = dict.fromkeys(wired.lamps, False)
        await on.check()
        assert wired.light == "pass"


@pytest.mark.parametrize(
    ("table", "options", "fault"),
    [
        (SIGNAL_LIGHTS, {"coil_red": 5}, "two coils have the same address"),
        (SIGNAL_LIGHTS, {"coil_reed": 5}, "coil_reed"),
        (EMERGENCY_INPUTS, {"input_emergency": -1}, "input_emergency"),
        (EMERGENCY_INPUTS, {"poll_seconds": 9}, "poll_seconds"),
    ],
)
def test_a_mistake_in_an_option_is_named(
    table: object, options: dict[str, int], fault: str
) -> None:
    with pytest.raises(DriverOptionError, match=fault):
        find(table, "modbus")("/dev/null", options)  # type: ignore[arg-type]


async def test_a_line_that_is_not_there_is_told_as_the_device_s_loss() -> None:
    for table, name in ((EMERGENCY_INPUTS, "emergency_input"), (SIGNAL_LIGHTS, "signal_lights")):
        with pytest.raises(DeviceError) as raised:
            await find(table, "modbus")("/dev/no-such-line", {}).check()  # type: ignore[arg-type]
        assert raised.value.device == name
