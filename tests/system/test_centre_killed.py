"""The centre as a process: killed while gates upload, stopped, and started with bad settings."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
import structlog

from egate.central.embedded import running_address
from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence import TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.reporting.crossing_list import CrossingList
from egate.settings import Database
from tests.centre_harness import GATE, database_folder, enrol_peers, pending, record

pytestmark = pytest.mark.system
NOWHERE = "postgresql://u@127.0.0.1:1/x"
RECORDS, BATCH = 1200, 20
# What is killed while gates upload. A backend that is killed takes the memory that all share
# along: PostgreSQL ends every other one and recovers from its log. Twenty-one times, and with
# EGATE_CENTRE_KILL_ROUNDS=72 more than five hundred times.
ROUNDS = int(os.environ.get("EGATE_CENTRE_KILL_ROUNDS", "3"))
KILLS = ("backend", "backend", "centre", "backend", "both", "backend", "centre") * ROUNDS


class Process:
    """``egate central serve`` on one folder, started again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.address = "127.0.0.1:0"
        self.police = folder / "police"
        self.police.mkdir()
        create_authority(folder)
        self.gate = issue(folder, "gate", GATE)
        self.officer = issue(folder, "officer", "SB-1107")
        issue(folder, "centre", "dhaka")
        self.running: subprocess.Popen[bytes] | None = None

    def config(self, **changes: str) -> Path:
        values = {
            "listen": self.address,
            "page": "127.0.0.1:0",
            "database": 'embedded = "postgresql"',
            "certificate": "centre-dhaka",
        } | changes
        file = self.folder / "central.toml"
        file.write_text(
            f'listen = "{values["listen"]}"\n[page]\nlisten = "{values["page"]}"\n'
            f'[database]\n{values["database"]}\n[tls]\nca = "authority.pem"\n'
            f'certificate = "{values["certificate"]}.pem"\nkey = "{values["certificate"]}.key"\n'
            '[special_branch]\ndriver = "file"\nfolder = "police"\n'
        )
        return file

    def command(self, config: Path) -> list[str]:
        return [sys.executable, "-m", "egate.cli", "central", "serve", "--config", str(config)]

    async def start(self) -> dict[str, object]:
        with self.log.open("wb") as log:
            command = self.command(self.config())
            self.running = subprocess.Popen(command, stderr=log)  # noqa: ASYNC220 - starts at once
        async with asyncio.timeout(20):
            while not (ready := self.lines("ready")):
                assert self.running.poll() is None, self.log.read_text()
                await asyncio.sleep(0.02)
        self.address = str(ready[0]["grpc"])
        return ready[0]

    def enrol(self, *peers: str) -> None:
        enrol_peers(Database(dsn=running_address(self.folder / "postgresql")), *peers)

    def lines(self, event: str) -> list[dict[str, object]]:
        lines = [
            json.loads(line)
            for line in self.log.read_text().splitlines(keepends=True)
            if line.endswith("\n")
        ]
        return [line for line in lines if line["event"] == event]

    def told(self) -> set[str]:
        """Return which crossings the Special Branch has in whole lines."""
        texts = [file.read_text("ascii") for file in self.police.iterdir()]
        lines = [line for text in texts for line in text.splitlines(keepends=True)]
        return {
            json.loads(line)["crossing"]["crossing_id"] for line in lines if line.endswith("\n")
        }

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.wait(10)

    def postmaster(self) -> psutil.Process | None:
        try:
            first = (self.folder / "postgresql" / "postmaster.pid").read_text().split()[0]
            return psutil.Process(int(first))
        except (OSError, psutil.NoSuchProcess):
            return None

    def kill_database(self) -> None:
        postmaster = self.postmaster()
        assert postmaster is not None
        family = [postmaster, *postmaster.children()]
        postmaster.kill()
        _, left = psutil.wait_procs(family, timeout=10)
        assert not left

    def kill_backend(self) -> bool:
        """Kill one that serves the centre; False while there is none, as in a recovery."""
        with suppress(psutil.NoSuchProcess):
            postmaster = self.postmaster()
            for child in postmaster.children() if postmaster else []:
                if any("[local]" in part for part in child.cmdline()):
                    child.kill()
                    return True
        return False

    async def kill_one(self, what: str) -> None:
        if what == "backend":
            while not self.kill_backend():  # noqa: ASYNC110 - a process of the database
                await asyncio.sleep(0.01)
            return
        self.kill()
        if what == "both" and self.postmaster() is not None:
            self.kill_database()

    async def keep_running(self) -> None:
        """Start it whenever it has ended, as systemd does."""
        while True:
            if self.running is None or self.running.poll() is not None:
                await self.start()
            await asyncio.sleep(0.02)

    async def look(self, query: str) -> object:
        """Return the one value of ``query`` from the database itself."""
        socket = (self.folder / "postgresql" / "postmaster.pid").read_text().splitlines()[4]
        connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={socket}")
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()


