"""Counting people by the lane's three light barriers.

A beam tells neither who breaks it nor the direction, so the order of the beams has to:

* the mouth while nobody is in the lane: somebody enters;
* the mouth while the reader's place is taken, or while the doors stand open: a second
  person comes;
* the mouth otherwise: the traveller goes back. That is a guess: it might be a second
  person while the first moves about. If the reader's place is then taken although
  nobody entered anew, the guess was wrong and there are two. Between mouth and
  reader there is no room for three;
* behind the doors while they stand open: one has passed. With the doors closed it is
  somebody on the other side. If the reader's place stayed taken meanwhile, there are two.
"""

from dataclasses import dataclass, replace
from enum import Enum


class Sighting(Enum):
    ENTERED = "entered"
    SECOND_PERSON = "second person"
    PASSED = "passed"
    LEFT = "left"
    STEPPED_IN = "stepped in"
    ENCLOSED = "enclosed"
    PASSED_AND_LEFT_BEHIND = "passed, and something stayed"
    WRONG_WAY = "wrong way"
    FOUND_INSIDE = "found inside"


@dataclass(frozen=True, slots=True)
class LaneView:
    """One snapshot: beams at the mouth, at the reader, behind the doors; doors not closed."""

    mouth: bool = False
    reader: bool = False
    behind: bool = False
    doors_open: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is believed to be in the lane.

    Args:
        count: people between the mouth and the beam behind the doors.
        seen: the last snapshot.
        guessed_left: the last one to leave was only believed to.
        leaving: people an officer took care of, who may still go out by the mouth.

    """

    count: int = 0
    seen: LaneView = LaneView()
    guessed_left: bool = False
    leaving: int = 0


def look(before: Presence, view: LaneView) -> tuple[Presence, tuple[Sighting, ...]]:
    """Return what ``view`` adds to ``before``."""
    seen, now = before.seen, replace(before, seen=view)
    sightings: tuple[Sighting, ...] = ()
    if seen.behind and not view.behind and seen.doors_open and now.count:
        now, found = _behind_the_doors(now, still_at_the_reader=seen.reader and view.reader)
        sightings += found
    if view.mouth and not seen.mouth:
        now, found = _at_the_mouth(now)
        sightings += found
    if view.reader and not seen.reader and not now.count:
        sightings += (Sighting.ENTERED,)
        if now.guessed_left:
            sightings += (Sighting.SECOND_PERSON,)
        now = replace(now, count=2 if now.guessed_left else 1, guessed_left=False, leaving=0)
    return now, sightings


def taken_care_of(presence: Presence) -> Presence:
    """Start afresh after an officer looked after the lane.

    Whoever is still in it leaves unseen; somebody who stays at the reader is found by
    ``with_waiting`` when a document is laid down.
    """
    return Presence(seen=presence.seen, leaving=presence.count)


def with_waiting(presence: Presence) -> Presence:
    """Count whoever stands at the reader, for a lane that becomes ready meanwhile."""
    count = max(presence.count, int(presence.seen.reader))
    return replace(presence, count=count, leaving=0)


def _at_the_mouth(now: Presence) -> tuple[Presence, tuple[Sighting, ...]]:
    if now.leaving and not now.count and not now.seen.reader:
        return replace(now, leaving=now.leaving - 1), ()
    if not now.count:
        return replace(now, count=1, guessed_left=False), (Sighting.ENTERED,)
    if now.seen.reader or now.seen.doors_open:
        return replace(now, count=now.count + 1), (Sighting.SECOND_PERSON,)
    now = replace(now, count=now.count - 1, guessed_left=True)
    return now, () if now.count else (Sighting.LEFT,)


def _behind_the_doors(
    now: Presence, *, still_at_the_reader: bool
) -> tuple[Presence, tuple[Sighting, ...]]:
    if now.count == 1 and still_at_the_reader:
        return now, (Sighting.SECOND_PERSON,)
    return replace(now, count=now.count - 1), (Sighting.PASSED,)
