"""Stays on one line of time, as the columns of a table draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egate.domain.time import UtcSeconds
from egate.ports.inquiries import HolderStay, StayKind

_DAY_SECONDS: Final = 86_400.0
_LEAST: Final = 0.8  # per cent: a day among years must be seen


@dataclass(frozen=True, slots=True)
class StayBar:
    """One stay, and where it lies on the line, in per cent.

    Args:
        stay: which.
        begin: of its bar.
        width: likewise.
        over: width of the part that is overstay, at its end; 0 for none.

    """

    stay: HolderStay
    begin: float
    width: float
    over: float = 0.0

    @property
    def over_begin(self) -> float:
        return round(self.begin + self.width - self.over, 2)


def stay_bars(stays: Sequence[HolderStay], now: UtcSeconds) -> tuple[StayBar, ...]:
    """Return the bars of ``stays`` on one line, from the first movement to ``now``."""
    spans = [_span(stay, now) for stay in stays]
    earliest = min((begin for begin, _ in spans), default=now)
    whole = max(now - earliest, _DAY_SECONDS)
    return tuple(
        _bar(stay, (begin - earliest) / whole, (end - begin) / whole, whole)
        for stay, (begin, end) in zip(stays, spans, strict=True)
    )


def _span(stay: HolderStay, now: UtcSeconds) -> tuple[float, float]:
    """Return from when to when a stay was; of an unmatched movement only itself is known."""
    known = [at for at in (stay.entry_at, stay.exit_at) if at is not None]
    begin = min(known, default=now)
    end = max(known, default=now)
    return begin, max(now, begin) if stay.kind is StayKind.OPEN else end


def _bar(stay: HolderStay, begin: float, share: float, whole: float) -> StayBar:
    width = max(100 * share, _LEAST)
    start = min(100 * begin, 100 - width)
    over = min(100 * stay.overstay_days * _DAY_SECONDS / whole, width)
    return StayBar(stay, round(start, 2), round(width, 2), round(over, 2))