def crossing(number: int) -> CrossingRecord:
    """Half of the records are entries, and the other half the exits of the same documents."""
    traveller = number % (RECORDS // 2)
    return record(
        number,
        status=CrossingStatus.COMPLETED,
        direction=Direction.ENTRY if number <= RECORDS // 2 else Direction.EXIT,
        document=TravelDocument("P", "UTO", f"L{traveller:08}", *[""] * 6),
    )


@pytest.fixture
def process() -> Iterator[Process]:
    with database_folder() as folder:
        made = Process(folder)
        yield made
        if made.running is not None and made.running.poll() is None:
            made.kill()
        if (postmaster := made.postmaster()) is not None:
            postmaster.send_signal(signal.SIGQUIT)
            psutil.wait_procs([postmaster], timeout=10)


class Upload:
    """Gates that send records until every one is acknowledged."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.wanted = [crossing(number) for number in range(1, RECORDS + 1)]
        self.batches = [self.wanted[at : at + BATCH] for at in range(0, RECORDS, BATCH)]
        self.accepted: set[str] = set()
        self.lost_calls = 0
        self.progress = asyncio.Event()

    async def run(self) -> None:
        client = CentreClient(self.process.address, self.process.gate)
        while self.batches:
            batch = self.batches.pop()
            try:
                receipt = await client.submit(pending(*batch))
            except CentreUnavailable:
                self.lost_calls += 1
                self.batches.append(batch)
                await asyncio.sleep(0.05)
                continue
            assert not receipt.refused
            self.accepted.update(receipt.accepted)
            self.progress.set()
        await client.close()

    async def reached(self, share: float) -> None:
        while len(self.accepted) < share * RECORDS:
            self.progress.clear()
            await self.progress.wait()


@pytest.mark.timeout(100 * ROUNDS)
async def test_killed_during_the_upload_every_record_is_there_once(process: Process) -> None:
    await process.start()
    process.enrol(f"gate:{GATE}", "officer:SB-1107")
    upload = Upload(process)
    async with asyncio.timeout(90 * ROUNDS), asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(process.keep_running())
        uploads = [tasks.create_task(upload.run()) for _ in range(3)]
        for number, what in enumerate(KILLS, 1):
            await upload.reached(0.9 * number / len(KILLS))
            await process.kill_one(what)
        await asyncio.wait(uploads)
        keeping.cancel()

    assert upload.lost_calls >= 3
    assert upload.accepted == {made.crossing_id for made in upload.wanted}
    listing = CrossingList(process.address, process.officer)
    found, total = await listing.fetch()
    await listing.close()
    assert total == RECORDS
    assert [one.gate_seq for one in found] == list(range(1, 1001))
    async with asyncio.timeout(10):
        while process.told() != upload.accepted:  # noqa: ASYNC110 - a process's files
            await asyncio.sleep(0.1)
    matched = "SELECT count(*) FROM stay WHERE kind = 2"
    assert await process.look(matched) == await process.look("SELECT count(*) FROM stay")
    assert await process.look(matched) == RECORDS // 2
    assert await process.look("SELECT received::text FROM gate_sequence") == f"{{[0,{RECORDS})}}"
    assert await process.look("SELECT count(*) FROM gate_fork") == 0
    assert await process.look("SELECT count(*) FROM crossing_conflict") == 0


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
