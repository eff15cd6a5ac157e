"""How old what a gate knows of a list is: counted from the last proof that nothing newer exists.

A list that did not change for a year is fresh if somebody who knows said so a second ago.
"""

from dataclasses import dataclass
from typing import Final, Self

from egate.domain.time import Instant, UtcSeconds

CLOCK_TOLERANCE_SECONDS: Final = 300.0
"""By which the clocks of a gate and of its centre may differ."""


@dataclass(frozen=True, slots=True)
class ListProof:
    """A proof, and when this process learnt of it.

    Args:
        proven_at: until then nothing newer existed.
        learnt_at: on the gate's own clock.
        age_then: its age then, by the time of day; 0 if that was a little behind the centre's.

    """

    proven_at: UtcSeconds
    learnt_at: Instant
    age_then: float

    @classmethod
    def learnt(cls, proven_at: UtcSeconds, now: Instant, utc: UtcSeconds) -> Self:
        """Return the proof of ``proven_at``, learnt when the clocks say ``now`` and ``utc``."""
        return cls(proven_at, now, max(0.0, utc - proven_at))

    def age(self, now: Instant, utc: UtcSeconds) -> float | None:
        """Return its age in seconds, never negative; None if the time of day is before it.

        A time of day that is set back makes nothing younger: the gate's own clock goes on.
        """
        if utc < self.proven_at - CLOCK_TOLERANCE_SECONDS:
            return None
        return max(utc - self.proven_at, self.age_then + (now - self.learnt_at))
