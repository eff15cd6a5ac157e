"""The processes of the demo, and what is watched of them.

::

    hardware mocks  <- serial, Modbus, virtual card, MJPEG ->  gate  <- gRPC ->  centre
                                                               gate  <- gRPC ->  console

The demo itself plays only the officer: it resets the lane once a referred
traveller was taken care of, unless a person took the case at the console.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from egate.cli.demo.beforehand import OTHER_GATE_ID, Beforehand
from egate.cli.demo.launcher import LaneWish, Launcher
from egate.cli.demo.processes import Child, last_line
from egate.cli.demo.screen import Screen
from egate.cli.demo.site import OFFICER_ID, GateSite, Site
from egate.cli.demo.story import Session, Step, Story
from egate.cli.outcome import Unavailable
from egate.domain.record import CrossingStatus
from egate.domain.time import UtcSeconds
from egate.ports.supervision import GateState, OfficerOrder
from egate.reporting.crossing_list import CrossingList, CrossingSummary
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.identity import Role

_POLL_SECONDS: Final = 0.1
_SETTLE_SECONDS: Final = 30.0
_OFFICER_SECONDS: Final = 2.0
_PERSON_SECONDS: Final = 10.0
"""In which a person who watches the demo may take a case before its own officer does."""


@dataclass(slots=True)
class RunningSystem:
    """A demo under way."""

    urls: Mapping[str, str]
    finished: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def run_system(
    site: Site, story: Story, screen: Screen, wish: LaneWish, before: Beforehand
) -> AsyncIterator[RunningSystem]:
    """Start every process, let the travellers come, and end everything after the block.

    Raises:
        Unavailable: a process did not start, or ended too early; names it and its last words.

    """
    async with AsyncExitStack() as stack:
        lane = await _start(Launcher(site, stack), screen, wish, before)
        system = RunningSystem(site.urls)
        watch = _Watch(site, story, screen, wish)
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = [tasks.create_task(watch.gate(gate)) for gate in site.gates]
                watching.append(tasks.create_task(watch.travellers(lane, system.finished)))
                yield system
                for task in watching:
                    task.cancel()
        except* Unavailable as group:
            raise _first(group) from None


async def _start(launcher: Launcher, screen: Screen, wish: LaneWish, before: Beforehand) -> Child:
    """Start centre, lane, gate and console in this order; return the lane's process."""
    screen.starting("certificates of the services")
    launcher.site.issue_service_certificates()
    screen.starting("the officers")
    await asyncio.to_thread(launcher.site.appoint_officers)
    centre = await launcher.centre()
    screen.starting("a throw-away passport PKI")
    await launcher.trust()
    screen.starting("the devices of the lane")
    lane = await launcher.lane(wish)
    await launcher.specimens()
    screen.starting("the DIP centre with its database")
    await centre.wait_ready()
    await launcher.prepare(before)
    await launcher.send_entries(before, UtcSeconds(time.time_ns() / 1e9))
    screen.starting("the gate")
    gates = [await launcher.gate_process(gate) for gate in launcher.site.gates]
    console = await launcher.console()
    for gate in gates:
        await gate.wait_ready()
    screen.starting("the console")
    await console.wait_ready()
    return lane


