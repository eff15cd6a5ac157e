"""A gate process that is killed loses no record, resumes nobody and opens nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from egate.cli.demo.beforehand import NOTHING
from egate.cli.demo.launcher import LaneWish, Launcher
from egate.cli.demo.processes import Child
from egate.cli.demo.site import GATE_ID, Site, free_ports
from egate.ports.supervision import GateState
from egate.reporting.crossing_list import CrossingList, CrossingSummary
from egate.reporting.gate_client import GateLink
from egate.reporting.identity import Role
from tests.centre_harness import database_folder

# Travellers move six times as fast as people: on a busy machine they lose their patience.
pytestmark = [pytest.mark.system, pytest.mark.alone, pytest.mark.timeout(120)]

TWO_GENUINE = """
[[traveller]]
name = "RAHMAN, FARZANA"
kind = "genuine"
person = "P001"
sex = "F"
born = 1988-04-12
expected_verdict = "admit"

[[traveller]]
name = "KARIM, ABDUL"
kind = "genuine"
person = "P005"
sex = "M"
born = 1969-08-16
expected_verdict = "admit"
"""


@dataclass(slots=True)
class Hall:
    site: Site
    launcher: Launcher
    lane: Child
    gate: Child
    centre: Child
    truth: list[str] = field(default_factory=list)
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        assert self.lane.process.stdout is not None
        while line := await self.lane.process.stdout.readline():
            self.truth.append(json.loads(line)["event"])
            if self.truth[-1] == "finished":
                self.finished.set()

    async def gate_reaches(self, *states: GateState) -> None:
        link = GateLink(f"127.0.0.1:{self.site.ports.gate_service}", self.site.tls[Role.OFFICER])
        try:
            async for status in link.changes():
                if status.state in states:
                    return
        finally:
            await link.close()

    async def kill_gate(self) -> None:
        self.gate.process.kill()
        await self.gate.process.wait()

    async def restart_gate(self) -> None:
        self.gate = await self.launcher.gate()
        await self.gate.wait_ready()

    async def crossings_when_finished(self) -> list[CrossingSummary]:
        """Wait until the last traveller is gone and the gate has nothing more to send."""
        await self.finished.wait()
        link = GateLink(f"127.0.0.1:{self.site.ports.gate_service}", self.site.tls[Role.OFFICER])
        async for status in link.changes():
            if status.state is GateState.IDLE and not status.outbox_depth:
                break
        await link.close()
        return await self.crossings(1)

    async def crossings(self, count: int) -> list[CrossingSummary]:
        """Wait until the centre has ``count`` records, and return all it has."""
        listing = CrossingList(f"127.0.0.1:{self.site.ports.centre}", self.site.tls[Role.OFFICER])
        try:
            while True:
                found, total = await listing.fetch(GATE_ID)
                if total >= count:
                    return list(found)
                await asyncio.sleep(0.1)
        finally:
            await listing.close()


@asynccontextmanager
async def hall(folder: Path) -> AsyncIterator[Hall]:
    scenario = folder / "two.toml"
    scenario.write_text(TWO_GENUINE)
    site = Site(folder, free_ports())
    site.issue_service_certificates()
    async with AsyncExitStack() as stack:
        launcher = Launcher(site, stack)
        centre = await launcher.centre()
        await launcher.trust()
        lane = await launcher.lane(LaneWish(scenario, speed=6.0))
        await centre.wait_ready()
        await launcher.prepare(NOTHING)
        gate = await launcher.gate()
        await gate.wait_ready()
        running = Hall(site, launcher, lane, gate, centre)
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(running.follow())
            yield running
            following.cancel()


@pytest.fixture
def folder() -> Iterator[Path]:
    with database_folder() as path:
        yield path


async def test_killed_before_the_decision(folder: Path) -> None:
    async with asyncio.timeout(100), hall(folder) as running:
        await running.gate_reaches(GateState.INSPECTING)
        await running.kill_gate()
        assert "passed" not in running.truth
        await running.restart_gate()
        found = await running.crossings_when_finished()
        assert (found[0].verdict, found[0].status) == ("none", "interrupted")
        assert {crossing.status for crossing in found[1:]} == {"completed"}
        assert running.truth.count("passed") == len(found) - 1
        assert_gapless(found)


async def test_killed_while_the_barrier_is_open(folder: Path) -> None:
    async with asyncio.timeout(100), hall(folder) as running:
        await running.gate_reaches(GateState.PASSING)
        await running.kill_gate()
        await running.restart_gate()
        found = await running.crossings_when_finished()
        assert (found[0].verdict, found[0].status) == ("admit", "interrupted")
        assert not found[0].passage_confirmed
        assert running.truth.count("passed") <= len(found)
        assert_gapless(found)


async def test_the_centre_is_killed_and_every_record_arrives_later(folder: Path) -> None:
    async with asyncio.timeout(100), hall(folder) as running:
        # A gate that never had its lists serves nobody.
        await running.gate_reaches(*set(GateState) - {GateState.OUT_OF_SERVICE})
        running.centre.process.kill()
        await running.centre.process.wait()
        await running.finished.wait()
        running.centre = await running.launcher.centre()
        await running.centre.wait_ready()
        found = await running.crossings(2)
        assert [crossing.status for crossing in found] == ["completed", "completed"]
        assert_gapless(found)


def assert_gapless(found: Sequence[CrossingSummary]) -> None:
    assert [crossing.gate_seq for crossing in found] == list(range(1, len(found) + 1))
    assert len({crossing.crossing_id for crossing in found}) == len(found)
