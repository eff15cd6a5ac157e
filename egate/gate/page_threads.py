"""Where the computing of pages is done, so that nothing that a traveller waits for waits for it."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_BEHIND_EVERYTHING: Final = 10
"""What is added to the priority of the gate; a higher one is served later (setpriority(2))."""


class PageThreads:
    """One thread reads the MRZ, for which a traveller waits; another looks at the pictures."""

    def __init__(self) -> None:
        self.reading = ThreadPoolExecutor(1, "page_mrz")
        self.inspecting = ThreadPoolExecutor(1, "page_checks", _step_behind)

    def close(self) -> None:
        """Take no more work; what has begun ends by itself and is for nobody."""
        for pool in (self.reading, self.inspecting):
            pool.shutdown(wait=False, cancel_futures=True)


def _step_behind() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        now = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), now + _BEHIND_EVERYTHING)
