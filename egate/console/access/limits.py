"""How often a log-in may fail: pauses that grow, and that nobody can make endless.

An attempt counts before it is checked, so that many at once gain nothing. An attempt during a
pause is refused unseen and does not lengthen it. The longest pause is a minute. Attempts from
elsewhere pause an account only for addresses from which its officer has never logged in:
whoever wants to shut an officer out has to sit at the officer's own workstation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from egate.domain.time import UtcSeconds

LONGEST_PAUSE_SECONDS: Final = 60.0
_FORGET_SECONDS: Final = 900.0
_MOST_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted, and how many attempts pass before the first pause.

    Args:
        kind: of ``subject``, so that an address is never taken for an account.
        subject: an officer id, an address, or both.
        free: attempts without a pause.
        is_shared: other officers' attempts count as well, so that one officer's success takes
            back its own attempt and no more.

    """

    kind: str
    subject: str
    free: int
    is_shared: bool = False


class TooManyAttempts(Exception):
    """Wait before the next one."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many attempts: wait {seconds:.0f} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Count:
    attempts: int
    last_at: float


class Limits:
    """Counts attempts in memory: a restart of the console forgives, and nobody can cause one.

    Args:
        now: the time.

    """

    def __init__(self, now: Callable[[], UtcSeconds]) -> None:
        self._now = now
        self._counts: dict[tuple[str, str], _Count] = {}

    def attempt(self, limits: Sequence[Limit]) -> None:
        """Count one attempt against each of ``limits``.

        Raises:
            TooManyAttempts: one of them pauses; none has counted it.

        """
        now = self._now()
        if (pause := max(self._pause(limit, now) for limit in limits)) > 0:
            raise TooManyAttempts(pause)
        for limit in limits:
            count = self._counts.pop((limit.kind, limit.subject), _Count(0, now))
            self._counts[limit.kind, limit.subject] = _Count(count.attempts + 1, now)
        while len(self._counts) > _MOST_KEPT:
            del self._counts[next(iter(self._counts))]  # the one that was longest quiet

    def succeeded(self, limits: Sequence[Limit]) -> None:
        """Forget what was counted against ``limits``: it was the officer."""
        for limit in limits:
            count = self._counts.pop((limit.kind, limit.subject), None)
            if limit.is_shared and count is not None and count.attempts > 1:
                kept = _Count(count.attempts - 1, count.last_at)
                self._counts[limit.kind, limit.subject] = kept

    def _pause(self, limit: Limit, now: float) -> float:
        count = self._counts.get((limit.kind, limit.subject))
        if count is None or count.attempts < limit.free:
            return 0.0
        # A clock that was set back must not make a pause of hours.
        since = max(0.0, now - count.last_at)
        if since > _FORGET_SECONDS:
            del self._counts[limit.kind, limit.subject]
            return 0.0
        doublings = min(count.attempts - limit.free, 10)
        return min(2.0**doublings, LONGEST_PAUSE_SECONDS) - since