class _Watch:
    """Follows the gate, the travellers and the centre, and plays the officer."""

    def __init__(self, site: Site, story: Story, screen: Screen, wish: LaneWish) -> None:
        self._site = site
        tls = site.tls[Role.OFFICER]
        self._tls = tls
        self._centre = CrossingList(f"127.0.0.1:{site.ports.centre}", tls)
        self._story = story
        self._screen = screen
        self._officer_seconds = (_PERSON_SECONDS if wish.stays else _OFFICER_SECONDS) / wish.speed
        self._lane_left = asyncio.Event()
        self._lane_finished = False
        self._complete = asyncio.Event()

    async def gate(self, gate: GateSite) -> None:
        """Show what a gate says; take care of who it refers, unless a person does."""
        link = GateLink(gate.address, self._tls)
        taken_care_of = ""
        try:
            async for status in link.changes():
                if status.state is not GateState.IDLE:  # a kiosk must not talk over the gate
                    self._screen.gate_says(status.message)
                waiting = status.state is GateState.AWAITING_OFFICER
                if waiting and status.crossing_id != taken_care_of:
                    await self._take_care(link, status.crossing_id)
                    # The same status comes again, and must not reset the next traveller.
                    taken_care_of = status.crossing_id
        except GateUnavailable as error:
            log = self._site.folder / f"{gate.name}.log"
            raise Unavailable(f"the {gate.name} was lost ({error}): {last_line(log)}") from error

    async def _take_care(self, link: GateLink, crossing_id: str) -> None:
        """Reset the lane of a referred traveller who has left it, if nobody took the case."""
        await self._lane_left.wait()
        await asyncio.sleep(self._officer_seconds)
        now = await anext(link.changes())
        if not now.case_officer_id:
            await link.order(OfficerOrder.RESET, OFFICER_ID, crossing_id)

    async def travellers(self, lane: Child, finished: asyncio.Event) -> None:
        """Follow the truth of the lane, then wait until the centre has every record."""
        assert lane.process.stdout is not None  # noqa: S101 - `child` makes it a pipe
        async with asyncio.TaskGroup() as tasks:
            polling = tasks.create_task(self._poll_centre())
            while not self._lane_finished:
                line = await lane.process.stdout.readline()
                if not line:
                    raise Unavailable(f"the simulated lane ended early: {last_line(lane.log)}")
                self._follow(json.loads(line))
            await self._settle()
            polling.cancel()
        finished.set()

    def _follow(self, truth: Mapping[str, Any]) -> None:
        match truth.get("event"):
            case "arrived":
                self._lane_left.clear()
                self._screen.arrived(int(truth["index"]))
            case "left" | "passed" | "waits_inside":
                self._lane_left.set()
            case "finished":
                self._lane_finished = True
            case _:
                pass

    async def _poll_centre(self) -> None:
        while True:
            crossings, total = await self._centre.fetch()
            here = [each for each in crossings if each.gate_id != OTHER_GATE_ID]
            self._story.records_at_centre = total - (len(crossings) - len(here))
            self._story.sessions = sessions_of(here)
            self._screen.changed()
            if self._story.is_complete:
                self._complete.set()
            await asyncio.sleep(_POLL_SECONDS)

    async def _settle(self) -> None:
        """Wait until there is a record of each traveller, or no longer than is decent."""
        try:
            async with asyncio.timeout(_SETTLE_SECONDS):
                await self._complete.wait()
        except TimeoutError:
            return  # the comparison at the end says which are lacking


def sessions_of(crossings: Sequence[CrossingSummary]) -> list[Session]:
    """Return the travellers' sessions, of which those of a kiosk and of a gate are one.

    A gate that refers before it has asked the kiosk, as it does for two people, knows nothing
    of the kiosk's record. Travellers come one after the other here, so it is the one before.

    Args:
        crossings: all of the centre's, in the order in which they began.

    """
    sessions: list[Session] = []
    before: CrossingSummary | None = None  # prepared, and on the way to the gate
    for crossing in crossings:
        if before is not None and crossing.gate_id != before.gate_id:
            sessions[-1] = _session(before, crossing)
            before = None
            continue
        sessions.append(_session(crossing, None))
        before = crossing if crossing.status is CrossingStatus.PREPARED else None
    return sessions


def _session(first: CrossingSummary, then: CrossingSummary | None) -> Session:
    last = then or first
    steps = _steps(first) if then is None else (*_steps(first, "kiosk_"), *_steps(then))
    return Session(
        last.crossing_id,
        last.verdict.value,
        last.status.value,
        last.findings,
        steps,
        records=1 if then is None else 2,
        prepared_record_id=last.prepared_crossing_id,
    )


def _steps(crossing: CrossingSummary, where: str = "") -> tuple[Step, ...]:
    return tuple(
        Step(where + step.step, step.seconds, step.gate_seconds) for step in crossing.steps
    )


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
