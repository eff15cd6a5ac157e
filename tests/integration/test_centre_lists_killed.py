"""A centre that is killed between an approval and its version, wherever that is."""

import asyncio
import itertools
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from egate.lists.kinds import ListKind
from egate.lists.publishing import SNAPSHOT
from egate.reporting.list_client import ListClient
from tests.centre_harness import Centre, database_table
from tests.list_centre import list_keys, offload
from tests.list_gate import ListGate
from tests.list_samples import document

pytestmark = pytest.mark.asyncio(loop_scope="session")
KIND = ListKind.OFFLOAD
RESERVED = "SELECT coalesce(max(version), 0) FROM list_version WHERE list = 'OFFLOAD'"


@dataclass
class Site:
    """What outlives a centre: its database, its folder, and its settings."""

    centre: Centre
    config: Path
    folder: Path

    @asynccontextmanager
    async def killed(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a centre that is killed at the end of the block."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "egate.cli", "central", "serve", "--config", self.config),
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            await process.communicate()

    def versions(self) -> dict[int, bytes]:
        """Return the signed manifests in the folder."""
        places = (self.folder / KIND).glob(f"[0-9]*/{SNAPSHOT}/manifest")
        return {int(file.parents[1].name): file.read_bytes() for file in places}

    async def reserved(self) -> int:
        number: int = await self.centre.database.fetchval(RESERVED)
        return number

    async def came_to(self, moment: str, reserved: int, latest: int) -> bool:
        """Say whether the centre is there, with these numbers from before."""
        if moment == "number given":
            return await self.reserved() > reserved
        if moment == "being written":
            return (self.folder / KIND / "new").exists()
        return moment == "before any" or max(self.versions(), default=0) > latest

    async def address(self, process: asyncio.subprocess.Process) -> str:
        assert process.stderr is not None
        async for line in process.stderr:
            said = json.loads(line)
            if said["event"] == "ready":
                return str(said["grpc"])
        raise AssertionError("the centre did not start")


@pytest.fixture
def site(centre: Centre, tmp_path: Path) -> Site:
    tls, lists = centre.tls("centre"), list_keys(tmp_path)
    (tmp_path / "central.toml").write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(centre.address)}"
        f'[tls]\nca = "{tls.ca}"\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"\n'
        f'[lists]\nfolder = "{lists.folder}"\nsigning_key = "{lists.signing_key}"\n'
        f'list_key = "{lists.list_key}"\n'
    )
    return Site(centre, tmp_path / "central.toml", lists.folder)


async def when(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return at the very moment when it is so."""
    async with asyncio.timeout(100):
        for _ in itertools.count():
            if await is_so():
                return
            await asyncio.sleep(0)


@pytest.mark.timeout(600)
async def test_whenever_it_is_killed_no_number_has_two_versions_and_nothing_is_lost(
    site: Site, tmp_path: Path
) -> None:
    seen: dict[int, bytes] = {}
    moments = ("number given", "being written", "in its place", "before any")
    for number, moment in enumerate(moments):
        async with site.killed():
            before, latest = await site.reserved(), max(site.versions(), default=0)
            await offload(site.centre, f"A{number}", f"d-{number}")
            await when(partial(site.came_to, moment, before, latest))
        now = site.versions()
        assert all(now[version] == raw for version, raw in seen.items() if version in now)
        seen |= now
    async with site.killed() as process:
        client = ListClient(await site.address(process), site.centre.tls())
        gate = ListGate(tmp_path / "gate", client, tmp_path / "signer.pem", tmp_path / "list.key")
        numbers = range(len(moments))
        await gate.until(
            lambda: gate.version() > 0 and all(gate.find(document(f"A{n}")) for n in numbers)
        )
        await client.close()
        assert gate.version() > max(seen)
        assert gate.version() == await site.reserved()
