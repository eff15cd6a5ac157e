"""What readings of the lane's surroundings mean for its service: which conditions hold."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from egate.domain.policy.list_limits import ListLimits
from egate.domain.session.flow import Condition
from egate.domain.time import Instant, UtcSeconds

NOTHING: Final[frozenset[Condition]] = frozenset()
# A disk that is just as full as the limit must not shut and open the lane by turns.
_LESS_AGAIN: Final = 0.01
# A console reconnects within seconds; a lane that shuts meanwhile turns travellers away.
_UNWATCHED_SECONDS: Final = 10.0
_PLACES: Final = 3


@dataclass(frozen=True, slots=True)
class ConditionLimits:
    """From when on a reading is a condition.

    Args:
        disk_filling: used share of the journal's disk, 0 to 1.
        disk_full: likewise; nothing new is begun.
        clock_drifting_seconds: error of the clock that is worth a warning.
        clock_wrong_seconds: error with which no date can be judged any more.
        item_left_seconds: a beam of the lane stays broken while nobody is served.
        way_out_seconds: the beam behind the exit stays broken.
        document_left_seconds: a document stays on a reader while nobody is served.

    """

    disk_filling: float = 0.80
    disk_full: float = 0.95
    clock_drifting_seconds: float = 5.0
    clock_wrong_seconds: float = 60.0
    item_left_seconds: float = 20.0
    way_out_seconds: float = 5.0
    document_left_seconds: float = 3.0


def of_disk(
    used: float, before: frozenset[Condition], limits: ConditionLimits
) -> frozenset[Condition]:
    """Return what ``used``, the share of the disk that is taken, means after ``before``."""

    def reaches(limit: float, condition: Condition) -> bool:
        return used >= limit - (_LESS_AGAIN if condition in before else 0.0)

    if reaches(limits.disk_full, Condition.DISK_FULL):
        return frozenset({Condition.DISK_FULL})
    if reaches(limits.disk_filling, Condition.DISK_FILLING):
        return frozenset({Condition.DISK_FILLING})
    return NOTHING


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Both clocks at one moment.

    Args:
        monotonic: the gate's own.
        utc: the time of day.
        max_error_seconds: how wrong the time of day can be, as the machine's time service
            has it; None when no service keeps it in step.

    """

    monotonic: Instant
    utc: UtcSeconds
    max_error_seconds: float | None


@dataclass(frozen=True, slots=True)
class ClockTrust:
    """What the time of day was last believed to be.

    Args:
        offset: time of day less monotonic clock, in seconds; None before the first reading.
        not_before: something was written down then, so it is later now; None if nothing was.

    """

    offset: float | None = None
    not_before: UtcSeconds | None = None


def of_clock(
    before: ClockTrust, reading: ClockReading, limits: ConditionLimits
) -> tuple[ClockTrust, frozenset[Condition]]:
    """Return what ``reading`` means after ``before``, and what is believed from now on.

    A time service that says it is in step is believed, also when it has just put a wrong
    clock right. Without one the clock is a warning for that alone, and judged by how far it
    jumped against the monotonic clock since it was last believed: nobody can tell how far it
    drifts, and crystals drift by seconds a day, which is no reason to shut a lane.
    """
    offset = reading.utc - reading.monotonic
    if reading.max_error_seconds is not None:
        return replace(before, offset=offset), _by_error(reading.max_error_seconds, limits)
    usual = offset if before.offset is None else before.offset
    behind = 0.0 if before.not_before is None else before.not_before - reading.utc
    unsynchronised = frozenset({Condition.CLOCK_DRIFTING})
    found = _by_error(max(abs(offset - usual), behind), limits) or unsynchronised
    return replace(before, offset=usual), found


def _by_error(seconds: float, limits: ConditionLimits) -> frozenset[Condition]:
    if seconds > limits.clock_wrong_seconds:
        return frozenset({Condition.CLOCK_WRONG})
    if seconds > limits.clock_drifting_seconds:
        return frozenset({Condition.CLOCK_DRIFTING})
    return NOTHING


def of_attendance(
    watching: int, last_watched: Instant | None, now: Instant
) -> frozenset[Condition]:
    """Return whether an officer keeps an eye on the lane.

    Args:
        watching: consoles that show it now.
        last_watched: when the last of them went away; None if none was ever there.
        now: on the gate's clock.

    """
    lately = last_watched is not None and now - last_watched < _UNWATCHED_SECONDS
    return NOTHING if watching or lately else frozenset({Condition.NO_OFFICER})


@dataclass(frozen=True, slots=True)
class BrokenBeams:
    """Since when each beam is broken without a pause, in walking direction; None: it is not."""

    since: tuple[Instant | None, ...] = (None,) * _PLACES


def watched(before: BrokenBeams, broken: tuple[bool, ...], now: Instant) -> BrokenBeams:
    """Return ``before`` with what the beams say ``now``."""
    return BrokenBeams(
        tuple(
            (now if since is None else since) if is_broken else None
            for since, is_broken in zip(before.since, broken, strict=True)
        )
    )


def of_beams(
    beams: BrokenBeams, at_rest_since: Instant | None, now: Instant, limits: ConditionLimits
) -> frozenset[Condition]:
    """Return what stays in the way.

    Args:
        beams: as watched.
        at_rest_since: when the last session ended; None while a traveller is served, who
            may stand before a beam as long as it takes.
        now: on the gate's clock.
        limits: how long is too long.

    """
    *lane, behind = beams.since
    found = set()
    if behind is not None and now - behind >= limits.way_out_seconds:
        found.add(Condition.WAY_OUT_BLOCKED)
    if at_rest_since is not None and any(
        since is not None and now - max(since, at_rest_since) >= limits.item_left_seconds
        for since in lane
    ):
        found.add(Condition.ITEM_LEFT)
    return frozenset(found)


def of_readers(
    occupied_since: Instant | None,
    at_rest_since: Instant | None,
    now: Instant,
    limits: ConditionLimits,
) -> frozenset[Condition]:
    """Return whether a document was left on a reader.

    Args:
        occupied_since: a document lies there without a pause; None: none does.
        at_rest_since: when the last session ended; None while a traveller is served.
        now: on the gate's clock.
        limits: how long is too long. A traveller who comes may be quicker with the document
            than with their feet.

    """
    if occupied_since is None or at_rest_since is None:
        return NOTHING
    left = now - max(occupied_since, at_rest_since) >= limits.document_left_seconds
    return frozenset({Condition.DOCUMENT_LEFT}) if left else NOTHING


@dataclass(frozen=True, slots=True)
class ListReading:
    """How far one list can be relied on.

    Args:
        age_seconds: since the last proof that nothing newer exists; None without one, or
            without a version that can be used.
        is_behind: a newer version was here and is spoilt; the last good one is in use.

    """

    age_seconds: float | None
    is_behind: bool = False


def of_lists(lists: Iterable[ListReading], limits: ListLimits) -> frozenset[Condition]:
    """Return what the worst of the lists means that a gate must have."""
    worst = 0.0
    for each in lists:
        if each.age_seconds is None:
            return frozenset({Condition.LISTS_UNUSABLE})
        worst = max(worst, each.age_seconds, limits.stale_seconds if each.is_behind else 0.0)
    if worst >= limits.unusable_seconds:
        return frozenset({Condition.LISTS_UNUSABLE})
    if worst >= limits.old_seconds:
        return frozenset({Condition.LISTS_OLD})
    return frozenset({Condition.LISTS_STALE}) if worst >= limits.stale_seconds else NOTHING
