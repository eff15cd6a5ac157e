"""The board of a kiosk, which has beams and lights, and no doors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from drivers.catalogue import BARRIERS, find
from egate.cli.doctor_devices import InspectedBarrier
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import Barrier, BarrierSensors, DriverOptionError
from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.lane import Door
from hardware_mocks.wire.pty import Pty


class NoDoor(Door):
    """Nothing is wired where its switches would be."""

    def move(self, **_: object) -> None:
        self.opened = 0.5


@pytest.fixture
async def kiosk() -> AsyncIterator[tuple[Barrier, BarrierBoard]]:
    with Pty(baud=None) as pty:
        board = BarrierBoard(pty)
        for door in (board.lane.entry, board.lane.exit):
            door.__class__ = NoDoor
            door.opened = 0.5
        barrier = find(BARRIERS, "modbus")(pty.path, {"door": "none", "poll_seconds": 0.01})
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(board.run())
            async with aclosing(barrier):
                yield barrier, board
            running.cancel()


async def test_every_position_is_where_a_kiosk_stands(
    kiosk: tuple[Barrier, BarrierBoard],
) -> None:
    barrier, board = kiosk
    async with asyncio.timeout(5):
        for position in (*BarrierPosition, BarrierPosition.CLOSED):
            await barrier.set_position(position)
        await InspectedBarrier(barrier).check()
    assert not any(board.lane.coils[:4])


async def test_its_beams_lights_and_emergency_input_are_real(
    kiosk: tuple[Barrier, BarrierBoard],
) -> None:
    barrier, board = kiosk
    await barrier.set_signal(LaneSignal.PASS)
    assert board.lane.light == "pass"
    board.lane.presence[1] = board.lane.emergency = True
    async with asyncio.timeout(5), aclosing(barrier.sensors()) as readings:
        sensors = await anext(readings)
    assert sensors == BarrierSensors(
        entry_closed=True,
        exit_closed=True,
        presence=(False, True, False),
        emergency_release=True,
    )


def test_a_turnstile_is_no_kiosk() -> None:
    with pytest.raises(DriverOptionError, match="a turnstile has one"):
        find(BARRIERS, "turnstile")("/dev/null", {"door": "none"})
