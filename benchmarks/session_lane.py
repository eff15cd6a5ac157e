"""A lane as its processes: centre, simulated devices, and ``egate gate run`` on their wires.

What happened is told by two: the devices' world, which knows when a document was laid down
and when somebody had passed, and the gate's log, which says when it knew.
"""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from egate.cli.demo.beforehand import NOTHING
from egate.cli.demo.launcher import Launcher
from egate.cli.demo.processes import Child, child, last_line
from egate.cli.demo.site import GATE_ID, OFFICER_ID, Layout, Site, free_ports
from egate.ports.supervision import OfficerOrder
from egate.reporting.crossing_list import CrossingList, CrossingSummary
from egate.reporting.gate_client import GateLink
from egate.reporting.identity import Role

_LOOK_SECONDS = 5.0
_LOOKS = 24
_RECORDS_SECONDS = 30
_POLL_SECONDS = 0.5


@dataclass
class SessionLane:
    """The running processes, and what the world has told so far.

    Args:
        site: where everything lies.
        lane: the devices.
        gate: the gate.
        officer: at its service.
        truth: every true event, its time in seconds of the day in ``utc``.

    """

    site: Site
    lane: Child
    gate: Child
    officer: GateLink
    truth: list[dict[str, Any]] = field(default_factory=list)
    _offset: float = float("inf")

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Give each true event as it is told, until the last traveller is gone."""
        while True:
            told = await self._next()
            if told["event"] == "finished":
                return
            # The world has a clock of its own: the quickest line tells best when it began.
            self._offset = min(self._offset, _now() - told["at"])
            self.truth.append(told)
            yield told

    async def _next(self) -> dict[str, Any]:
        """Wait for an event; whoever was referred after they had gone is settled meanwhile."""
        for _ in range(_LOOKS):
            try:
                return await _line(self.lane, _LOOK_SECONDS)
            except TimeoutError:
                if self.truth and self.truth[-1]["event"] in {"left", "done", "waits_inside"}:
                    await self.settle()
        raise RuntimeError(f"nothing happens any more: {self.truth[-1:]}")

    def visits(self) -> list[dict[str, float]]:
        """Return for each traveller when each event first happened, in seconds since 1970."""
        visits: dict[int, dict[str, float]] = {}
        for told in self.truth:
            visit = visits.setdefault(told["index"], {})
            visit.setdefault(told["event"], told["at"] + self._offset)
        return [visits[index] for index in sorted(visits)]

    def steps(self) -> list[dict[str, Any]]:
        """Return the gate's own steps, each with its time in ``utc``."""
        steps = []
        for line in self.gate.log.read_text("utf-8").splitlines():
            if not line.startswith("{"):
                continue  # of a library, before the gate's own log begins
            said = json.loads(line)
            if said.get("event") == "step":
                said["utc"] = dt.datetime.fromisoformat(said["timestamp"]).timestamp()
                steps.append(said)
        return steps

    async def settle(self) -> None:
        """Be the officer who has looked after a referred traveller, now gone."""
        await self.officer.order(OfficerOrder.RESET, OFFICER_ID)

    async def outbox_depth(self) -> int:
        """Return how many records the gate has not delivered yet."""
        return (await anext(self.officer.changes())).outbox_depth

    async def records(self, count: int) -> Sequence[CrossingSummary]:
        """Return the records at the centre, once there are so many."""
        centre = CrossingList(f"127.0.0.1:{self.site.ports.centre}", self.site.tls[Role.OFFICER])
        try:
            async with asyncio.timeout(_RECORDS_SECONDS):
                while True:
                    found, _ = await centre.fetch(GATE_ID)
                    if len(found) >= count:
                        return found
                    await asyncio.sleep(_POLL_SECONDS)
        finally:
            await centre.close()


@asynccontextmanager
async def session_lane(
    folder: Path, layout: Layout, scenario: str, words: Sequence[str]
) -> AsyncIterator[SessionLane]:
    """Start everything; the first traveller comes as soon as the gate is ready.

    Args:
        folder: for everything.
        layout: of the lane.
        scenario: the content of its file.
        words: how slow the devices and how different the people are.

    """
    site = Site(folder, free_ports(), layout)
    site.issue_service_certificates()
    file = folder / "scenario.toml"
    file.write_text(scenario, "utf-8")
    async with AsyncExitStack() as stack:
        launcher = Launcher(site, stack)
        centre = await launcher.centre()
        await launcher.trust()
        up = (
            *("up", str(file), "--pki", str(site.pki), "--stay"),
            *("--vpcd", f"127.0.0.1:{site.ports.chip_reader}", "--flow", layout.value),
            *words,
        )
        lane = await stack.enter_async_context(child("lane", "hardware_mocks", up, folder))
        site.write_gate_settings(await _line(lane, _LOOKS * _LOOK_SECONDS))
        await centre.wait_ready()
        await launcher.prepare(NOTHING)
        gate = await launcher.gate()
        await gate.wait_ready()
        officer = GateLink(f"127.0.0.1:{site.ports.gate_service}", site.tls[Role.OFFICER])
        stack.push_async_callback(officer.close)
        yield SessionLane(site, lane, gate, officer)


async def _line(lane: Child, patience_seconds: float) -> dict[str, Any]:
    if lane.process.stdout is None:
        raise RuntimeError("the simulated lane has no output")
    async with asyncio.timeout(patience_seconds):
        line = await lane.process.stdout.readline()
    if not line:
        raise RuntimeError(f"the simulated lane ended early: {last_line(lane.log)}")
    told: dict[str, Any] = json.loads(line)
    return told


def _now() -> float:
    return dt.datetime.now(tz=dt.UTC).timestamp()  # noqa: TID251 - compared with the gate's log
