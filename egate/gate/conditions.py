"""Tells the machine what stands against full service: one set, whenever it changes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from egate.domain import conditions as domain
from egate.domain.conditions import ClockReading, ClockTrust, ConditionLimits
from egate.domain.session import model as m
from egate.domain.time import Instant, UtcSeconds
from egate.gate.clocks import Clocks
from egate.gate.inbox import Inbox
from egate.observability.logging import logger
from egate.outbox.station_evidence import StationEvidence

_LOOK_SECONDS: Final = 0.5


class ConditionSource(Protocol):
    """One who notices something; asked again and again."""

    def conditions(self) -> frozenset[m.Condition]:
        """Return all that this source notices now."""
        ...


class LaneConditions:
    """Gathers what all sources notice, and posts the whole set when it is another.

    Args:
        sources: whoever notices something.
        inbox: where the events go.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        sources: Sequence[ConditionSource],
        inbox: Inbox,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sources = tuple(sources)
        self._inbox = inbox
        self._sleep = sleep
        self._found: frozenset[m.Condition] = frozenset()

    def first_look(self) -> frozenset[m.Condition]:
        """Ask every source, and return what they notice before anything is posted."""
        self._note()
        return self._found

    def look(self) -> None:
        """Ask every source, and post what is new."""
        if self._note():
            self._inbox.post(m.ConditionsChanged(self._found))

    def _note(self) -> bool:
        found = frozenset[m.Condition]().union(*(each.conditions() for each in self._sources))
        for condition in sorted(found ^ self._found):
            outcome = "begins" if condition in found else "ends"
            logger().warning("condition", condition=condition, outcome=outcome)
        is_new = found != self._found
        self._found = found
        return is_new

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await self._sleep(_LOOK_SECONDS)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the conditions of a lane are told from, besides its devices.

    Args:
        limits: from when on something is a condition.
        disk_used: gives the share of the journal's disk that is taken, 0 to 1.
        max_clock_error: gives how wrong the time of day can be, in seconds; None when
            no time service keeps it in step.
        officer_required: whether the lane serves only while a console shows it.

    """

    limits: ConditionLimits
    disk_used: Callable[[], float]
    max_clock_error: Callable[[], float | None]
    officer_required: bool


class CentreReach:
    """Whether records reach the centre."""

    def __init__(self, reachable: Callable[[], bool]) -> None:
        self._reachable = reachable

    def conditions(self) -> frozenset[m.Condition]:
        return frozenset() if self._reachable() else frozenset({m.Condition.CENTRE_AWAY})


class EvidenceWatch:
    """Whether the lane's chain, and what the centre proves of it, hold."""

    def __init__(self, evidence: StationEvidence) -> None:
        self._evidence = evidence

    def conditions(self) -> frozenset[m.Condition]:
        broken = bool(self._evidence.faults)
        return frozenset({m.Condition.EVIDENCE_BROKEN}) if broken else frozenset()


class DiskSpace:
    """How full the journal's disk is; one that cannot be asked keeps what it last said."""

    def __init__(self, used: Callable[[], float], limits: ConditionLimits) -> None:
        self._used = used
        self._limits = limits
        self._found: frozenset[m.Condition] = frozenset()

    def conditions(self) -> frozenset[m.Condition]:
        try:
            used = self._used()
        except OSError as error:
            logger().error("the journal's disk cannot be asked", error=type(error).__name__)
        else:
            self._found = domain.of_disk(used, self._found, self._limits)
        return self._found


class ClockWatch:
    """Whether the time of day can be believed.

    Args:
        clocks: of this machine.
        max_error: as ``Surroundings.max_clock_error``.
        limits: of its error.
        not_before: the journal's last step, None if it has none.

    """

    def __init__(
        self,
        clocks: Clocks,
        max_error: Callable[[], float | None],
        limits: ConditionLimits,
        not_before: UtcSeconds | None,
    ) -> None:
        self._clocks = clocks
        self._max_error = max_error
        self._limits = limits
        self._trust = ClockTrust(not_before=not_before)

    def conditions(self) -> frozenset[m.Condition]:
        reading = ClockReading(self._clocks.now(), self._clocks.utc_now(), self._max_error())
        self._trust, found = domain.of_clock(self._trust, reading, self._limits)
        return found


class Attendance:
    """Whether an officer's console shows the lane."""

    def __init__(self, watching: Callable[[], int], clocks: Clocks) -> None:
        self._watching = watching
        self._clocks = clocks
        self._last: Instant | None = None

    def conditions(self) -> frozenset[m.Condition]:
        watching, now = self._watching(), self._clocks.now()
        if watching:
            self._last = now
        return domain.of_attendance(watching, self._last, now)


@dataclass(frozen=True, slots=True)
class LaneSeen:
    """What the lane's own parts tell at any moment.

    Args:
        centre_reachable: whether records reach the centre.
        consoles: how many show the lane to an officer.
        beams: since when each is broken.
        occupied_since: since when a document lies on a reader, None when none does.
        state: the machine's.

    """

    centre_reachable: Callable[[], bool]
    consoles: Callable[[], int]
    beams: Callable[[], domain.BrokenBeams]
    occupied_since: Callable[[], Instant | None]
    state: Callable[[], m.State]


class ThingsLeft:
    """What lies or stands about when nobody is there who could explain it.

    Args:
        seen: beams, readers, and whether anybody is served.
        clocks: of this machine.
        limits: how long is too long.

    """

    def __init__(self, seen: LaneSeen, clocks: Clocks, limits: ConditionLimits) -> None:
        self._seen = seen
        self._clocks = clocks
        self._limits = limits
        self._at_rest_since: Instant | None = None

    def conditions(self) -> frozenset[m.Condition]:
        now = self._clocks.now()
        if not isinstance(self._seen.state(), m.Idle | m.OutOfService):
            self._at_rest_since = None
        elif self._at_rest_since is None:
            self._at_rest_since = now
        since = self._at_rest_since
        on_readers = domain.of_readers(self._seen.occupied_since(), since, now, self._limits)
        return on_readers | domain.of_beams(self._seen.beams(), since, now, self._limits)


def sources_of(
    around: Surroundings,
    seen: LaneSeen,
    evidence: StationEvidence,
    clocks: Clocks,
    last_step_at: UtcSeconds | None,
) -> tuple[ConditionSource, ...]:
    """Return all who notice something about a lane.

    Args:
        around: what is outside of the process.
        seen: what is inside.
        evidence: of the lane's records.
        clocks: of this machine.
        last_step_at: when the journal's last step was written.

    """
    limits = around.limits
    sources = (
        CentreReach(seen.centre_reachable),
        DiskSpace(around.disk_used, limits),
        ClockWatch(clocks, around.max_clock_error, limits, last_step_at),
        ThingsLeft(seen, clocks, limits),
        EvidenceWatch(evidence),
    )
    attendance = Attendance(seen.consoles, clocks)
    return (*sources, attendance) if around.officer_required else sources
