"""A gate with simulated devices that is killed at every journal write and every command.

The points are set from outside: the product's code knows nothing of them. What a restart finds
on the disk is the real journal's. Nobody is admitted without the scanned page, so the gate is
killed on its way as well: as it comes, and before and after its pictures are looked at.
"""

import asyncio
import itertools
import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from egate.domain.policy.obligation import Obligation
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId
from egate.gate import page_inspection
from egate.gate.executor import LaneExecutor
from egate.gate.journal import Journal
from egate.gate.pages import PageSlot, ScannedPage
from egate.outbox.chain_audit import audit_of
from egate.ports.devices import PageScan
from egate.ports.supervision import OfficerOrder
from tests.gate_lane import IDENTITY, QUICK, Centre, Comparison, Hall, Procedure, hall
from tests.gate_pages import Scanner

READY_SECONDS: Final = 5.0
_PAGE_COUNTS: Final = replace(
    QUICK, obligations=QUICK.obligations | {CheckId.PATTERN: Obligation.MANDATORY}
)
SAFE: Final = {m.BarrierPosition.CLOSED, m.BarrierPosition.ENTRY_OPEN}


@dataclass(frozen=True, slots=True)
class Restart:
    """What the gate after the kill did.

    Args:
        way: of the traveller whom the one before served.
        point: at which the one before was killed, from 1; or after how many milliseconds.
        safe_seconds: until the barrier was told to be safe.
        ready_seconds: until it waited for travellers.
        faults: laws that did not hold.

    """

    way: str
    point: int
    safe_seconds: float
    ready_seconds: float
    faults: tuple[str, ...]


def set_points(at: int) -> None:
    """Make this process end by SIGKILL at point ``at``: before or after a write or a command."""
    passed = 0

    def point() -> None:
        nonlocal passed
        passed += 1
        if passed == at:
            os.kill(os.getpid(), signal.SIGKILL)

    append, execute = Journal.append, LaneExecutor.execute
    put, inspected = PageSlot.put, page_inspection._inspected

    def killing_append(self: Journal, *arguments: Any) -> None:  # noqa: ANN401
        point()
        append(self, *arguments)
        point()

    async def killing_execute(self: LaneExecutor, command: m.Command) -> m.Event | None:
        point()
        event = await execute(self, command)
        point()
        return event

    def killing_put(self: PageSlot, scan: PageScan) -> ScannedPage:
        page = put(self, scan)
        point()
        return page

    def killing_inspected(*arguments: Any) -> Any:  # noqa: ANN401
        point()
        found = inspected(*arguments)
        point()
        return found

    Journal.append = killing_append  # type: ignore[method-assign]
    LaneExecutor.execute = killing_execute  # type: ignore[method-assign]
    PageSlot.put = killing_put  # type: ignore[method-assign]
    page_inspection._inspected = killing_inspected


@dataclass(frozen=True, slots=True)
class ScannedLane:
    """A lane, and the scanner that a document's page is laid on."""

    hall: Hall
    scanner: Scanner

    async def present(self) -> None:
        """Lay the document down: on the MRZ reader, the chip reader and the scanner."""
        await self.hall.present()
        self.scanner.scan()


@asynccontextmanager
async def scanned_lane(folder: Path, centre: Centre) -> AsyncIterator[ScannedLane]:
    scanner = Scanner()
    ways = (
        Procedure(),
        lambda _: Comparison(),
        scanner.device,
        scanner.procedures(_PAGE_COUNTS),
    )
    async with hall(folder, policy=_PAGE_COUNTS, centre=centre, ways=ways) as h:
        yield ScannedLane(h, scanner)


async def pass_through(lane: ScannedLane) -> None:
    h = lane.hall
    await h.walk_up()
    await lane.present()
    await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.EXIT_OPEN, 20)
    await h.walk_through()
    await h.until_state(m.Idle)


async def be_followed(lane: ScannedLane) -> None:
    """Somebody comes in behind an admitted traveller; an officer takes care of both."""
    h = lane.hall
    await h.walk_up()
    await lane.present()
    await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.EXIT_OPEN, 20)
    await h.beams(mouth=True, reader=True)
    await h.until_state(m.AwaitingOfficer)
    await h.beams()
    h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
    await h.until_state(m.Idle)


