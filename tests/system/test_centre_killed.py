"""The centre as a process: killed while gates upload, stopped, and started with bad settings."""

import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from egate.cli.main import main
from tests.centre_harness import GATE
from tests.centre_kills.centre_process import Process, centre_process
from tests.centre_kills.upload import KILLS, RECORDS, killed_while_uploading

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
NOWHERE = "postgresql://u@127.0.0.1:1/x"


@pytest.fixture
def process() -> Iterator[Process]:
    with centre_process() as made:
        yield made


@pytest.mark.timeout(1000)
async def test_killed_during_the_upload_every_record_is_there_once(process: Process) -> None:
    came = await killed_while_uploading(process, len(KILLS), 900)
    assert came.faults == ()
    assert came.records == RECORDS
    assert came.calls_lost >= 3


async def test_told_to_stop_it_ends_well_and_takes_its_database_along(process: Process) -> None:
    ready = await process.start()
    assert process.running is not None
    assert ready["pid"] == process.running.pid
    assert process.postmaster() is not None
    process.running.terminate()
    assert process.running.wait(15) == 0
    assert process.postmaster() is None
    assert process.lines("stopped")


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = before[0], before[1]


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"certificate": "absent"}, 2, "absent.pem: No such file"),
        ({"certificate": f"gate-{GATE}"}, 2, "a certificate for a gate, and this is a centre"),
        ({"database": "colour = 1"}, 2, "database.colour: unknown key"),
        ({"database": ""}, 2, "give either dsn or embedded"),
        ({"database": f'dsn = "{NOWHERE}"\nkeys = "k"'}, 3, "database: no connection"),
        ({"database": 'dsn = "nonsense"\nkeys = "k"'}, 2, "database.dsn"),
        ({"database": f'dsn = "{NOWHERE}"'}, 2, "database.keys: missing"),
        ({"page": "127.0.0.1:99999"}, 2, "page.listen: there is no such port"),
    ],
)
def test_a_bad_setting_is_one_line(
    process: Process,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    code: int,
    words: str,
) -> None:
    config = process.config(**changes)
    assert main(["central", "serve", "--config", str(config)]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert shown.err.startswith("egate: ")
    assert words in shown.err


def end(process: Process, config: Path) -> tuple[int, str]:
    ended = subprocess.run(
        process.command(config),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.stdout == ""
    return ended.returncode, ended.stderr


async def test_a_busy_port_and_a_busy_folder_are_one_line(process: Process) -> None:
    await process.start()
    code, error = end(process, process.config(database='embedded = "other"'))
    assert (code, error.count("\n")) == (3, 1), error
    assert f"{process.address}: in use" in error
    code, error = end(process, process.config(listen="127.0.0.1:0"))
    assert (code, error.count("\n")) == (3, 1), error
    assert "postgresql: another process uses it" in error


async def test_without_its_embedded_database_it_ends_so_that_it_is_started_again(
    process: Process,
) -> None:
    await process.start()
    process.kill_database()
    assert process.running is not None
    assert process.running.wait(20) == 3, process.log.read_text()
    assert process.log.read_text().splitlines()[-1] == (
        "egate: database: the embedded PostgreSQL has ended; start again"
    )
