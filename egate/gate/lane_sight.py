"""What the barrier's sensors say about people, for each layout of a lane."""

from typing import Protocol

from egate.domain.session import mantrap, presence, standing
from egate.domain.session.flow import Flow
from egate.domain.session.presence import Sighting
from egate.domain.time import Instant
from egate.ports.devices import BarrierSensors


class LaneSight(Protocol):
    """Counts people; remembers what it saw last."""

    def look(self, sensors: BarrierSensors, at: Instant) -> tuple[Sighting, ...]:
        """Return what ``sensors`` at ``at`` add; called at every change, and now and then."""
        ...

    def is_way_open(self, sensors: BarrierSensors) -> bool:
        """Say whether somebody could come into the lane, as ``sensors`` have it."""
        ...

    def taken_care_of(self) -> None:
        """Start afresh, since an officer looked after the lane, or nobody watched it."""
        ...

    def waiting(self) -> int:
        """Return how many stand before a lane that becomes ready; they count as entered."""
        ...


def sight_of(flow: Flow) -> LaneSight:
    """Return how people are counted in a lane of ``flow``."""
    if flow is Flow.KIOSK:
        return KioskSight()
    return MantrapSight() if flow.has_mantrap else OneBarrierSight()


class KioskSight:
    """No barrier: the beam at the reader."""

    def __init__(self) -> None:
        self._standing = standing.Standing()

    def look(self, sensors: BarrierSensors, at: Instant) -> tuple[Sighting, ...]:
        _, reader, _ = sensors.presence
        self._standing, seen = standing.look(self._standing, at, occupied=reader)
        return () if seen is None else (seen,)

    def is_way_open(self, _: BarrierSensors) -> bool:
        return False  # it opens nothing

    def taken_care_of(self) -> None:
        self._standing = standing.taken_care_of(self._standing)

    def waiting(self) -> int:
        self._standing = standing.with_waiting(self._standing)
        return int(self._standing.served)


class OneBarrierSight:
    """One barrier: beams at the mouth, at the reader and behind the doors."""

    def __init__(self) -> None:
        self._presence = presence.Presence()

    def look(self, sensors: BarrierSensors, _: Instant) -> tuple[Sighting, ...]:
        mouth, reader, behind = sensors.presence
        view = presence.LaneView(mouth, reader, behind, sensors.entry_open or sensors.exit_open)
        self._presence, sightings = presence.look(self._presence, view)
        return sightings

    def is_way_open(self, _: BarrierSensors) -> bool:
        return True  # there is no door at the mouth

    def taken_care_of(self) -> None:
        self._presence = presence.taken_care_of(self._presence)

    def waiting(self) -> int:
        self._presence = presence.with_waiting(self._presence)
        return self._presence.count


class MantrapSight:
    """Two barriers: beams at the reader, between the barriers and behind the exit."""

    def __init__(self) -> None:
        self._presence = mantrap.MantrapPresence()

    def look(self, sensors: BarrierSensors, at: Instant) -> tuple[Sighting, ...]:
        reader, inside, behind = sensors.presence
        view = mantrap.MantrapView(
            reader, inside, behind, not sensors.entry_closed, not sensors.exit_closed
        )
        self._presence, sightings = mantrap.look(self._presence, view, at)
        return sightings

    def is_way_open(self, sensors: BarrierSensors) -> bool:
        return not (sensors.entry_closed and sensors.exit_closed)

    def taken_care_of(self) -> None:
        self._presence = mantrap.taken_care_of(self._presence)

    def waiting(self) -> int:
        self._presence = mantrap.with_waiting(self._presence)
        return int(self._presence.served)
