"""One lane put together: devices, memory and loops, owned by one task group."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.domain.session.lane import session_id_of
from egate.gate.alarm_sound import AlarmSound
from egate.gate.background.checking import BackgroundPart
from egate.gate.background.lane_lists import LaneLists
from egate.gate.chip_reading import ChipProcedure
from egate.gate.clocks import Clocks
from egate.gate.conditions import LaneConditions, LaneSeen, Surroundings, sources_of
from egate.gate.documents import DocumentSlot
from egate.gate.emergency import EmergencyWatcher
from egate.gate.executor import Comparison, LaneExecutor, LaneWays
from egate.gate.health import Checkable, Health
from egate.gate.inbox import Inbox
from egate.gate.journal import Journal
from egate.gate.lane_devices import LaneDevices
from egate.gate.lane_pages import LanePages, PageProcedures
from egate.gate.lane_trust import LaneTrust
from egate.gate.memory import Memory
from egate.gate.reader_watcher import DocumentReaders, ReaderWatcher
from egate.gate.rest_watch import RestWatch
from egate.gate.runner import Runner
from egate.gate.standing import StandingCheck
from egate.gate.supervision import GateSupervision
from egate.gate.token_book import TokenBook
from egate.gate.token_desk import KioskDesk
from egate.gate.token_ways import TokenWays
from egate.gate.watchers import DocumentWatcher, LaneLayout, LaneWatcher
from egate.outbox.forwarder import Forwarder
from egate.ports.devices import DeviceName
from egate.ports.reporting import StationSink
from egate.ports.tokens import Kiosks

_SELDOM_USED: Final = (DeviceName.CAMERA, DeviceName.CHIP_READER)
"""Devices that may be lost while the lane waits without anybody noticing."""

Loop = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Procedures:
    """What the lane does with documents, faces and records.

    Args:
        chip: the inspection procedure.
        face: compares the live face with the portrait.
        layout: of the lane, and which way it serves.
        trust: what documents are verified with.
        sink: where records go.
        encode: from a record to its wire format.
        delays: makes the waits between attempts, in seconds.
        surroundings: what else the lane's conditions are told from.
        background: asks lists and authorisations.
        pages: what is done with pages, for a lane with a page scanner.
        kiosks: of the hall, for the gate of a segregated lane.
        lists: whose age limits the lane; None where a kiosk asks them.

    """

    chip: ChipProcedure
    face: Comparison
    layout: LaneLayout
    trust: LaneTrust
    sink: StationSink
    encode: Callable[[CrossingRecord], bytes]
    delays: Callable[[], Iterator[float]]
    surroundings: Surroundings
    background: BackgroundPart
    pages: PageProcedures | None = None
    kiosks: Kiosks | None = None
    lists: LaneLists | None = None


class LaneGate:
    """One lane.

    Args:
        identity: named in every record.
        policy: the rules.
        devices: of the lane.
        memory: journal and outbox.
        procedures: what it does.
        clocks: of this machine.

    Raises:
        DatabaseUnusable: the journal is damaged or another gate's.

    """

    def __init__(
        self,
        identity: LaneIdentity,
        policy: Policy,
        devices: LaneDevices,
        memory: Memory,
        procedures: Procedures,
        clocks: Clocks,
    ) -> None:
        inbox, documents, outbox = Inbox(), DocumentSlot(clocks), memory.outbox(identity.gate_id)
        self.evidence = memory.evidence(identity.gate_id)
        journal = Journal(memory.database, memory.seal, outbox, identity, procedures.encode)
        pages = self._pages = LanePages(
            devices.page_scanner, procedures.pages, lambda: self.runner.policy, clocks
        )
        documents_from = DocumentReaders(
            devices.mrz_reader or pages.mrz_reader(), devices.chip_reader
        )
        health = Health(
            _checked(devices, documents_from, journal, procedures), inbox.post, procedures.delays
        )
        is_kiosk = procedures.layout.flow is m.Flow.KIOSK
        self.tokens = TokenBook(memory.database, memory.seal, clocks) if is_kiosk else None
        self.token_desk = (
            _desk_of(self.tokens, procedures, identity, clocks) if self.tokens else None
        )
        ways = LaneWays(
            documents,
            pages,
            devices.chip_reader,
            devices.barrier,
            procedures.face,
            procedures.chip,
            lambda: self.runner.policy,
            procedures.background,
            identity.border_crossing_point,
            TokenWays(self.tokens, procedures.kiosks),
            devices.signal_lights,
        )
        self.executor = LaneExecutor(ways, clocks)
        self.runner = Runner(policy, journal, self.executor, health, clocks, inbox)
        forwarder = self.forwarder = Forwarder(outbox, procedures.sink, procedures.delays)
        self.supervision = GateSupervision(identity, self.runner, outbox, forwarder, inbox, clocks)
        layout = procedures.layout.ordered(lambda: self.runner.state.lane.direction)
        lane = LaneWatcher(devices.barrier, health, inbox, clocks, layout, secrets.randbits)
        waiting = DocumentWatcher(
            documents_from.mrz_reader, documents, health, lambda: self._document_arrived(lane)
        )
        self.runner.on_change(forwarder.wake)
        self.runner.on_change(self.supervision.changed)
        forwarder.on_change(self.supervision.changed)
        self._health, self._trust = health, procedures.trust
        self._tell_officers(procedures, lane, journal)
        seen = LaneSeen(
            lambda: forwarder.centre_reachable,
            lambda: self.supervision.consoles,
            lambda: lane.broken,
            lambda: readers.occupied_since,
            lambda: self.runner.state,
        )
        readers = ReaderWatcher(documents_from, health, clocks, lambda: self.runner.state)
        lists = (procedures.lists,) if procedures.lists else ()
        around = sources_of(
            procedures.surroundings, seen, self.evidence, clocks, journal.last_step_at()
        )
        self.conditions = LaneConditions((*around, *lists), inbox)
        keeping = (
            procedures.trust.run,
            self.conditions.run,
            readers.run,
            StandingCheck(journal, procedures.sink, health, procedures.delays).run,
            *_watching(devices, lane, health, self.runner),
            *(pages.watching() if devices.mrz_reader else ()),
        )
        loops = (self.runner.run, lane.run, waiting.run, health.run, forwarder.run, *keeping)
        self._loops = (*loops, *(each.run for each in (*lists, self.tokens) if each))

    async def run(self) -> None:
        """Serve travellers until cancelled; then close the lane in an orderly way."""
        self._trust_changed()  # before the first traveller
        self.runner.begin_with(self.conditions.first_look())
        try:
            async with asyncio.TaskGroup() as tasks:
                for loop in self._loops:
                    tasks.create_task(loop())
        finally:
            self._pages.close()
            await self.runner.stop()

    def _tell_officers(self, procedures: Procedures, lane: LaneWatcher, journal: Journal) -> None:
        """Let the consoles see the whole lane, and their orders reach all of it."""
        self.supervision.cases.has(self.executor.case_images, journal.case_record.of)
        self.supervision.cases.has_pages(self.executor.page_findings)
        self.supervision.shows_layout(lane.layout)
        self.supervision.on_reset(lane.taken_care_of)
        self.supervision.shows_trust(lambda: procedures.trust.status)
        procedures.trust.on_change(self._trust_changed)
        procedures.face.on_guidance(self.supervision.guide)
        if procedures.lists:
            self._tell_officers_of_lists(procedures.lists)

    def _tell_officers_of_lists(self, lists: LaneLists) -> None:
        self.supervision.shows_lists(lists)
        lists.on_change(self.supervision.changed)
        self.runner.on_change(lambda: lists.keep_only(session_id_of(self.runner.state)))

    def _trust_changed(self) -> None:
        if fault := self._trust.fault:
            self._health.lost(fault)
        else:
            self._health.found(DeviceName.OWN_CSCA)
        self.supervision.changed()

    def _document_arrived(self, lane: LaneWatcher) -> None:
        if isinstance(self.runner.state, m.Idle):
            lane.admit_waiting()


def _checked(
    devices: LaneDevices, readers: DocumentReaders, journal: Journal, procedures: Procedures
) -> Mapping[DeviceName, Checkable]:
    """Return what the lane needs to serve, and can ask whether it is there."""
    optional = {
        DeviceName.EMERGENCY_INPUT: devices.emergency_input,
        DeviceName.SIGNAL_LIGHTS: devices.signal_lights,
    }
    return {
        DeviceName.MRZ_READER: readers.mrz_reader,
        DeviceName.CHIP_READER: readers.chip_reader,
        DeviceName.CAMERA: devices.camera,
        DeviceName.BARRIER: devices.barrier,
        DeviceName.JOURNAL: journal,
        DeviceName.OWN_CSCA: procedures.trust,
        **{name: device for name, device in optional.items() if device is not None},
    }


def _desk_of(
    book: TokenBook, procedures: Procedures, identity: LaneIdentity, clocks: Clocks
) -> KioskDesk:
    return KioskDesk(book, procedures.lists, identity.border_crossing_point, clocks)


def _watching(
    devices: LaneDevices, lane: LaneWatcher, health: Health, runner: Runner
) -> tuple[Loop, ...]:
    """Return what looks after devices that not every lane has, or that it seldom uses."""
    sound = AlarmSound(devices.barrier, health)
    runner.on_alarm(sound.sound)
    lights = (DeviceName.SIGNAL_LIGHTS,) if devices.signal_lights else ()
    at_rest = RestWatch((*_SELDOM_USED, *lights), lambda: runner.state, health)
    loops: tuple[Loop, ...] = (at_rest.run, sound.run)
    if devices.emergency_input:
        loops += (EmergencyWatcher(devices.emergency_input, lane.emergency, health).run,)
    return loops
