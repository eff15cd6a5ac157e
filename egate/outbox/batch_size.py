"""How many records to send at once: as many as the centre can take without anybody waiting.

A hall that comes back after a night sends full batches. When a whole country comes back, full
batches of all gates together would take the centre longer than a call may last: every call
would be lost, and sent again. So each gate begins small, and sends more only while answers
come quickly.
"""

from typing import Final

MAX_RECORDS: Final = 200
"""What the centre takes in one call."""
_LEAST: Final = 5
_QUICK_SECONDS: Final = 0.5
_SLOW_SECONDS: Final = 1.0


class BatchSize:
    """The size of one gate's next batch, as ``records``."""

    def __init__(self) -> None:
        self.records = _LEAST

    def answered(self, seconds: float) -> None:
        """Learn from an answer that took ``seconds``: double, stay, or halve."""
        if seconds < _QUICK_SECONDS:
            self.records = min(2 * self.records, MAX_RECORDS)
        elif seconds > _SLOW_SECONDS:
            self.records = max(self.records // 2, _LEAST)

    def lost(self) -> None:
        """Begin again: others will come back with us."""
        self.records = _LEAST
