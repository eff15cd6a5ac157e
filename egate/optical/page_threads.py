"""Where the computing of pages is done, so that nothing that a traveller waits for waits for it."""

from concurrent.futures import ThreadPoolExecutor


class PageThreads:
    """One thread reads the MRZ, for which a traveller waits; another looks at the pictures.

    Both have the priority of the process: a thread of lower priority that is put aside while it
    holds the interpreter's lock keeps the event loop waiting as long (ADR 0060).
    """

    def __init__(self) -> None:
        self.reading = ThreadPoolExecutor(1, "page_mrz")
        self.inspecting = ThreadPoolExecutor(1, "page_checks")

    def close(self) -> None:
        """Take no more work; what has begun ends by itself and is for nobody."""
        for pool in (self.reading, self.inspecting):
            pool.shutdown(wait=False, cancel_futures=True)
