"""What a running gate is told from outside of it."""

import asyncio
import signal
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Signals:
    """Set by the signals of the process.

    Args:
        stop: SIGTERM or SIGINT: close the lane in an orderly way.
        renew: SIGHUP: read the policy again.

    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    renew: asyncio.Event = field(default_factory=asyncio.Event)

    def listen(self) -> None:
        """Take the signals of this process from now on."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.renew.set)
