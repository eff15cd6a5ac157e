"""``egate gate transactions``: what a gate that is cut off still keeps, told on the spot."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.gate.memory import Memory
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.outbox.store import Outbox
from egate.ports.reporting import Receipt
from egate.reporting.mapping import encode
from tests.centre_harness import GATE
from tests.inspection_log_samples import IN, demo_records, personal_texts, valid
from tests.integration.test_surface_services import Service
from tests.station_keys import KeyOfTests


@contextmanager
def outbox_of(folder: Path) -> Iterator[Outbox]:
    seal = Seal.from_file(folder / "journal.key")
    with open_database(folder / "journal.sqlite") as database:
        yield Memory(database, seal, KeyOfTests()).outbox(GATE)


def keep(outbox: Outbox, count: int) -> None:
    with outbox._database:
        for number, each in enumerate(demo_records()[:count], 1):
            outbox.add(each.crossing_id, number, encode(each), each.recorded_at)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    service = Service("gate", tmp_path)
    file = tmp_path / "gate.toml"
    file.write_text(service.text)
    return file


def transactions(config: Path, *words: str) -> int:
    return main(["gate", "transactions", "--config", str(config), *words])


def test_what_the_centre_does_not_have_is_told_while_the_gate_runs(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = config.with_name("log.xml")
    with outbox_of(config.parent) as outbox:
        keep(outbox, 5)
        first, refused, *_ = outbox.oldest(5, 1 << 20)
        outbox.settle([first], Receipt(frozenset({first.record_id}), {}))
        outbox.settle([refused], Receipt(frozenset(), {refused.record_id: "malformed"}))
        assert transactions(config, "--out", str(log), "--profile", "standard", "--json") == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["transactions"], counts["unreadable"]) == (4, 0)  # one that was refused, too
    root = valid(log.read_bytes())
    told = [each.findtext(f"{IN}TransactionId") for each in root.iterfind(f"{IN}Transaction")]
    assert told == [each.crossing_id for each in demo_records()[1:5]]
    written = log.read_text("utf-8")
    assert [text for text in personal_texts(demo_records()) if text and text in written] == []


def test_a_record_whose_seal_is_broken_is_counted(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with outbox_of(config.parent) as outbox:
        keep(outbox, 2)
    with sqlite3.connect(config.with_name("journal.sqlite")) as database:
        database.execute("UPDATE outbox SET sealed = zeroblob(40) WHERE seq = 1")
    database.close()
    assert transactions(config, "--out", str(config.with_name("log.xml"))) == 1
    said = capsys.readouterr()
    assert said.out == "1 transactions: admit 0, refer 1, none 0\n"
    assert said.err == "1 records cannot be read, and are not there\n"


def test_a_gate_that_never_ran_gets_no_key(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transactions(config, "--out", str(config.with_name("log.xml"))) == 2
    assert "journal.key: no such key" in capsys.readouterr().err
    assert not config.with_name("journal.key").exists()
    assert not config.with_name("log.xml").exists()


def test_a_journal_that_cannot_be_read_leaves_the_old_log(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with outbox_of(config.parent) as outbox:
        keep(outbox, 1)
    shutil.copy(config, config.with_name("journal.sqlite"))
    log = config.with_name("log.xml")
    log.write_text("of yesterday")
    assert transactions(config, "--out", str(log)) == 3
    assert "journal.sqlite: cannot be read" in capsys.readouterr().err
    assert log.read_text() == "of yesterday"


def test_whoever_reads_only_the_beginning_gets_no_fault(config: Path) -> None:
    with outbox_of(config.parent) as outbox:
        keep(outbox, 17)  # more than a pipe takes at once
    words = ("gate", "transactions", "--config", str(config), "--out", "-")
    with subprocess.Popen(
        (sys.executable, "-m", "egate.cli", *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(5) == b"<?xml"
        process.stdout.close()
        assert process.stderr.read() == b""
