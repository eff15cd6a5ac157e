"""What happens without being asked for: people, documents, the emergency input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from egate.domain.conditions import BrokenBeams, watched
from egate.domain.policy.policy import SHORTEST_LOOK_SECONDS
from egate.domain.record import Direction
from egate.domain.record_id import RANDOM_BITS, make_record_id
from egate.domain.session import model as m
from egate.domain.session.presence import Sighting
from egate.gate.clocks import Clocks
from egate.gate.documents import DocumentSlot
from egate.gate.emergency import EmergencyInputs
from egate.gate.health import Health
from egate.gate.inbox import Inbox
from egate.gate.lane_sight import sight_of
from egate.gate.until_lost import until_lost
from egate.observability.logging import logger
from egate.ports.devices import (
    Barrier,
    BarrierSensors,
    DeviceName,
    MrzLines,
    MrzReader,
)

_EVENTS: Final[Mapping[Sighting, m.Event]] = {
    Sighting.SECOND_PERSON: m.SecondPersonDetected(),
    Sighting.PASSED: m.PassageConfirmed(),
    Sighting.PASSED_AND_LEFT_BEHIND: m.PassageConfirmed(left_behind=True),
    Sighting.LEFT: m.TravellerLeft(),
    Sighting.STEPPED_IN: m.TravellerInside(),
    Sighting.ENCLOSED: m.EntryClosed(),
    Sighting.WRONG_WAY: m.WrongWayDetected(),
    Sighting.FOUND_INSIDE: m.TravellerInside(),
}


@dataclass(frozen=True, slots=True)
class LaneLayout:
    """How the lane stands, and which way it serves.

    Args:
        flow: its way.
        direction: gives the direction at this moment.

    """

    flow: m.Flow
    direction: Callable[[], Direction]

    def ordered(self, order: Callable[[], Direction | None]) -> "LaneLayout":
        """Return this layout with the direction that ``order`` gives, where it gives one."""
        return replace(self, direction=lambda: order() or self.direction())


class LaneWatcher:
    """Turns the barrier's sensors into people and emergencies.

    Args:
        barrier: whose sensors.
        health: told when they are lost.
        inbox: where events go.
        clocks: for the ids of new sessions.
        layout: of the lane.
        random_bits: gives so many unpredictable bits.

    """

    def __init__(
        self,
        barrier: Barrier,
        health: Health,
        inbox: Inbox,
        clocks: Clocks,
        layout: LaneLayout,
        random_bits: Callable[[int], int],
    ) -> None:
        self._barrier = barrier
        self._health = health
        self._inbox = inbox
        self._clocks = clocks
        self._random_bits = random_bits
        self.layout = layout
        self._sight = sight_of(layout.flow)
        self._seen: BarrierSensors | None = None
        self.broken = BrokenBeams()
        self.emergency = EmergencyInputs(inbox)

    def taken_care_of(self) -> None:
        """An officer looked after whoever is in the lane."""
        self._sight.taken_care_of()

    def admit_waiting(self) -> None:
        """Begin a session for somebody who stood in the lane before it was ready."""
        waiting = self._sight.waiting()
        if waiting:
            self._enter()
        if waiting > 1:
            self._inbox.post(m.SecondPersonDetected())

    async def run(self) -> None:
        """Watch until cancelled, over losses of the barrier."""
        while True:
            await until_lost(DeviceName.BARRIER, self._barrier.sensors, self._sense, self._health)
            self.taken_care_of()  # who was in the lane may have left unseen
            self.broken = BrokenBeams()

    def _sense(self, sensors: BarrierSensors) -> None:
        before, self._seen = self._seen, sensors
        self.emergency.tell(DeviceName.BARRIER, active=sensors.emergency_release)
        if sensors.tamper and not (before and before.tamper):
            logger().error("the barrier reports tampering")
        if sensors.release_button and not (before and before.release_button):
            self._inbox.post(m.ReleaseRequested())
        self._tell_forced(before is not None and before.forced, sensors.forced)
        self._tell_unwatched(before or sensors, sensors)
        self._look(sensors)

    def _tell_forced(self, before: bool, now: bool) -> None:  # noqa: FBT001 - then and now
        fault = DeviceName.DOOR_FORCED.value
        if now and not before:
            self._inbox.post(m.DeviceFailed(fault))
        elif before and not now:
            logger().warning("the forced door is closed again")
            self._inbox.post(m.DeviceRestored(fault))

    def _tell_unwatched(self, before: BarrierSensors, now: BarrierSensors) -> None:
        """Tell it before what was seen: a door that has closed at last may end the session."""
        open_meanwhile = self._sight.is_way_open(before) or self._sight.is_way_open(now)
        if now.unwatched_seconds > SHORTEST_LOOK_SECONDS and open_meanwhile:
            self._inbox.post(m.LaneUnwatched(now.unwatched_seconds))

    def _look(self, sensors: BarrierSensors) -> None:
        now = self._clocks.now()
        self.broken = watched(self.broken, sensors.presence, now)
        for sighting in self._sight.look(sensors, now):
            if sighting is Sighting.ENTERED:
                self._enter()
            else:
                self._inbox.post(_EVENTS[sighting])

    def _enter(self) -> None:
        at = self._clocks.utc_now()
        record_id = make_record_id(at, self._random_bits(RANDOM_BITS))
        direction, flow = self.layout.direction(), self.layout.flow
        self._inbox.post(m.TravellerEntered(m.SessionId(record_id), at, direction, flow))


class DocumentWatcher:
    """Puts what the MRZ reader gives where the session finds it.

    Args:
        mrz_reader: the device.
        slot: where the newest document waits.
        health: told when the reader is lost.
        on_document: called after each document.

    """

    def __init__(
        self,
        mrz_reader: MrzReader,
        slot: DocumentSlot,
        health: Health,
        on_document: Callable[[], None],
    ) -> None:
        self._mrz_reader = mrz_reader
        self._slot = slot
        self._health = health
        self._on_document = on_document

    async def run(self) -> None:
        """Watch until cancelled, over losses of the reader."""
        while True:
            await until_lost(
                DeviceName.MRZ_READER, self._mrz_reader.documents, self._present, self._health
            )

    def _present(self, document: MrzLines) -> None:
        self._slot.put(document)
        self._on_document()
