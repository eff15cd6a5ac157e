"""A lane on real wires whose gate is a process that is killed and started anew.

The devices, the people and the centre outlive every gate.
"""

import asyncio
import contextlib
import itertools
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from egate.cli.demo.beforehand import NOTHING
from egate.cli.demo.launcher import Launcher
from egate.cli.demo.site import GATE_ID, Layout, Site, free_ports
from egate.domain.session.flow import Flow
from egate.ports.supervision import OfficerOrder
from egate.reporting.crossing_list import CrossingList
from egate.reporting.gate_client import GateLink
from egate.reporting.identity import Role
from hardware_mocks.barrier.lane import Coil
from hardware_mocks.lane.bag import Bag, Bags
from hardware_mocks.lane.devices import LaneDevices
from hardware_mocks.lane.host import Host, Walks
from hardware_mocks.pki.command import now_utc
from hardware_mocks.pki.pki import Pki
from hardware_mocks.world.manner import USUAL, Manner
from hardware_mocks.world.plan import PlannedVisit
from hardware_mocks.world.traveller import Traveller
from tests.gate_samples import ROOT

SPEED: Final = 2.0
PATIENCE_SECONDS: Final = 60.0
_WRITE_COILS: Final = (0x05, 0x0F)
_LOOK_SECONDS: Final = 0.005
# A machine with much other work shall refer nobody because it sees too few frames.
_PATIENT: Final = {
    "mrz = 20.0": "mrz = 40.0",
    "inspection = 30.0": "inspection = 60.0",
    "entering = 15.0": "entering = 30.0",
    "face_seconds = 10.0": "face_seconds = 25.0",
    '"BIOMETRIC.PAD" = "mandatory"': '"BIOMETRIC.PAD" = "evaluatory"',
}


