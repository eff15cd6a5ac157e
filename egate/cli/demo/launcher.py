"""Starts the processes of a site, each by the command that an integrator would use."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egate.central.database import CONNECTION_FAULTS, DatabaseUnavailable, open_database
from egate.central.embedded import running_address
from egate.central.key_ring import key_folder
from egate.central.peers import enrol
from egate.cli.demo.beforehand import Beforehand
from egate.cli.demo.processes import START_SECONDS, Child, child, last_line
from egate.cli.demo.site import OFFICER_ID, GateSite, Site
from egate.cli.demo.specimens import make_specimens
from egate.cli.outcome import Unavailable
from egate.domain.time import UtcSeconds
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.settings import Database, SettingsError


@dataclass(frozen=True, slots=True)
class LaneWish:
    """Who shall come through the simulated lane.

    Args:
        scenario: a file of ``config/scenarios``.
        speed: people and motors so many times faster.
        travellers: at most so many; None for all.
        stays: for a person, who may want to take a case.

    """

    scenario: Path
    speed: float = 1.0
    travellers: int | None = None
    stays: bool = False


class Launcher:
    """Every child ends with ``stack``, the last one started first."""

    def __init__(self, site: Site, stack: AsyncExitStack) -> None:
        self.site = site
        self._stack = stack

    async def centre(self) -> Child:
        """Start the centre; it is not ready yet."""
        self.site.list_keys.make()
        self.site.write_central_settings()
        settings = str(self.site.central_settings)
        return await self._start("centre", "egate.cli", "central", "serve", "--config", settings)

    async def prepare(self, before: Beforehand) -> None:
        """Let the centre, which is ready, know who will call it, and what was before."""
        try:
            address = running_address(self.site.database)
            keys = key_folder(Database(embedded=self.site.database))
            async with open_database(Database(dsn=address, keys=keys)) as pool:
                await enrol(pool, self.site.peers, OFFICER_ID)
                await before.file(pool)
        except (DatabaseUnavailable, SettingsError, *CONNECTION_FAULTS) as error:
            raise Unavailable(f"the centre's database: {error}") from error

    async def send_entries(self, before: Beforehand, now: UtcSeconds) -> None:
        """Send the entries of before, as the gate of the other port would have done."""
        client = CentreClient(f"127.0.0.1:{self.site.ports.centre}", self.site.other_gate)
        try:
            await client.submit(before.records(now))
        except CentreUnavailable as error:
            raise Unavailable(f"the centre: {error}") from error
        finally:
            await client.close()

    async def trust(self) -> None:
        """Make a throw-away PKI and fill the gate's trust store from it."""
        pki = self.site.pki
        made = await self._start("pki", "hardware_mocks", "pki", "--json", "--out", str(pki))
        index = await _first_line(made)
        imported = await self._start(
            "trust",
            "egate.cli",
            "trust",
            "import",
            "--json",
            "--store",
            str(self.site.trust_store),
            "--anchor",
            str(pki / index["anchor"]),
            str(pki / index["master_list"]),
            *(str(pki / state["crl"]) for state in index["states"].values()),
        )
        await _first_line(imported)

    async def lane(self, wish: LaneWish) -> Child:
        """Start the simulated devices; travellers wait for the gate's light."""
        limit = ("--travellers", str(wish.travellers)) if wish.travellers else ()
        lane = await self._start(
            "lane",
            "hardware_mocks",
            "up",
            str(wish.scenario),
            "--pki",
            str(self.site.pki),
            "--vpcd",
            f"127.0.0.1:{self.site.ports.chip_reader}",
            "--page-scanner",
            str(self.site.make_folder_of_pages()),
            "--speed",
            str(wish.speed),
            "--flow",
            self.site.layout.value,
            "--stay",
            *limit,
        )
        self.site.write_gate_settings(await _first_line(lane))
        return lane

    async def gate(self) -> Child:
        """Start the gate; it is not ready yet."""
        return await self.gate_process(self.site.gate)

    async def gate_process(self, gate: GateSite) -> Child:
        """Start one of the site's gate processes; it is not ready yet."""
        settings = str(self.site.settings_of(gate))
        return await self._start(gate.name, "egate.cli", "gate", "run", "--config", settings)

    async def specimens(self) -> None:
        """Make what the console compares scanned pages with."""
        await make_specimens(self.site.folder, self._start)

    async def console(self) -> Child:
        """Start the console, which has its specimens; it is not ready yet."""
        self.site.write_console_settings()
        settings = str(self.site.console_settings)
        return await self._start("console", "egate.cli", "console", "serve", "--config", settings)

    async def _start(self, name: str, module: str, *arguments: str) -> Child:
        return await self._stack.enter_async_context(
            child(name, module, arguments, self.site.folder)
        )


async def _first_line(started: Child) -> Mapping[str, Any]:
    """Return the JSON line with which a mock says that it is ready."""
    if started.process.stdout is None:
        raise Unavailable(f"{started.name} has no output")
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await started.process.stdout.readline()
        answer: Mapping[str, Any] = json.loads(line)
    except (TimeoutError, ValueError):
        raise Unavailable(f"{started.name} did not start: {last_line(started.log)}") from None
    return answer