async def be_evacuated(lane: ScannedLane) -> None:
    h = lane.hall
    await h.walk_up()
    await h.until_state(m.ReadingMrz)
    h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
    await h.until_state(m.Evacuating)
    await h.beams()
    h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
    await h.until_state(m.Idle)


async def go_back(lane: ScannedLane) -> None:
    h = lane.hall
    await h.walk_up()
    await h.until_state(m.ReadingMrz)
    await h.go_back()
    await h.until_state(m.Idle)


Way = Callable[[ScannedLane], Awaitable[None]]
WAYS: Final[tuple[Way, ...]] = (pass_through, be_followed, be_evacuated, go_back)


async def _first_gate(folder: Path, way: Way) -> None:
    async with scanned_lane(folder, Centre(away=True)) as lane:
        await lane.hall.until_state(m.Idle)
        await way(lane)


def kill_at(folder: Path, point: int, way: Way) -> bool:
    """Let a gate serve a traveller until ``point``; False if it ends without reaching it."""
    _, status = os.waitpid(forked(folder, way, point), 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def forked(folder: Path, way: Way, point: int = 0) -> int:
    """Let a gate in a process of its own serve a traveller, until ``point`` unless it is 0."""
    child = os.fork()
    if not child:
        set_points(point)
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        try:
            asyncio.run(_first_gate(folder, way))
        finally:
            os._exit(0)
    return child


def sessions_begun(folder: Path) -> int:
    """Return how many sessions the killed gate had in its journal."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as database:
        try:
            query = "SELECT count(*) FROM step WHERE event = 'TravellerEntered'"
            return int(database.execute(query).fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # killed before there was a table


async def settled(h: Hall) -> None:
    """Wait until the gate waits for travellers; an officer settles what was left to one."""
    await h.until(lambda: h.barrier.signals)
    if not isinstance(h.state, m.Idle):
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
    await h.until_state(m.Idle)


async def restart(folder: Path, way: str, point: int) -> Restart:
    """Start the gate anew, look at what it does, and send a second traveller through."""
    begun, centre, start = sessions_begun(folder), Centre(), time.monotonic()
    async with scanned_lane(folder, centre) as lane:
        h = lane.hall
        evacuates = isinstance(h.state, m.Evacuating)
        safe = SAFE | {m.BarrierPosition.RELEASED} if evacuates else SAFE
        safe_seconds = time.monotonic() - start
        await settled(h)
        ready_seconds = time.monotonic() - start
        unasked = set(h.barrier.positions) - safe
        await h.until(lambda: not h.gate.supervision.status().outbox_depth, 10)
        found = len(centre.records)
        await pass_through(lane)
        await h.until(lambda: len(centre.records) > found, 10)
    records = sorted(centre.records, key=lambda record: record.gate_seq)
    audit = audit_of(folder / "journal.sqlite", IDENTITY.gate_id)
    laws = {
        f"{found} records of {begun} sessions": found == begun,
        "a record twice": len({each.crossing_id for each in records}) == len(records),
        "the chain is broken": audit.found is None and audit.links == len(records),
        "a gap in the numbers": [r.gate_seq for r in records] == list(range(1, len(records) + 1)),
        "the barrier opened by itself": not unasked,
        "the next traveller did not pass": records[-1].status is CrossingStatus.COMPLETED,
    }
    return Restart(
        way, point, safe_seconds, ready_seconds, tuple(f for f, held in laws.items() if not held)
    )


def kill_all(most: int, every: int) -> list[Restart]:
    """Kill a gate at every so manieth point of each way, at most ``most`` times."""
    done: list[Restart] = []
    for way in WAYS:
        for point in itertools.count(every, every):
            with tempfile.TemporaryDirectory() as name:
                if len(done) == most or not kill_at(Path(name), point, way):
                    break
                done.append(asyncio.run(restart(Path(name), way.__name__, point)))
    return done
