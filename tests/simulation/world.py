"""What all parts of a simulated day share: time, chance, a trace, and what went wrong."""

import asyncio
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

BEGUN: Final = 1_800_000_000.0
"""Midnight of the day, in seconds since 1970."""
DAY_SECONDS: Final = 86_400.0
LAW_BROKEN: Final = "LAW BROKEN"
"""By which the lines of a trace are told that say what must never happen."""


class Trace:
    """Everything that happened, as one digest.

    Args:
        whole: keep each line.

    """

    def __init__(self, *, whole: bool) -> None:
        self._digest = hashlib.sha256()
        self._whole = whole
        self.lines: list[str] = []
        self.count = 0

    def note(self, line: str) -> None:
        self._digest.update(line.encode() + b"\n")
        if self._whole:
            self.lines.append(line)
        self.count += 1

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


@dataclass
class World:
    """One day.

    Args:
        seed: of everything that is left to chance.
        trace: of what happens.

    """

    seed: int
    trace: Trace
    wrong: list[str] = field(default_factory=list)
    """What must never happen, and did."""

    def chance(self, of: str) -> random.Random:
        """Return the chance of one part, which no other part's draws change."""
        return random.Random(f"{self.seed} {of}")

    @property
    def now(self) -> float:
        """Seconds since midnight."""
        return asyncio.get_running_loop().time()

    @property
    def utc(self) -> float:
        return BEGUN + self.now

    def note(self, who: str, what: str) -> None:
        self.trace.note(f"{self.now:012.4f} {who} {what}")

    def broken(self, who: str, what: str) -> None:
        self.note(who, f"{LAW_BROKEN}: {what}")
        self.wrong.append(f"{self.now:.1f} s: {who}: {what}")

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(seconds, work)
