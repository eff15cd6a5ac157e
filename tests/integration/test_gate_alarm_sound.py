"""Which alarms are heard in the lane, and for how long."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.catalogue import BARRIERS, find
from egate.domain.session import model as m
from egate.domain.session.alarm import Alarm
from egate.emrtd.checks import Outcome
from egate.gate import alarm_sound
from egate.ports.supervision import OfficerOrder
from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.lane import Coil
from hardware_mocks.wire.pty import Pty
from tests.gate_lane import QUICK, hall
from tests.gate_samples import face


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_sound, "_SOUND_SECONDS", 0.1)


async def test_a_second_person_is_heard_for_a_while(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        assert True not in h.barrier.sounds
        await h.beams(mouth=True, reader=True)
        await h.until_state(m.AwaitingOfficer)
        await h.until(lambda: h.barrier.sounds == [False, True, False])


async def test_a_silent_hit_is_told_to_officers_and_heard_by_nobody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with hall(tmp_path) as h:
        h.comparison.evidence = face(PAD=Outcome.FAILED)
        await h.walk_up()
        await h.present()
        await h.until_state(m.AwaitingOfficer)
        assert h.gate.runner.message is m.TravellerMessage.OFFICER_WILL_HELP
        await asyncio.sleep(0.2)
        assert True not in h.barrier.sounds
    assert "alarm silent hit" in "".join(capfd.readouterr())


async def test_what_the_policy_calls_silent_is_not_heard(tmp_path: Path) -> None:
    rules = replace(QUICK.alarms, silent=frozenset(Alarm))
    async with hall(tmp_path, policy=replace(QUICK, alarms=rules)) as h:
        h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await h.until_state(m.Evacuating)
        await asyncio.sleep(0.2)
        assert True not in h.barrier.sounds


async def test_a_board_that_is_lost_meanwhile_is_told_to_be_quiet_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as h:
        h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await h.until(lambda: h.barrier.sounds[-1:] == [True])
        await h.barrier.fail()
        await h.until(lambda: h.barrier.sounds[-1:] == [False])


async def test_the_buzzer_is_a_coil_of_the_board() -> None:
    with Pty(baud=None) as pty:
        board = BarrierBoard(pty)
        barrier = find(BARRIERS, "modbus")(pty.path, {})
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(board.run())
            await barrier.sound(on=True)
            assert board.lane.coils[Coil.BUZZER]
            await barrier.sound(on=False)
            assert not board.lane.coils[Coil.BUZZER]
            await barrier.aclose()
            running.cancel()
