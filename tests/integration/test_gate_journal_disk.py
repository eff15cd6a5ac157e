"""The journal on a disk that loses power, fills up, or can no longer be written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from egate.domain.session import model as m
from egate.domain.session.machine import recover
from egate.outbox.database import DatabaseUnusable
from tests.conftest import absent
from tests.gate_samples import POLICY, ROOT
from tests.integration.test_gate_journal import IN_LANE, NOW, OTHER, all_of, journal, never

INTERRUPTED = [c for c in recover(IN_LANE, POLICY).commands if isinstance(c, m.Report)]
LATER = m.ReadingMrz(OTHER, IN_LANE.deadline)
BYTES_OF_FRAME = 4096 + 24


def torn(whole: bytes, committed: int, cut: str) -> bytes:
    """Return a write-ahead log whose last transaction, after ``committed`` bytes, is not whole."""
    last = len(whole) - committed
    match cut:
        case "not begun":
            return whole[:committed]
        case "half a header":
            return whole[: committed + 11]
        case "half a frame":
            return whole[: committed + BYTES_OF_FRAME // 2]
        case "all but a byte":
            return whole[:-1]
        case "the rest is zeros":
            return whole[: committed + last // 2] + bytes(last - last // 2)
        case "the first frame is old":
            return whole[:committed] + bytes(BYTES_OF_FRAME) + whole[committed + BYTES_OF_FRAME :]
        case _:
            changed = bytearray(whole)
            start = len(changed) - BYTES_OF_FRAME // 2
            changed[start : start + 512] = bytes(range(256)) * 2
            return bytes(changed)


@pytest.mark.parametrize(
    "cut",
    [
        "not begun",
        "half a header",
        "half a frame",
        "all but a byte",
        "the rest is zeros",
        "the first frame is old",
        "a bit is another",
    ],
)
def test_a_write_that_power_loss_cut_in_two_was_never_begun(tmp_path: Path, cut: str) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    with journal(before) as (written, _):
        written.append("DeviceFailed", IN_LANE, INTERRUPTED, NOW)
        committed = (before / "journal.sqlite-wal").stat().st_size
        written.append("TravellerEntered", LATER, recover_reports(OTHER), NOW)
        shutil.copytree(before, after)
    (after / "journal.sqlite-shm").unlink()  # memory, which no power loss leaves
    wal = after / "journal.sqlite-wal"
    whole = wal.read_bytes()
    assert len(whole) > committed + BYTES_OF_FRAME
    wal.write_bytes(torn(whole, committed, cut))
    with journal(after) as (read, outbox):
        assert read.last_state() == IN_LANE
        assert [record.gate_seq for record in all_of(outbox)] == [1]
        read.append("TravellerEntered", LATER, recover_reports(OTHER), NOW)
        assert [record.gate_seq for record in all_of(outbox)] == [1, 2]


def recover_reports(session: m.Session) -> list[m.Report]:
    state = m.ReadingMrz(session, IN_LANE.deadline)
    return [c for c in recover(state, POLICY).commands if isinstance(c, m.Report)]


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    with journal(tmp_path) as (written, _):
        assert written._database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert written._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


SMALL_DISK = """
import json, os, subprocess, sys
from pathlib import Path
from egate.domain.session import model as m
from egate.gate.safing import position_after_restart
from egate.outbox.database import DatabaseUnusable
from egate.ports.devices import DeviceError
from tests.integration.test_gate_journal import IN_LANE, NOW, all_of, journal
from tests.integration.test_gate_journal_disk import INTERRUPTED, LATER
from tests.integration.test_gate_safing import INSIDE, file_of

folder, said = Path(sys.argv[1]), {}

def mount(*options):
    subprocess.run(["mount", *options, str(folder)], check=True)

