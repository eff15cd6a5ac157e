"""A centre that is started while its database recovers, as both do after a power cut."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from egate.central import database as opening
from egate.central import embedded
from egate.central.database import DatabaseUnavailable, open_database
from egate.central.embedded import embedded_postgresql
from egate.settings import Database
from tests.centre_harness import database_folder

pytestmark = pytest.mark.asyncio(loop_scope="session")
_REFUSALS = 3
_STATUS = 7
"""The line of ``postmaster.pid`` with what PostgreSQL does (`src/include/utils/pidfile.h`)."""
_NO_TLS = b"N"
# PostgreSQL 15 documentation, 55.7 Message Formats, ErrorResponse; appendix A: 57P03.
_FIELDS = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is in recovery mode\0\0"
_RECOVERING = b"E" + (4 + len(_FIELDS)).to_bytes(4, "big") + _FIELDS


@asynccontextmanager
async def recovering(database: Database, refusals: int) -> AsyncIterator[Database]:
    """Give an address of ``database`` at which so many connections come too early."""
    place = {key: value for key, (value,) in parse_qs(urlsplit(database.dsn or "").query).items()}
    socket = f"{place['host']}/.s.PGSQL.{place.get('port', '5432')}"
    left = iter(range(refusals))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)  # SSLRequest
        writer.write(_NO_TLS)
        length = await reader.readexactly(4)
        startup = await reader.readexactly(int.from_bytes(length, "big") - 4)
        if next(left, None) is not None:
            writer.write(_RECOVERING)
        else:
            there, to_it = await asyncio.open_unix_connection(socket)
            to_it.write(length + startup)
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(reader, to_it))
                both.create_task(_carry(there, writer))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Database(dsn=f"postgresql://postgres@127.0.0.1:{port}/postgres", keys=database.keys)


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while received := await source.read(65_536):
            sink.write(received)
            await sink.drain()
    sink.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(opening, "_RECOVERY_LOOKS", _REFUSALS)


@pytest.mark.usefixtures("soon", "centre")
async def test_it_waits_until_the_database_takes_connections(centre_database: Database) -> None:
    async with recovering(centre_database, _REFUSALS) as database, open_database(database) as pool:
        assert await pool.fetchval("SELECT count(*) FROM schema_version") >= 1


@pytest.mark.usefixtures("soon", "centre")
async def test_it_does_not_wait_for_ever(centre_database: Database) -> None:
    async with recovering(centre_database, 100) as database:
        with pytest.raises(DatabaseUnavailable, match=r"no connection: .* in recovery mode"):
            async with open_database(database):
                pass


async def killed_centre(folder: Path) -> None:
    """Let a centre start a database in ``folder``, and be killed: the database goes on."""
    words = (
        "import asyncio, os, signal, sys; from pathlib import Path\n"
        "from egate.central.embedded import embedded_postgresql\n"
        "async def main():\n"
        "    async with embedded_postgresql(Path(sys.argv[1])):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", words, str(folder))
    assert await killed.wait() == -signal.SIGKILL


async def test_it_waits_for_a_database_that_a_killed_centre_left_starting(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with database_folder() as made:
        folder = made / "postgresql"
        await killed_centre(folder)
        told = folder / "postmaster.pid"
        ready = told.read_text().splitlines()
        told.write_text("\n".join([*ready[:_STATUS], "starting"]) + "\n")
        looks: list[float] = []

        def look_again(seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == _REFUSALS:
                told.write_text("\n".join(ready) + "\n")

        try:
            monkeypatch.setattr(embedded, "time", SimpleNamespace(sleep=look_again))
            async with embedded_postgresql(folder) as address:
                assert address.startswith("postgresql://")
        finally:
            if told.exists():
                os.kill(int(ready[0]), signal.SIGQUIT)
        assert len(looks) == _REFUSALS
        assert "".join(capfd.readouterr()).count("the database is not ready yet") == 1
