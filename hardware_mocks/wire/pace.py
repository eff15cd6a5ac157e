"""How long a contactless link and a chip take, to be kept to by whoever answers for them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_COARSE_SECONDS: Final = 0.003
_WATCHED_SECONDS: Final = 0.0002


@dataclass(frozen=True, slots=True)
class Pace:
    """The slowness of a link and a chip.

    Args:
        link_kbit: kilobits of 1000 bits a second on the link, the same in both directions;
            None for a link that takes no time.
        apdu_ms: milliseconds that the chip and its frames take for each APDU beside that.

    """

    link_kbit: float | None = None
    apdu_ms: float = 0.0

    def seconds(self, command_bytes: int, answer_bytes: int) -> float:
        """Return how long an exchange takes from the first byte out to the last byte back."""
        chip = self.apdu_ms / 1000
        if self.link_kbit is None:
            return chip
        return chip + (command_bytes + answer_bytes) * 8 / (self.link_kbit * 1000)


async def wait_until(moment: float) -> None:
    """Return at ``moment`` of the loop's clock, a few microseconds late as a rule.

    The loop alone wakes up to two milliseconds too late, because its selector counts in whole
    ones: so the last few are slept through without the loop, too short to keep others waiting.
    A thread wakes late as well, so the very last moment is watched for.
    """
    loop = asyncio.get_running_loop()
    await asyncio.sleep(moment - _COARSE_SECONDS - loop.time())
    _watch_for(moment, loop.time)


def _watch_for(moment: float, clock: Callable[[], float]) -> None:
    while (left := moment - clock()) > 0:
        if left > _WATCHED_SECONDS:
            time.sleep(left - _WATCHED_SECONDS)
