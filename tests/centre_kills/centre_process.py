"""``egate central serve`` as a process that is killed, with its database, and started again."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import psutil

from egate.central.embedded import running_address
from egate.cli.service_identity import create_authority, issue
from egate.settings import Database
from tests.centre_harness import GATE, database_folder, enrol_peers

_START_SECONDS = 90.0
"""A first start makes the database, which takes a busy machine long."""


class Process:
    """``egate central serve`` on one folder, started again and again.

    Args:
        folder: of everything; what is lost with a disk is in ``data``.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.address = "127.0.0.1:0"
        self.police = folder / "police"
        self.police.mkdir()
        create_authority(folder)
        self.gate = issue(folder, "gate", GATE)
        self.officer = issue(folder, "officer", "SB-1107")
        issue(folder, "centre", "dhaka")
        self.running: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        return self.data / "postgresql"

    def config(self, **changes: str) -> Path:
        values = {
            "listen": self.address,
            "page": "127.0.0.1:0",
            "database": f'embedded = "{self.database}"',
            "certificate": "centre-dhaka",
        } | changes
        file = self.folder / "central.toml"
        file.write_text(
            f'listen = "{values["listen"]}"\n[page]\nlisten = "{values["page"]}"\n'
            f'[database]\n{values["database"]}\n[tls]\nca = "authority.pem"\n'
            f'certificate = "{values["certificate"]}.pem"\nkey = "{values["certificate"]}.key"\n'
            f'[images]\nfolder = "{self.data / "images"}"\n'
            '[special_branch]\ndriver = "file"\nfolder = "police"\n'
        )
        return file

    def command(self, config: Path) -> list[str]:
        return [sys.executable, "-m", "egate.cli", "central", "serve", "--config", str(config)]

    async def start(self) -> dict[str, object]:
        with self.log.open("wb") as log:
            command = self.command(self.config())
            self.running = subprocess.Popen(command, stderr=log)  # noqa: ASYNC220 - starts at once
        async with asyncio.timeout(_START_SECONDS):
            while not (ready := self.lines("ready")):
                assert self.running.poll() is None, self.log.read_text()
                await asyncio.sleep(0.02)
        self.address = str(ready[0]["grpc"])
        return ready[0]

    def enrol(self, *peers: str) -> None:
        enrol_peers(Database(dsn=running_address(self.database)), *peers)

    def lines(self, event: str) -> list[dict[str, object]]:
        # gRPC writes lines of its own there, when a process is begun beside its threads.
        lines = [
            json.loads(line)
            for line in self.log.read_text().splitlines(keepends=True)
            if line.startswith("{") and line.endswith("\n")
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
            first = (self.database / "postmaster.pid").read_text().split()[0]
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
        return (await self.rows(query))[0][0]

    async def rows(self, query: str) -> list[asyncpg.Record]:
        socket = (self.database / "postmaster.pid").read_text().splitlines()[4]
        connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={socket}")
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()


@contextmanager
def centre_process() -> Iterator[Process]:
    """A centre that is not started yet; it and its database end with the block."""
    with database_folder() as folder:
        made = Process(folder)
        try:
            yield made
        finally:
            if made.running is not None and made.running.poll() is None:
                made.kill()
            if (postmaster := made.postmaster()) is not None:
                postmaster.send_signal(signal.SIGQUIT)
                psutil.wait_procs([postmaster], timeout=10)
