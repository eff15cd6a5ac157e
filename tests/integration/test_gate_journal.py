"""The journal against crashes, foreign files and curious eyes."""

import itertools
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.record import CrossingRecord, CrossingStatus
from egate.domain.session import model as m
from egate.domain.session.machine import recover
from egate.domain.session.reports import undecided
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import LANE_CHECKS
from egate.gate.journal import Journal
from egate.gate.memory import Memory
from egate.gate.state_codec import StateMalformed, decode_state, encode_state
from egate.outbox.database import DatabaseUnusable, open_database
from egate.outbox.sealing import KeyFileUnusable, Seal, SealBroken
from egate.outbox.store import Outbox
from egate.ports.devices import DeviceError
from egate.reporting.mapping import RecordMalformed, decode, encode
from tests.gate_lane import IDENTITY, Centre, hall
from tests.gate_samples import (
    DOCUMENT,
    ENTERED_AT,
    INSPECTED,
    OTHER_ID,
    POLICY,
    PRESENTED,
    ROOT,
    SECRETS,
    STATES,
)
from tests.station_keys import KeyOfTests

NOW = UtcSeconds(ENTERED_AT + 10)
OTHER = replace(PRESENTED, id=OTHER_ID)
IN_LANE = m.Inspecting(INSPECTED, Instant(0.0), Instant(1.0))


@contextmanager
def journal(folder: Path, gate_id: str = IDENTITY.gate_id) -> Iterator[tuple[Journal, Outbox]]:
    seal = Seal.from_file(folder / "journal.key")
    with open_database(folder / "journal.sqlite") as database:
        outbox = Memory(database, seal, KeyOfTests()).outbox(gate_id)
        lane = type(IDENTITY)(gate_id, "BDDAC", "0.1.0")
        yield Journal(database, seal, outbox, lane, encode), outbox


def all_of(outbox: Outbox) -> list[CrossingRecord]:
    return [decode(pending.payload) for pending in outbox.oldest(10_000, 1 << 30)]


@pytest.mark.parametrize("state", STATES)
def test_every_state_survives_a_restart(tmp_path: Path, state: m.State) -> None:
    with journal(tmp_path) as (written, _):
        written.append("Event", state, (), NOW)
    with journal(tmp_path) as (read, _):
        assert read.last_state() == state


def test_a_new_journal_is_idle(tmp_path: Path) -> None:
    with journal(tmp_path) as (new, outbox):
        assert new.last_state() == m.Idle()
        assert outbox.backlog().depth == 0


def test_nothing_personal_is_in_the_clear(tmp_path: Path) -> None:
    reports = [c for c in recover(IN_LANE, POLICY).commands if isinstance(c, m.Report)]
    with journal(tmp_path) as (written, outbox):
        written.append("MrzRead", IN_LANE, (), NOW)
        written.append("Restarted", IN_LANE, reports, NOW)
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert all_of(outbox)[0].document == DOCUMENT
    raw += b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"MrzRead" in raw
    assert not [secret for secret in SECRETS if secret.encode() in raw]


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    reports = [c for c in recover(IN_LANE, POLICY).commands if isinstance(c, m.Report)]
    with journal(tmp_path) as (written, outbox):
        written.append("MrzRead", IN_LANE, (), NOW)
        written._database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        with pytest.raises(DeviceError, match="journal"):
            written.append("Restarted", m.Idle(), reports, NOW)
        assert written.last_state() == IN_LANE
        written._database.execute("DROP TRIGGER full")
        written.append("Restarted", m.Idle(), reports, NOW)
        assert [record.gate_seq for record in all_of(outbox)] == [1]


@pytest.mark.parametrize("spoil", ["a text", "every record"])
def test_a_record_that_does_not_fit_is_kept_and_its_session_recorded(
    tmp_path: Path, spoil: str
) -> None:
    name = replace(DOCUMENT, secondary_identifier="\ud800")  # no text of any encoding
    spoiled = replace(PRESENTED, document=name)
    reports = [undecided(s, CrossingStatus.ABORTED, POLICY) for s in (spoiled, OTHER)]
    with journal(tmp_path) as (written, outbox):
        if spoil == "every record":
            written._encode = never
        written.append("DeviceFailed", m.Idle(), reports, NOW)
        assert written.last_state() == m.Idle()
        sent = all_of(outbox)
        backlog = outbox.backlog()
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    if spoil == "every record":
        assert (sent, backlog.set_aside) == ([], 2)
        return
    assert [r.crossing_id for r in sent] == [spoiled.id, OTHER.id]
    assert [r.gate_seq for r in sent] == [1, 2]
    assert (sent[0].status, sent[0].document) == (CrossingStatus.ABORTED, None)
    assert [c.check_id for c in sent[0].checks] == list(LANE_CHECKS)
    assert "set aside" in sent[0].checks[0].detail
    assert sent[1].document == DOCUMENT
    assert backlog.set_aside == 1
    assert b"ERIKSSON" not in raw