@dataclass
class Gate:
    """One process of the gate, from its exec to its end."""

    process: asyncio.subprocess.Process
    began: float
    lines: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    last_words: str = ""
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        assert self.process.stderr is not None
        while raw := await self.process.stderr.readline():
            self.last_words = raw.decode("utf-8", "replace").strip()
            with contextlib.suppress(ValueError):
                self.lines.append((time.monotonic() - self.began, json.loads(raw)))
            self._more.set()
        await self.process.wait()
        self._more.set()

    def computed(self) -> float:
        """Return how many seconds of a processor it has used."""
        with contextlib.suppress(OSError, IndexError):
            stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    @property
    def state(self) -> str:
        steps = [line["next_state"] for _, line in self.lines if line.get("event") == "step"]
        return steps[-1] if steps else ""

    async def said(self, **wanted: str) -> tuple[float, dict[str, Any]]:
        """Return the first line with all of ``wanted``, and when it came after the exec."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for at, line in self.lines:
                    if wanted.items() <= line.items():
                        return at, line
                if not self.alive:
                    raise AssertionError(f"ended without {wanted}: {self.last_words}")
                self._more.clear()
                await self._more.wait()

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@dataclass(frozen=True)
class DoorOrder:
    """The gate told the doors to stand so at ``at``, having computed for so many seconds."""

    at: float
    computed: float
    entry: bool
    exit: bool


class NewBags(Bags):
    """A passport of its own for each visit: the centre knows who came in a moment ago."""

    def __init__(self, devices: LaneDevices, pki: Pki) -> None:
        super().__init__(devices, devices.camera, pki, now_utc())
        self._numbers = itertools.count(1)

    async def pack(self, traveller: Traveller, index: int, manner: Manner = USUAL) -> Bag:
        number = f"XB{next(self._numbers):07d}"
        # Without a key of its own a chip is made in no time.
        fresh = replace(traveller, document_number=number, active_authentication="none")
        return await super().pack(fresh, index, manner)


class KilledLane:
    """The lane. ``doors`` has what the present gate told them, ``truth`` what people did."""

    def __init__(
        self, site: Site, devices: LaneDevices, tasks: asyncio.TaskGroup, *, alone: bool
    ) -> None:
        self._alone = ("chrt", "--rr", "1") if alone else ()
        self.devices = devices
        self.site = site
        self.flow = Flow.ONE_STEP
        self.doors: list[DoorOrder] = []
        self.truth: list[str] = []
        self.gate: Gate | None = None
        self._tasks = tasks
        line = devices.board._line
        self._answer = line._answer
        line._answer = self._noting
        bags = NewBags(devices, Pki.load(site.pki))
        self._host = Host(devices, bags, self._say, Walks(SPEED))
        self._centre = CrossingList(f"127.0.0.1:{site.ports.centre}", site.tls[Role.OFFICER])

    @property
    def running(self) -> Gate:
        assert self.gate is not None
        return self.gate

    def lay_out(self, flow: Flow) -> None:
        """Write the settings of the next gate."""
        self.flow = flow
        self.devices.kind = replace(self.devices.kind, flow=flow.value)
        site = replace(self.site, layout=Layout(flow.value))
        site.write_gate_settings({"devices": self.devices.settings()})
        text = site.settings_of(site.gate).read_text("utf-8")
        policy = ROOT / "config" / "policy.toml"
        patient = site.folder / "policy.toml"
        patient.write_text(_with(policy.read_text("utf-8"), _PATIENT), "utf-8")
        changed = _with(text, {f'policy = "{policy}"': f'policy = "{patient}"'})
        site.settings_of(site.gate).write_text(changed, "utf-8")

    def arm(self, point: str | None) -> None:
        """Have the gate killed at ``point``."""
        armed = self.site.folder / "armed"
        armed.unlink(missing_ok=True)
        if point:
            fresh = armed.with_suffix(".new")
            fresh.write_text(point)
            fresh.rename(armed)

    def points(self) -> list[str]:
        """Return every point that was passed since the last call."""
        file = self.site.folder / "points"
        passed = file.read_text().splitlines()
        file.write_text("")
        return list(dict.fromkeys(passed))

    async def start(self) -> Gate:
        """Start a gate; it is not ready yet."""
        self.doors.clear()
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *self._alone,
            sys.executable, "-m", "tests.gate_kills.failpoints", str(self.site.folder),
            "gate", "run", "--config", str(self.site.settings_of(self.site.gate)),
            cwd=ROOT, stderr=asyncio.subprocess.PIPE, limit=1 << 20,
        )  # fmt: skip
        self.gate = Gate(process, began)
        self._tasks.create_task(self.gate.follow())
        return self.gate

    def lets_over_the_border(self, order: DoorOrder) -> bool:
        """Say whether the doors let somebody pass who stand as ``order`` says."""
        return order.exit if self.flow is Flow.TWO_STEP else order.entry

    async def until(self, met: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until ``met``; False if it takes longer than ``seconds``."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not met():  # noqa: ASYNC110 - coils wake nobody
                    await asyncio.sleep(_LOOK_SECONDS)
                return True
        return False

    async def order(self, order: OfficerOrder) -> bool:
        """Give the running gate an officer's order."""
        _, ready = await self.running.said(event="ready")
        link = GateLink(ready["grpc"], self.site.tls[Role.OFFICER])
        try:
            return await link.order(order, "officer-1")
        finally:
            await link.close()

    async def receive(self, traveller: Traveller) -> list[str]:
        """Play a traveller's visit, and return what they did."""
        before = len(self.truth)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._host.receive(PlannedVisit(traveller), 0)
        return self.truth[before:]

    def begun(self) -> int:
        """Return how many sessions the journal says were begun."""
        return self._count("SELECT count(*) FROM step WHERE event = 'TravellerEntered'")

    def waiting(self) -> int:
        """Return how many records the outbox has."""
        return self._count("SELECT count(*) FROM outbox")

    async def delivered(self) -> int:
        """Return how many records the centre has."""
        _, total = await self._centre.fetch(GATE_ID)
        return total

    async def records(self) -> list[Any]:
        found, _ = await self._centre.fetch(GATE_ID)
        return list(found)

    async def close(self) -> None:
        await self._centre.close()
        if self.gate is not None:
            await self.gate.kill()

    def _count(self, query: str) -> int:
        address = f"{(self.site.folder / 'journal.sqlite').as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            return int(database.execute(query).fetchone()[0])

    def _say(self, truth: dict[str, Any]) -> None:
        self.truth.append(truth["event"])

    def _noting(self, request: bytes) -> bytes | None:
        answer = self._answer(request)
        if len(request) > 4 and request[1] in _WRITE_COILS and request[2:4] < b"\0\2":
            coils = self.devices.board.lane.coils
            now = time.monotonic()
            computed = self.gate.computed() if self.gate else 0.0
            entry, exit_ = coils[Coil.ENTRY_OPEN], coils[Coil.EXIT_OPEN]
            self.doors.append(DoorOrder(now, computed, entry, exit_))
        return answer


def _with(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def killed_lane(folder: Path, *, alone: bool = False) -> AsyncIterator[KilledLane]:
    """Start centre and devices in ``folder``, which the account of PostgreSQL may enter.

    With ``alone`` gates and devices run before everything else on the machine.
    """
    site = Site(folder, free_ports())
    site.issue_service_certificates()
    async with AsyncExitStack() as stack:
        launcher = Launcher(site, stack)
        centre = await launcher.centre()
        await launcher.trust()
        await centre.wait_ready()
        await launcher.prepare(NOTHING)
        vpcd = ("127.0.0.1", site.ports.chip_reader)
        devices = await stack.enter_async_context(LaneDevices(vpcd, speed=SPEED))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        lane = KilledLane(site, devices, tasks, alone=alone)
        if alone:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        try:
            yield lane
        finally:
            await lane.close()
