"""The barrier of a gate that starts: safe by the journal's last state, before all else."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.simulated import SimulatedBarrier
from egate.domain.session import model as m
from egate.domain.session.endings import safe_position
from egate.domain.session.machine import recover
from egate.domain.time import Instant
from egate.gate.safing import made_safe, position_after_restart
from egate.outbox.database import DatabaseUnusable, reasons_set_aside
from egate.ports.devices import DeviceError
from tests.gate_samples import BETWEEN, POLICY, ROOT, STATES
from tests.integration.test_gate_journal import NOW, journal

CLOSED, WAY_BACK = m.BarrierPosition.CLOSED, m.BarrierPosition.ENTRY_OPEN
INSIDE = m.Verifying(BETWEEN, Instant(8.0), Instant(25.0))
UNKNOWN = ((m.Flow.ONE_STEP, CLOSED), (m.Flow.TWO_STEP, WAY_BACK))


def file_of(folder: Path) -> Path:
    return folder / "journal.sqlite"


@pytest.mark.parametrize("state", STATES)
def test_it_is_where_the_recovery_leaves_it(tmp_path: Path, state: m.State) -> None:
    with journal(tmp_path) as (written, _):
        written.append("Event", state, (), NOW)
    position = position_after_restart(file_of(tmp_path), m.Flow.TWO_STEP)
    assert position is safe_position(state)
    assert recover(state, POLICY).commands[0] == m.SetBarrier(position)


def test_a_gate_without_a_journal_was_never_open(tmp_path: Path) -> None:
    assert position_after_restart(file_of(tmp_path), m.Flow.TWO_STEP) is CLOSED
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("flow", "position"), UNKNOWN)
@pytest.mark.parametrize("fault", ["no database", "no table", "lost key", "short key"])
def test_a_journal_that_cannot_tell_traps_nobody(
    tmp_path: Path, fault: str, flow: m.Flow, position: m.BarrierPosition
) -> None:
    with journal(tmp_path) as (written, _):
        written.append("Event", m.Evacuating(), (), NOW)
    if fault == "no database":
        file_of(tmp_path).write_bytes(b"not a database" * 100)
    elif fault == "no table":
        file_of(tmp_path).write_bytes(b"")
    elif fault == "lost key":
        (tmp_path / "journal.key").unlink()
    else:
        (tmp_path / "journal.key").write_bytes(b"short")
    assert position_after_restart(file_of(tmp_path), flow) is position


def test_a_journal_whose_names_are_damaged_traps_nobody(tmp_path: Path) -> None:
    """SQLite tells of what it cannot read by its name, and that need not be text."""
    with journal(tmp_path) as (written, _):
        written.append("EntryClosed", INSIDE, (), NOW)
    file = file_of(tmp_path)
    whole = file.read_bytes()
    begins = whole.index(b"CREATE TABLE")
    unreadable = 0
    for at in range(begins, begins + 40):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
        assert position_after_restart(file, m.Flow.TWO_STEP) is WAY_BACK
        try:
            reasons_set_aside(file)
        except DatabaseUnusable:
            unreadable += 1
    assert unreadable > 10


WRITER = """
import sys, time
from pathlib import Path
from tests.integration.test_gate_safing import INSIDE
from tests.integration.test_gate_journal import NOW, journal

with journal(Path(sys.argv[1])) as (written, _):
    written.append("EntryClosed", INSIDE, (), NOW)
    print("written", flush=True)
    time.sleep(60)
"""


def test_a_step_that_is_only_in_the_log_of_a_killed_gate_counts(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "written\n"
        writer.send_signal(signal.SIGKILL)
    assert Path(f"{file_of(tmp_path)}-wal").stat().st_size > 0
    assert position_after_restart(file_of(tmp_path), m.Flow.TWO_STEP) is WAY_BACK


@pytest.mark.parametrize(
    ("position", "light"),
    [
        (CLOSED, m.LaneSignal.BUSY),
        (WAY_BACK, m.LaneSignal.STOP),
        (m.BarrierPosition.RELEASED, m.LaneSignal.PASS),
    ],
)
async def test_the_board_is_told_before_the_block_begins(
    position: m.BarrierPosition, light: m.LaneSignal
) -> None:
    barrier = SimulatedBarrier()
    barrier.jam()  # a door that is still on its way is waited for by nobody
    async with asyncio.timeout(1), made_safe(barrier, position) as safing:
        assert (barrier.positions, barrier.signals) == ([position], [light])
        safing.end()
    assert safing.fault is None


async def test_a_board_that_is_lost_is_told_later() -> None:
    barrier = SimulatedBarrier()
    await barrier.fail("unplugged")
    async with made_safe(barrier, CLOSED) as safing:
        assert safing.fault is not None
        assert safing.fault.reason == "unplugged"


class Mute(SimulatedBarrier):
    async def set_signal(self, signal: m.LaneSignal) -> None:
        await asyncio.sleep(60)


async def test_a_silent_board_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egate.gate.safing._TELL_SECONDS", 0.01)
    async with asyncio.timeout(5), made_safe(Mute(), CLOSED) as safing:
        assert safing.fault is None


async def test_what_ends_the_block_comes_out_as_it_is() -> None:
    with pytest.raises(DeviceError, match="camera"):
        async with made_safe(SimulatedBarrier(), CLOSED):
            raise DeviceError("camera", "gone")  # type: ignore[arg-type]


LIGHT = """
import json, sys
import egate.cli.main, egate.cli.gate
print(json.dumps(sorted(sys.modules)))
"""


def test_nothing_heavy_is_loaded_before_the_barrier_is_safe() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(ran.stdout)
    heavy = {"numpy", "cv2", "grpc", "google.protobuf", "structlog", "starlette", "jinja2"}
    assert not heavy & set(loaded)
    assert "egate.gate.safing" in loaded