def never(_: CrossingRecord) -> bytes:
    raise RecordMalformed("a field does not fit")


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"not a database" * 100, "not a database"), (b"SQLite format 3\0" + b"x" * 5000, "file")],
)
def test_a_damaged_file_is_told_in_one_line(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "journal.sqlite").write_bytes(content)
    with pytest.raises(DatabaseUnusable, match=fault) as caught, journal(tmp_path):
        pass
    assert "journal.sqlite" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / "journal.sqlite")
    foreign.execute("CREATE TABLE songs (name)")
    foreign.close()
    with pytest.raises(DatabaseUnusable, match="another program"), journal(tmp_path):
        pass


def test_another_version_is_told(tmp_path: Path) -> None:
    with journal(tmp_path):
        pass
    later = sqlite3.connect(tmp_path / "journal.sqlite")
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(DatabaseUnusable, match="schema 99"), journal(tmp_path):
        pass


def test_the_journal_of_another_gate_is_refused(tmp_path: Path) -> None:
    with journal(tmp_path):
        pass
    with (
        pytest.raises(DatabaseUnusable, match="belongs to gate DAC-E-01"),
        journal(tmp_path, "DAC-E-02"),
    ):
        pass


def test_one_process_alone_has_it(tmp_path: Path) -> None:
    with (
        journal(tmp_path),
        pytest.raises(DatabaseUnusable, match="in use"),
        open_database(tmp_path / "journal.sqlite"),
    ):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "journal.sqlite"
    with pytest.raises(DatabaseUnusable, match="No such file"), open_database(absent):
        pass
    with pytest.raises(KeyFileUnusable, match="No such file"):
        Seal.from_file(absent)


def test_a_lost_key_is_told(tmp_path: Path) -> None:
    with journal(tmp_path) as (written, _):
        written.append("MrzRead", IN_LANE, (), NOW)
    (tmp_path / "journal.key").unlink()
    with journal(tmp_path) as (read, _), pytest.raises(DatabaseUnusable, match="seal is broken"):
        read.last_state()


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    Seal.from_file(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(KeyFileUnusable, match="not a key"):
        Seal.from_file(tmp_path / "key")


def test_what_is_sealed_is_bound_to_its_place() -> None:
    seal = Seal(bytes(32))
    sealed = seal.seal(b"state", "here")
    assert seal.unseal(sealed, "here") == b"state"
    for changed, about in ((sealed, "there"), (sealed[:-1], "here"), (b"", "here")):
        with pytest.raises(SealBroken):
            seal.unseal(changed, about)


def test_a_state_of_another_version_is_told() -> None:
    for name, raw in (("Dreaming", b"{}"), ("Passing", b"{}"), ("Idle", b"\xff")):
        with pytest.raises(StateMalformed):
            decode_state(name, raw)
    assert decode_state("Idle", encode_state(m.Idle())) == m.Idle()


WRITER = """
import sys, itertools
from dataclasses import replace
from pathlib import Path
from egate.domain.session import model as m
from egate.domain.session.machine import step
from egate.domain.time import Instant
from tests.gate_samples import *
from tests.integration.test_gate_journal import NOW, journal

with journal(Path(sys.argv[1])) as (written, _):
    for number in itertools.count():
        session = m.SessionId(f"{sys.argv[2]}-{number}")
        state = m.Idle()
        for event in (*FINAL_FORM, m.PassageConfirmed()):
            if hasattr(event, "session"):
                event = replace(event, session=session)
            taken = step(state, event, Instant(0.0), POLICY)
            state = taken.state
            reports = [c for c in taken.commands if isinstance(c, m.Report)]
            written.append(type(event).__name__, state, reports, NOW)
        print(session, flush=True)
"""


def test_kill_9_loses_no_record_that_was_committed(tmp_path: Path) -> None:
    promised: list[str] = []
    when = random.Random(7)  # noqa: S311 - a moment to kill at
    for run in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), f"run{run}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            count = when.randint(1, 60)
            promised += [line.strip() for line in itertools.islice(writer.stdout, count)]
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read()
            promised += rest.split("\n")[:-1]
        with journal(tmp_path) as (left, outbox):
            records = all_of(outbox)
            assert set(promised) <= {record.crossing_id for record in records}
            assert [r.gate_seq for r in records] == list(range(1, len(records) + 1))
            taken = recover(left.last_state(), POLICY)
            assert m.SetBarrier(m.BarrierPosition.EXIT_OPEN) not in taken.commands
            reports = [c for c in taken.commands if isinstance(c, m.Report)]
            left.append("Restarted", taken.state, reports, NOW)


ADMITTING = """
import asyncio, sys
from pathlib import Path
from egate.domain.session import model as m
from tests.gate_lane import Centre, hall

async def main():
    async with hall(Path(sys.argv[1]), centre=Centre(away=True)) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
        await h.until(lambda: h.barrier.now.entry_open)
        print("open", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_gate_killed_with_its_doors_open_closes_them_and_tells(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: ASYNC220 - the test has nothing else to do meanwhile
        [sys.executable, "-c", ADMITTING, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as gate:
        assert "open\n" in gate.stdout
        gate.kill()
    async with hall(tmp_path, centre=Centre()) as h:
        (record,) = await h.records(1)
        assert h.barrier.positions == [m.BarrierPosition.CLOSED]
        assert h.state == m.Idle()
    assert record.status is CrossingStatus.INTERRUPTED
    assert record.verdict == "admit"
    assert record.document == DOCUMENT
    assert not record.passage_confirmed
