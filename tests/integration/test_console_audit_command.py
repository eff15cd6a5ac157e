import csv
import io
import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.console.audit.acts import AuditAct
from egate.console.audit.chain import BEGINNING, row_hash
from egate.console.audit.log import FILE_NAME, AuditLog
from egate.domain.time import UtcSeconds
from tests.conftest import ROOT

AT = UtcSeconds(1_790_000_000.5)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    text = (ROOT / "config" / "console.toml").read_text()
    file = tmp_path / "console.toml"
    file.write_text(text.replace("/var/lib/egate/console", str(tmp_path)))
    log = AuditLog(tmp_path / FILE_NAME, lambda: AT)
    log.note("officer-1", AuditAct.RECORD_SEEN, "0197f000-0000-7000-8000-000000000001")
    log.note("=HYPERLINK(1)", AuditAct.HOLDER_SEEN, "@sum", 'ক্ষ, "quoted"\nline')
    log.close()
    return file


def run(config: Path, *words: str) -> int:
    return main(["console", "audit", words[0], "--config", str(config), *words[1:]])


def test_a_whole_log_is_whole_and_names_its_head(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "verify") == 0
    said = capsys.readouterr().out
    assert said.startswith("whole: rows 1 to 2, head 2:")
    head = said.split()[-1]
    assert run(config, "verify", "--head", head) == 0
    assert run(config, "verify", "--head", f"2:{'0' * 64}") == 1
    assert "another chain" in capsys.readouterr().out


def test_a_changed_log_is_told_with_its_row(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(config.with_name(FILE_NAME)) as database:
        database.execute("DROP TRIGGER act_update")
        database.execute("UPDATE act SET officer_id = 'officer-2' WHERE seq = 2")
    database.close()
    assert run(config, "verify") == 1
    assert "BROKEN: the definition of act_update was changed" in capsys.readouterr().out


def test_json_lines_give_back_every_row_and_prove_the_chain(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(config, "export") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["act"] for row in rows] == ["record_seen", "holder_seen", "log_exported"]
    assert rows[0]["at"] == "2026-09-21T14:13:20.500+00:00"
    assert rows[1]["detail"].startswith("ক্ষ")
    head = BEGINNING
    for row in rows:
        at_ms = round(datetime.fromisoformat(row["at"]).timestamp() * 1000)
        texts = (row["officer_id"], row["act"], row["subject"], row["detail"])
        head = row_hash(head, (row["number"], at_ms, *texts))
        assert head.hex() == row["hash"]


def test_csv_gives_back_every_row_and_no_cell_is_a_formula(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(config, "export", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["officer_id"] == "'=HYPERLINK(1)"
    assert rows[1]["subject"] == "'@sum"
    assert rows[2]["officer_id"] == "command line"


@pytest.mark.parametrize("words", [("verify",), ("export",)])
def test_no_log_is_one_line(
    config: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    config.with_name(FILE_NAME).unlink()
    assert run(config, *words) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not config.with_name(FILE_NAME).exists()


def test_a_head_that_is_none_is_bad_usage(config: Path) -> None:
    for head in ("2", "x:" + "0" * 64, "2:" + "g" * 64):
        with pytest.raises(SystemExit):
            run(config, "verify", "--head", head)
