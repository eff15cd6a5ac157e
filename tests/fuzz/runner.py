"""The loop that cases run in, one for all of a process, as a gate has one.

A loop a case would leave garbage behind that only the collector finds: it counted as the memory of
the cases after it.
"""

import asyncio
from functools import cache


@cache
def runner() -> asyncio.Runner:
    """Return what runs a case's coroutine."""
    return asyncio.Runner()
