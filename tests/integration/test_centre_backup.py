"""Backups by the commands: a damaged one, or one over what is there, is refused by name."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from egate.central.backup.contents import CONTENTS, Contents
from egate.central.backup.making import remove_old
from egate.central.backup.sums import SUMS, write_sums
from egate.central.image_store import ImageStore
from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue

FACE = b"\xff\xd8\xff\xe0 a face"


def contents(**changes: object) -> Contents:
    values: dict[str, object] = {
        "begun_at": "2027-01-31T02:00:00+00:00",
        "software": "0.1.0",
        "records": 7,
        "stations": {"BDDAC-A-01": 7},
        "head": None,
        "keys": {},
        "image_key": "",
        "folders": ["pg_wal", "pg_wal/archive_status"],
    }
    return Contents(**(values | changes))  # type: ignore[arg-type]


def written(folder: Path, **changes: object) -> Path:
    """A backup whose database nobody starts."""
    files = {
        CONTENTS: contents(**changes).as_json(),
        "database/PG_VERSION": b"18\n",
        "database/base/1/1259": bytes(range(256)) * 64,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    write_sums(folder, lambda _: None)
    return folder


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return written(tmp_path / "egate-20270131T020000Z")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a centre whose PostgreSQL is another machine's, so that nothing starts."""
    create_authority(tmp_path)
    issue(tmp_path, "centre", "dhaka")
    file = tmp_path / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        '[database]\ndsn = "postgresql://nobody@127.0.0.1:1/none"\nkeys = "keys"\n'
        '[images]\nfolder = "images"\n'
        '[tls]\nca = "authority.pem"\ncertificate = "centre-dhaka.pem"\nkey = "centre-dhaka.key"\n'
    )
    return file


def restored(config: Path, backup: Path, data: Path) -> int:
    words = ("--config", config, "--from", backup, "--data", data)
    return main(["central", "restore", *map(str, words)])


def test_what_was_written_is_proven(backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["central", "backup", "--verify", str(backup), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "whole": True,
        "faults": [],
        "begun_at": "2027-01-31T02:00:00+00:00",
        "files": 3,
        "bytes": sum(each.stat().st_size for each in backup.rglob("*") if each.is_file())
        - (backup / SUMS).stat().st_size,
    }


def test_the_sums_are_those_of_another_program_too(backup: Path) -> None:
    line = (backup / SUMS).read_text().splitlines()[-1]
    digest, name = line.split("  ")
    assert hashlib.sha256((backup / name).read_bytes()).hexdigest() == digest


def test_a_backup_is_restored_as_it_was(backup: Path, config: Path, tmp_path: Path) -> None:
    data = tmp_path / "main"
    data.mkdir()
    assert restored(config, backup, data) == 0
    assert (data / "base/1/1259").read_bytes() == (backup / "database/base/1/1259").read_bytes()
    assert (data / "pg_wal/archive_status").is_dir()
    assert (data / "recovery.signal").exists()
    assert not data.with_name("main.restoring").exists()


def flip(backup: Path) -> str:
    file = backup / "database/base/1/1259"
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    return "database/base/1/1259: changed"


def lose(backup: Path) -> str:
    (backup / "database/PG_VERSION").unlink()
    return "database/PG_VERSION: missing"


def add(backup: Path) -> str:
    (backup / "database/backdoor").write_text("x")
    return "database/backdoor: not of this backup"


def tear(backup: Path) -> str:
    file = backup / "database/base/1/1259"
    file.write_bytes(file.read_bytes()[:-1])
    return "database/base/1/1259: changed"


def begin(backup: Path) -> str:
    (backup / SUMS).unlink()
    return f"{SUMS}: missing; this is no backup that was finished"


def spoil_sums(backup: Path) -> str:
    text = (backup / SUMS).read_text()
    (backup / SUMS).write_text(text.replace("database/PG_VERSION", "../PG_VERSION"))
    return f"{SUMS}: line 2 is malformed"


def rename(backup: Path) -> str:
    (backup / CONTENTS).write_text('{"format": 2}')
    write_sums(backup, lambda _: None)
    return f"{CONTENTS}: not of the format 1"


DAMAGE = [flip, lose, add, tear, begin, spoil_sums, rename]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused_by_name_and_nothing_is_changed(
    backup: Path,
    config: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], str],
) -> None:
    fault, data = damage(backup), tmp_path / "main"
    assert main(["central", "backup", "--verify", str(backup)]) == 1
    assert capsys.readouterr().out == f"DAMAGED: {fault}\n"
    assert restored(config, backup, data) == 2
    assert capsys.readouterr().err == f"egate: {backup}: damaged: {fault}\n"
    assert not data.exists()
    assert not data.with_name("main.restoring").exists()


def test_nothing_is_restored_over_what_is_there(
    backup: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "main"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    assert restored(config, backup, data) == 2
    assert capsys.readouterr().err == f"egate: {data}: not empty; move away what is there\n"
    assert [each.name for each in data.iterdir()] == ["PG_VERSION"]


def test_without_its_keys_a_backup_is_not_restored(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = written(tmp_path / "backup", keys={"3": "00" * 32})
    assert restored(config, backup, tmp_path / "main") == 2
    assert "keys: key 3 of the backup is not here" in capsys.readouterr().err
    backup = written(tmp_path / "another", image_key="00" * 32)
    ImageStore(tmp_path / "images")
    assert restored(config, backup, tmp_path / "main") == 2
    assert "images.key: the key of its pictures is not here" in capsys.readouterr().err
    assert not (tmp_path / "main").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backup", "--to", "x"], "--config: missing"),
        (["backup"], "one of the arguments --to --verify is required"),
        (["backup", "--verify", "absent"], "absent: No such file or directory"),
        (["backup", "--to", "x", "--keep", "0"], "0: not 1, 2, 3"),
    ],
)
def test_a_bad_command_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(["central", *words])
    except SystemExit as ended:
        code = ended.code
    shown = capsys.readouterr().err
    assert (code, shown.count("\n")) == (2, 1)
    assert said in shown


def test_a_system_database_needs_its_folder(
    backup: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["central", "restore", "--config", str(config), "--from", str(backup)]
    assert main(line) == 2
    assert "--data: missing; the data folder" in capsys.readouterr().err


def test_a_database_that_is_away_gives_no_backup(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "backups"
    assert main(["central", "backup", "--config", str(config), "--to", str(to)]) == 3
    assert "database: no connection" in capsys.readouterr().err
    assert [each.name for each in to.iterdir()] == []


def made(to: Path, *days_ago: int) -> list[Path]:
    now = datetime(2027, 1, 31, 2, tzinfo=UTC)
    names = [f"egate-{now - timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in days_ago]
    for name in names:
        (to / name).mkdir(parents=True)
    return [to / name for name in names]


def test_old_ones_go_by_number_or_age_when_that_is_asked(tmp_path: Path) -> None:
    newest, first, second, old = made(tmp_path, 0, 1, 2, 30)
    (tmp_path / "letters").mkdir()
    (tmp_path / ".egate-20200101T000000Z.unfinished").mkdir()
    assert remove_old(tmp_path, newest, None, None) == []
    assert remove_old(tmp_path, newest, None, 10) == [old]
    assert remove_old(tmp_path, newest, 2, None) == [second]
    left = {each.name for each in tmp_path.iterdir() if not each.name.startswith(".lock")}
    assert left == {newest.name, first.name, "letters"}
