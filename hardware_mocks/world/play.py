"""Plays a script tick by tick. A script is a generator that yields what it waits for."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Until:
    """Wait for something to be so, at most ``patience_seconds``; None is for ever.

    The script is sent whether it came to be so.
    """

    met: Callable[[], bool]
    patience_seconds: float | None = None


Script = Generator[Pause | Until, bool, Result]


class Play:
    """A script under way. Pure: time is an argument."""

    def __init__(self, script: Script[object]) -> None:
        self._script = script
        self._waiting: Pause | Until | None = None
        self._since = 0.0

    def tick(self, now: float) -> bool:
        """Go on at ``now``, in seconds of a steady clock; False when the script has ended."""
        try:
            if self._waiting is None:
                self._wait(next(self._script), now)
            while (sensed := self._sensed(now)) is not None:
                self._wait(self._script.send(sensed), now)
        except StopIteration:
            return False
        return True

    def _wait(self, waiting: Pause | Until, now: float) -> None:
        self._waiting = waiting
        self._since = now

    def _sensed(self, now: float) -> bool | None:
        """What to tell the script; None while it has to wait."""
        waited = now - self._since
        match self._waiting:
            case Pause(seconds):
                return True if waited >= seconds else None
            case Until(met, patience):
                if met():
                    return True
                return False if patience is not None and waited >= patience else None
            case None:
                return None
