"""One gate: the product's runner, journal, outbox, chain and forwarder on a disk of its own."""

import asyncio
from collections.abc import Iterator
from typing import Final

from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.domain.session.lane import session_id_of
from egate.gate.clocks import Clocks
from egate.gate.health import Health
from egate.gate.inbox import Inbox
from egate.gate.journal import Journal
from egate.gate.memory import Memory
from egate.gate.runner import Runner
from egate.gate.standing import StandingCheck
from egate.outbox.backoff import delays
from egate.outbox.chain import StationBehind
from egate.outbox.forwarder import Forwarder
from egate.outbox.sealing import Seal
from egate.ports.devices import DeviceName
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode, number_of_verdict
from tests.gate_samples import POLICY
from tests.simulation.disk import new_disk
from tests.simulation.identities import StationKey, gate_id
from tests.simulation.lane import Devices, People, somebody
from tests.simulation.lists import GateLists
from tests.simulation.network import Line, VirtualChannel, VirtualLink
from tests.simulation.processes import PowerCut, Process
from tests.simulation.world import World

LONGEST_WAIT_SECONDS: Final = 20.0
"""Between two attempts; the product's three seconds would be most of a day's work."""
_SEAL: Final = Seal(bytes(range(32)))


class VirtualClient(CentreClient):
    """The product's client over a line of this world."""

    def __init__(self, link: VirtualLink) -> None:
        self._link = link


class Gate:
    """One of the lanes of a hall.

    Args:
        world: of the day.
        number: from 1.
        line: to the centre.
        lists: of the gate, None where a day leaves them out.

    """

    def __init__(
        self, world: World, number: int, line: Line, lists: GateLists | None = None
    ) -> None:
        self.world, self.number, self.line = world, number, line
        self.id = gate_id(number)
        self.chance = world.chance(self.id)
        self.key = StationKey(number)
        self.disk = new_disk()
        self.clock_ahead = 0.0
        self.posted: set[str] = set()
        """Sessions that may have begun."""
        self.begun: set[str] = set()
        """Sessions that are in the journal."""
        self.acknowledged: dict[str, int] = {}
        """Records that the journal has, and their verdicts."""
        self.forgotten: set[str] = set()
        """Sessions of which a disk that was put back may know nothing."""
        self.crashes = 0
        self.lists = lists
        self._made = 0
        self.start()

    def start(self) -> None:
        """Start its process, as a supervisor does."""
        self.disk.revive()
        self.process = Process(self.world, self.id, self.crash)
        try:
            self._compose()
        except PowerCut:
            self.crash()
            return
        for work in self._works:
            self.process.start(work())
        if self.lists:
            self.lists.start(self.process, self.clocks)

    def _compose(self) -> None:
        loop, chance = asyncio.get_running_loop(), self.chance
        self.clocks = Clocks(loop.time, lambda: self.world.utc + self.clock_ahead)
        self.outbox = Memory(self.disk, _SEAL, self.key).outbox(self.id)
        lane = LaneIdentity(self.id, "BDDAC", "0.1.0")
        journal = Journal(self.disk, _SEAL, self.outbox, lane, encode)
        self.inbox = Inbox()
        health = Health({DeviceName.JOURNAL: journal}, self.inbox.post, self._delays)
        self.devices = Devices(chance, self.lists.named if self.lists else lambda: ())
        self._people = People(chance, self._later)
        self.runner = Runner(POLICY, journal, self.devices, health, self.clocks, self.inbox)
        client = VirtualClient(VirtualLink(VirtualChannel(self.line, lambda: self.key.certificate)))
        forwarder = Forwarder(self.outbox, client, self._delays)
        self.runner.on_change(forwarder.wake)
        self.runner.on_change(self._stepped)
        self.runner.on_report(self._reported)
        standing = StandingCheck(journal, client, health, self._delays)
        self._works = (self.runner.run, health.run, forwarder.run, standing.run)
        self.world.note(self.id, "started")

    def crash(self) -> None:
        """Kill it now; it is started again by itself."""
        if not self.process.alive:
            return
        self.end()
        self.crashes += 1
        self.world.note(self.id, "killed")
        self.world.later(self.chance.uniform(1, 120), self.start)

    def end(self) -> None:
        """Let nothing of it happen any more."""
        self.disk.acts.cut()
        self.process.end()
        if self.lists:
            self.lists.end()

    def visited(self) -> None:
        """Let somebody come, who goes elsewhere unless the lane is free."""
        if not self.process.alive or not isinstance(self.runner.state, m.Idle):
            return
        self.devices.document = somebody(self.chance)
        session = self._session_id()
        self.posted.add(session)
        direction = self.chance.choice((Direction.ENTRY, Direction.EXIT))
        flow = self.chance.choice((m.Flow.ONE_STEP, m.Flow.TWO_STEP))
        at = self.clocks.utc_now()
        self.inbox.post(m.TravellerEntered(m.SessionId(session), at, direction, flow))

    def put_disk_back(self, image: bytes) -> None:
        """Kill it, and let its disk be what it was when ``image`` was made."""
        self.crash()
        self.disk.revive()
        self.disk.deserialize(image)
        self.forgotten |= self.begun
        self.world.note(self.id, "disk put back")

    @property
    def is_behind(self) -> bool:
        """Whether it has found out that records are lost here."""
        with self.disk.acts.unnoticed():
            try:
                self.outbox.chain.check_whole()
            except StationBehind:
                return True
            return False

    @property
    def is_settled(self) -> bool:
        """Whether it runs, nobody is in the lane, and no record waits."""
        if not self.process.alive or session_id_of(self.runner.state):
            return False
        with self.disk.acts.unnoticed():
            return not self.outbox.backlog().depth

    def _delays(self) -> Iterator[float]:
        return delays(self.chance.random, most=LONGEST_WAIT_SECONDS)

    def _session_id(self) -> str:
        """Return a UUID version 7 that no other gate and no other session has."""
        self._made += 1
        at = int(self.clocks.utc_now() * 1000) & (1 << 48) - 1
        number = at << 80 | 7 << 76 | 2 << 62 | self.number << 32 | self._made
        text = f"{number:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def _later(self, seconds: float, event: m.Event) -> None:
        process, inbox = self.process, self.inbox
        self.world.later(seconds, lambda: process.alive and inbox.post(event))

    def _stepped(self) -> None:
        state = self.runner.state
        self.world.note(self.id, type(state).__name__)
        session = session_id_of(state)
        if session:
            self.begun.add(session)
        self._people.see(state)

    def _reported(self, report: m.Report) -> None:
        self.acknowledged[report.session.id] = number_of_verdict(report.verdict)