def fill():
    with (folder / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError as error:
            said["full"] = error.strerror
"""
FULL = (
    SMALL_DISK
    + """
mount("-t", "tmpfs", "-o", "size=400k", "tmpfs")
with journal(folder) as (written, outbox):
    written.append("DeviceFailed", INSIDE, INTERRUPTED, NOW)
    fill()
    refused = 0
    for _ in range(100):
        try:
            written.append("TravellerEntered", LATER, (), NOW)
        except DeviceError as error:
            refused += 1
            said["reason"] = str(error)
    said["refused"] = refused > 90
    said["kept"] = written.last_state() in (INSIDE, LATER)
    said["position"] = position_after_restart(file_of(folder), m.Flow.TWO_STEP).value
    (folder / "ballast").unlink()
    written.append("Restarted", m.Idle(), (), NOW)
    said["records"] = [record.gate_seq for record in all_of(outbox)]
    said["state"] = type(written.last_state()).__name__
print(json.dumps(said))
"""
)
KILLED_FULL = (
    SMALL_DISK
    + """
mount("-t", "tmpfs", "-o", "size=400k", "tmpfs")
if os.fork() == 0:
    with journal(folder) as (written, outbox):
        written.append("EntryClosed", INSIDE, (), NOW)
        os.kill(os.getpid(), 9)
os.wait()
fill()
said["position"] = position_after_restart(file_of(folder), m.Flow.TWO_STEP).value
with journal(folder) as (read, _):
    said["state"] = type(read.last_state()).__name__
    try:
        for _ in range(100):
            read.append("Restarted", m.Releasing(), (), NOW)
    except DeviceError as error:
        said["reason"] = str(error)
print(json.dumps(said))
"""
)
READ_ONLY = (
    SMALL_DISK
    + """
mount("-t", "tmpfs", "-o", "size=4m", "tmpfs")
with journal(folder) as (written, _):
    written.append("EntryClosed", INSIDE, (), NOW)
mount("-o", "remount,ro")
try:
    with journal(folder):
        pass
except DatabaseUnusable as error:
    said["reason"] = str(error)
said["position"] = position_after_restart(file_of(folder), m.Flow.TWO_STEP).value
print(json.dumps(said))
"""
)


def on_a_disk_of_its_own(folder: Path, script: str) -> dict[str, object]:
    """Run ``script`` where it may mount a disk at ``folder``, which nobody else sees."""
    own = ["unshare", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*own, "true"], check=False).returncode:
        absent("the right to mount a disk")
    ran = subprocess.run(
        [*own, sys.executable, "-c", script, str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    said: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return said


def test_a_full_disk_refuses_steps_and_harms_none(tmp_path: Path) -> None:
    said = on_a_disk_of_its_own(tmp_path, FULL)
    assert said.pop("reason") == "journal: OperationalError"
    assert said == {
        "full": "No space left on device",
        "refused": True,
        "kept": True,
        "position": said["position"],
        "records": [1],
        "state": "Idle",
    }


def test_a_gate_that_was_killed_starts_on_a_full_disk(tmp_path: Path) -> None:
    said = on_a_disk_of_its_own(tmp_path, KILLED_FULL)
    assert (said["position"], said["state"]) == ("entry_open", "Verifying")
    assert said["reason"] == "journal: OperationalError"


def test_a_disk_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    said = on_a_disk_of_its_own(tmp_path, READ_ONLY)
    assert said == {
        "reason": f"{tmp_path / 'journal.sqlite'}: Read-only file system",
        "position": "entry_open",
    }


def test_a_number_that_no_link_has_is_damage(tmp_path: Path) -> None:
    with journal(tmp_path) as (written, _):
        written.append("DeviceFailed", IN_LANE, INTERRUPTED, NOW)
        with written._database:
            written._database.execute("UPDATE gate SET last_gate_seq = 9")
    with pytest.raises(DatabaseUnusable, match="number 9 is not in its chain"), journal(tmp_path):
        pass


def test_a_record_without_any_wire_format_is_no_damage(tmp_path: Path) -> None:
    with journal(tmp_path) as (written, _):
        written.append("DeviceFailed", IN_LANE, INTERRUPTED, NOW)
        written._encode = never
        written.append("Restarted", LATER, recover_reports(OTHER), NOW)
    with journal(tmp_path) as (read, _):
        assert read.last_number == 2
