"""The best frames of one person, from different moments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.biometrics.verification import FaceObservation
from egate.domain.time import Instant

# Frames of one moment share their blur and their expression: fusing them gains little.
APART_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class RankedFrame:
    """A frame and how good it is; more is better."""

    at: Instant
    rank: float
    seen: FaceObservation = field(repr=False)


class BestFrames:
    """Keeps at most ``most`` frames, any two of them ``APART_SECONDS`` apart.

    Chosen by their quality alone: to choose by likeness to the portrait would be a
    comparison each.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[RankedFrame] = []

    @property
    def kept(self) -> Sequence[RankedFrame]:
        """The best first."""
        return self._kept

    def add(self, frame: RankedFrame) -> None:
        """Keep ``frame``, or not; in favour of the earlier of two equal ones."""
        close = [one for one in self._kept if abs(one.at - frame.at) < APART_SECONDS]
        if any(one.rank >= frame.rank for one in close):
            return
        rest = [one for one in self._kept if one not in close]
        self._kept = sorted([*rest, frame], key=lambda one: one.rank, reverse=True)[: self._most]

    def forget_before(self, oldest: Instant) -> None:
        """Drop what was captured before ``oldest``."""
        self._kept = [one for one in self._kept if one.at >= oldest]

    def clear(self) -> None:
        self._kept = []
