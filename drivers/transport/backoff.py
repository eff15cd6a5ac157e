"""How long to leave a lost device alone before the next attempt."""

import asyncio
from typing import Final

_FIRST_SECONDS: Final = 0.1


class Backoff:
    """Pauses that double with every failure in a row, from 0.1 s to ``longest_seconds``."""

    def __init__(self, longest_seconds: float = 5.0) -> None:
        self._longest_seconds = longest_seconds
        self._pause_seconds = 0.0
        self._not_before = 0.0

    async def pause(self) -> None:
        """Wait for what is left of the pause after the last failure, if anything is."""
        delay = self._not_before - asyncio.get_running_loop().time()
        if delay > 0:
            await asyncio.sleep(delay)

    def failed(self) -> None:
        doubled = max(_FIRST_SECONDS, 2 * self._pause_seconds)
        self._pause_seconds = min(doubled, self._longest_seconds)
        self._not_before = asyncio.get_running_loop().time() + self._pause_seconds

    def succeeded(self) -> None:
        self._pause_seconds = 0.0
