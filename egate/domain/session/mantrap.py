"""Who stands where in a two-step lane, by three light barriers and the barriers' switches.

The beams stand further apart than a body is deep: one before the entry barrier at the
reader, one between the barriers, one behind the exit. So two of them broken at once are
two people, or a person and something that is left behind.

* the reader's beam while nobody is served: somebody enters the lane;
* the beam between the barriers while the entry is open: the traveller stepped in. With the
  reader's beam broken as well, somebody follows;
* the entry closes while the traveller is inside: enclosed;
* behind the exit while it is open: passed. If the place between the barriers stays taken,
  something is left behind. If it is taken while the way out is blocked from outside before
  anybody moved, somebody comes the wrong way;
* nobody before the reader nor between the barriers for a while: the traveller left;
* the beam between two closed barriers while nobody is served, for a while: somebody was
  missed, and is let out.

One picture has two meanings: the place between the barriers stays taken without a pause while
the beam behind the exit is broken anew. A traveller walks out and leaves luggage in the beam, or
stands there while somebody comes in from behind. Three beams cannot tell these apart, so it is
told as the wrong way: the exit closes and an officer looks. That costs the first traveller a
minute; the other mistake would let a stranger in. Luggage is told as luggage where it gets into
the beam only after the traveller has left it, as a case that falls over does. A lane where that
matters needs a sensor that sees bodies, such as one above it.
"""

from dataclasses import dataclass, replace
from typing import Final

from egate.domain.session.presence import Sighting
from egate.domain.time import Instant

# People shift from one foot to the other; who is gone for this long has left.
LEFT_AFTER_SECONDS: Final = 1.0
# On the step through the entry no beam sees them.
LEFT_AFTER_STEPPING_SECONDS: Final = 3.0
FOUND_AFTER_SECONDS: Final = 2.0
# What happened between two looks that lie further apart was seen by nobody.
UNWATCHED_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class MantrapView:
    """One snapshot of the beams, and of the barriers: open means not closed."""

    reader: bool = False
    inside: bool = False
    behind: bool = False
    entry_open: bool = False
    exit_open: bool = False


@dataclass(frozen=True, slots=True)
class MantrapPresence:
    """What is believed of the lane; at first that somebody may be in it.

    Args:
        served: somebody entered and has neither passed nor left.
        inside: they were seen between the barriers.
        seen: the last snapshot.
        seen_at: when that was; None at first.
        empty_since: nobody breaks the first two beams since then; None while somebody does.
        forgotten_since: somebody is between closed barriers although nobody is served; None
            while that is not so.
        unsettled: nobody watched who came or went; that the lane is empty is told once.

    """

    served: bool = False
    inside: bool = False
    seen: MantrapView = MantrapView()
    seen_at: Instant | None = None
    empty_since: Instant | None = None
    forgotten_since: Instant | None = None
    unsettled: bool = True


def look(
    before: MantrapPresence, view: MantrapView, at: Instant
) -> tuple[MantrapPresence, tuple[Sighting, ...]]:
    """Return what ``view`` at ``at`` adds to ``before``.

    Call it again at least every second also when nothing changed: that somebody left is
    told by time.
    """
    watched = before.seen_at is not None and at - before.seen_at <= UNWATCHED_SECONDS
    empty = not (view.reader or view.inside)
    closed_in = view.inside and not (view.entry_open or view.exit_open)
    now = replace(
        before,
        seen=view,
        seen_at=at,
        empty_since=_since(before.empty_since, at, so=empty, watched=watched),
        forgotten_since=_since(
            before.forgotten_since, at, so=closed_in and not before.served, watched=watched
        ),
    )
    for seen in (_entering, _stepping_in, _enclosed, _at_the_exit, _leaving, _found):
        now, sighting = seen(before, now, at)
        if sighting is not None:
            return now, (sighting,)
    return now, ()


def taken_care_of(before: MantrapPresence) -> MantrapPresence:
    """Start afresh after an officer looked after the lane.

    Whoever is still between the barriers is about to leave, and the gate waits for that.
    """
    return replace(before, served=False, inside=False, unsettled=True)


def with_waiting(before: MantrapPresence) -> MantrapPresence:
    """Count whoever stands at the reader, for a lane that becomes ready meanwhile."""
    served = before.served or before.seen.reader
    return replace(before, served=served, unsettled=before.unsettled and not served)


_Seen = tuple[MantrapPresence, Sighting | None]


def _since(before: Instant | None, at: Instant, *, so: bool, watched: bool) -> Instant | None:
    """Return since when something is so, as far as it was watched."""
    if not so:
        return None
    return before if watched and before is not None else at


def _entering(before: MantrapPresence, now: MantrapPresence, _: Instant) -> _Seen:
    arrives = now.seen.reader and not before.seen.reader
    if arrives and not now.served and not now.seen.inside:
        return replace(now, served=True, unsettled=False), Sighting.ENTERED
    return now, None


def _stepping_in(before: MantrapPresence, now: MantrapPresence, _: Instant) -> _Seen:
    view = now.seen
    if not (view.entry_open and view.inside and now.served):
        return now, None
    if not now.inside:
        alone = Sighting.SECOND_PERSON if view.reader else Sighting.STEPPED_IN
        return replace(now, inside=True), alone
    follows = view.reader and not (before.seen.reader and before.seen.inside)
    return now, Sighting.SECOND_PERSON if follows else None


def _enclosed(before: MantrapPresence, now: MantrapPresence, _: Instant) -> _Seen:
    closes = before.seen.entry_open and not now.seen.entry_open
    return now, Sighting.ENCLOSED if closes and now.inside and now.seen.inside else None


def _at_the_exit(before: MantrapPresence, now: MantrapPresence, _: Instant) -> _Seen:
    view, seen = now.seen, before.seen
    if not view.exit_open or not now.inside:
        return now, None
    if view.behind and not seen.behind and view.inside and seen.inside:
        return now, Sighting.WRONG_WAY
    if seen.behind and not view.behind:
        passed = Sighting.PASSED_AND_LEFT_BEHIND if view.inside else Sighting.PASSED
        return replace(now, served=False, inside=False, unsettled=view.inside), passed
    return now, None


def _leaving(_: MantrapPresence, now: MantrapPresence, at: Instant) -> _Seen:
    between_the_beams = now.served and now.seen.entry_open and not now.inside
    enough = LEFT_AFTER_STEPPING_SECONDS if between_the_beams else LEFT_AFTER_SECONDS
    empty = now.empty_since is not None and at - now.empty_since >= enough
    if not (now.served or now.unsettled) or not empty or now.seen.exit_open:
        return now, None
    return replace(now, served=False, inside=False, unsettled=False), Sighting.LEFT


def _found(_: MantrapPresence, now: MantrapPresence, at: Instant) -> _Seen:
    if now.forgotten_since is None or at - now.forgotten_since < FOUND_AFTER_SECONDS:
        return now, None
    return replace(now, forgotten_since=at, unsettled=True), Sighting.FOUND_INSIDE
