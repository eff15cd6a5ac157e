"""What earlier crossings and offloads of a holder say about the one at hand."""

from collections.abc import Iterable

from egate.domain.authorisation.rules import ReuseRule
from egate.domain.authorisation.traveller import Known, PastCrossing, Traveller
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds

_MINUTE = 60


def last_crossing(crossings: Iterable[PastCrossing], at: UtcSeconds) -> PastCrossing | None:
    """Return the latest crossing that was not after ``at``.

    Of two in one moment it is the exit: who entered and left then is not here.
    """
    earlier = [each for each in crossings if each.at <= at]
    return max(earlier, key=_order, default=None)


def open_entry(crossings: Iterable[PastCrossing], at: UtcSeconds) -> PastCrossing | None:
    """Return the entry after which nobody left, None when there is none."""
    last = last_crossing(crossings, at)
    return last if last and last.direction is Direction.ENTRY else None


def too_close(
    crossings: Iterable[PastCrossing], traveller: Traveller, rule: ReuseRule
) -> frozenset[str]:
    """Return why one person cannot have made ``crossings`` and this one too, in words.

    The clocks of two ports may disagree, so it does not matter which crossing came first.
    """
    reasons = set()
    for each in crossings:
        minutes = abs(traveller.at - each.at) / _MINUTE
        if each.direction is traveller.direction and minutes < rule.same_direction_minutes:
            reasons.add(f"{each.direction} of the same holder {_ago(rule.same_direction_minutes)}")
        if each.port != traveller.port and minutes < rule.other_port_minutes:
            reasons.add(f"crossing at another port {_ago(rule.other_port_minutes)}")
    return frozenset(reasons)


def open_offloads(traveller: Traveller, known: Known) -> frozenset[str]:
    """Return the offloads that hold at an exit, in words: at whatever port it is tried."""
    if traveller.direction is Direction.ENTRY:
        return frozenset()
    return frozenset(
        f"offloaded at {'this' if each.port == traveller.port else 'another'} port"
        for each in known.offloads
        if each.begins <= traveller.at < each.ends
    )


def _ago(minutes: int) -> str:
    return f"less than {minutes} minutes ago"


def _order(crossing: PastCrossing) -> tuple[object, ...]:
    """Return what puts any two crossings into one order that say different things of a stay."""
    return (
        crossing.at,
        crossing.direction is Direction.EXIT,
        crossing.document.issuing_state,
        crossing.document.document_number,
        crossing.basis or "",
        crossing.max_stay_days or 0,
        str(crossing.authorised_until or ""),
        crossing.number,
    )
