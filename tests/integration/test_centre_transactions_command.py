"""``egate central transactions`` beside a running centre."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from egate.central import transactions
from egate.central.statistics.period import Period
from egate.central.transactions import PeriodRecords
from egate.cli.day import parse_day
from egate.cli.main import main
from egate.cli.service_identity import issue
from egate.settings import Database
from tests.centre_harness import GATE, Centre, database_table, record
from tests.inspection_log_samples import IN, demo_records, personal_texts, valid
from tests.integration.test_surface_usage import refusal

DAYS = ("--from", "2026-09-01", "--to", "2026-09-30")
OTHER = "BDDAC-A-02"


def settings_in(folder: Path, pki: Path, database: Database) -> Path:
    tls = issue(pki, "centre", "dhaka")
    file = folder / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(database)}"
        f'[tls]\nca = "{tls.ca}"\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"\n'
    )
    return file


@pytest_asyncio.fixture(loop_scope="session")
async def settings(centre: Centre, tmp_path: Path) -> Path:
    return settings_in(tmp_path, centre.pki, centre.address)


@pytest.fixture
def settings_alone(centre_pki: Path, tmp_path: Path) -> Path:
    """Of a centre whose database is away."""
    away = Database(dsn="postgresql://nobody@127.0.0.1:1/none", keys=tmp_path / "keys")
    return settings_in(tmp_path, centre_pki, away)


async def command(settings: Path, *arguments: str | Path) -> tuple[int, bytes, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "egate.cli", "central", "transactions", "--config", settings),
        *arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(25):
        said, faults = await process.communicate()
    return process.returncode or 0, said, faults.decode()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_demo_s_sessions_are_told_and_counted(centre: Centre, settings: Path) -> None:
    records = demo_records()
    await centre.submit(*records)
    log = settings.with_name("log.xml")
    code, said, faults = await command(settings, *DAYS, "--out", log, "--json")
    assert (code, faults) == (0, "")
    counts: dict[str, Any] = json.loads(said)
    assert counts["verdicts"] == {
        verdict: sum(each.verdict == verdict for each in records)
        for verdict in ("admit", "refer", "none")
    }
    assert (counts["transactions"], counts["unreadable"]) == (17, 0)
    assert counts["checks"]["BIOMETRIC.PAD"] == {"failed": 2, "successful": 15}
    assert log.stat().st_mode & 0o777 == 0o600
    root = valid(log.read_bytes())
    told = [each.findtext(f"{IN}TransactionId") for each in root.iterfind(f"{IN}Transaction")]
    assert told == [each.crossing_id for each in records]
    written = log.read_text("utf-8")
    assert [text for text in personal_texts(records) if text and text in written] == []


@pytest.mark.asyncio(loop_scope="session")
async def test_to_standard_output_of_one_gate(centre: Centre, settings: Path) -> None:
    await centre.submit(record(1), record(2))
    await centre.submit(record(3, gate_id=OTHER, gate_seq=1), gate=OTHER)
    code, said, faults = await command(settings, *DAYS, "--gate", OTHER, "--out", "-")
    assert (code, faults) == (0, "1 transactions: admit 0, refer 1, none 0\n")
    assert valid(said).findtext(f"{IN}Transaction/{IN}Station") == OTHER


@pytest.mark.asyncio(loop_scope="session")
async def test_days_are_those_of_bangladesh(centre: Centre, settings: Path) -> None:
    # 2026-09-21 17:59:59 and 18:00:00 UTC: before and after midnight in Dhaka.
    await centre.submit(
        record(1, occurred_at=1_790_013_599.0, recorded_at=1_790_013_610.0),
        record(2, occurred_at=1_790_013_600.0, recorded_at=1_790_013_610.0),
    )
    for day, number in (("2026-09-21", "1"), ("2026-09-22", "2")):
        _, said, _ = await command(settings, "--from", day, "--to", day, "--out", "-")
        (told,) = valid(said).iterfind(f"{IN}Transaction")
        assert told.findtext(f"{IN}StationNumber") == number


@pytest.mark.asyncio(loop_scope="session")
async def test_no_inspections_are_a_valid_log(settings: Path) -> None:
    code, said, _ = await command(settings, *DAYS, "--out", "-")
    assert code == 0
    assert valid(said).find(f"{IN}Statistics").get("transactions") == "0"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_record_that_was_changed_is_counted_and_told(
    centre: Centre, settings: Path
) -> None:
    await centre.submit(record(1), record(2))
    await centre.database.execute(
        "UPDATE crossing SET payload = payload || '\\x00' WHERE gate_seq = 1"
    )
    log = settings.with_name("log.xml")
    code, said, faults = await command(settings, *DAYS, "--out", log, "--json")
    assert code == 1
    counts = json.loads(said)
    assert (counts["transactions"], counts["unreadable"]) == (1, 1)
    assert "body changed where it lies" in faults
    assert valid(log.read_bytes()).find(f"{IN}Statistics").get("unreadable") == "1"


def test_a_log_is_whole_or_what_was_there_before(
    settings_alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = settings_alone.with_name("log.xml")
    log.write_text("of yesterday")
    words = ["central", "transactions", "--config", str(settings_alone), *DAYS, "--out", str(log)]
    assert main(words) == 3
    assert "database: no connection" in capsys.readouterr().err
    assert log.read_text() == "of yesterday"
    assert {each.name for each in log.parent.glob("log*")} == {"log.xml"}


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--from", "2026-09-30", "--to", "2026-09-01", "--out", "-"), "ends before it begins"),
        (("--from", "today", "--to", "2026-09-01", "--out", "-"), "today: not a date"),
        (DAYS, "--out"),
        ((*DAYS, "--out", "-", "--json"), "--json: standard output has the log"),
        ((*DAYS, "--out", "-", "--profile", "full"), "--profile"),
        ((*DAYS, "--out", "nowhere/log.xml"), "nowhere/log.xml: No such file"),
        ((*DAYS, "--out", "/dev/full"), "/dev/full: not a file"),
        ((*DAYS, "--out", "/"), "/: not a file"),
    ],
)
def test_bad_usage_is_one_line(
    settings_alone: Path, words: tuple[str, ...], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["central", "transactions", "--config", str(settings_alone), *words]
    assert fault in refusal(asked, capsys)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_full_disk_is_told_and_leaves_nothing(centre: Centre, settings: Path) -> None:
    await centre.submit(record(1))
    script = f'ulimit -f 0; exec "{sys.executable}" -m egate.cli "$@"'
    log = settings.with_name("log.xml")
    words = ("central", "transactions", "--config", settings, *DAYS, "--out", log)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", script, "egate", *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(25):
        _, faults = await process.communicate()
    assert process.returncode == 3, faults
    # A measurement of the program's own coverage cannot be written either, and says so after it.
    assert faults.decode().splitlines()[0] == f"egate: {log}: File too large"
    assert not list(log.parent.glob("log*"))


@pytest.mark.asyncio(loop_scope="session")
async def test_records_come_a_page_at_a_time(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, no more than a page of them is ever held."""
    monkeypatch.setattr(
        transactions, "_NEXT", transactions._NEXT.replace(f"LIMIT {transactions._PAGE}", "LIMIT 4")
    )
    same = record(1).occurred_at  # the order of ids decides, also between two pages
    await centre.submit(*(record(number, occurred_at=same) for number in range(1, 11)))
    period = Period(parse_day("2026-09-01"), parse_day("2026-09-30"))
    async with centre.database.acquire() as connection:
        records = PeriodRecords(connection, period, GATE)
        assert await records.count() == 10
        payloads = [each async for each in records.payloads()]
    assert payloads == await centre.payloads()
