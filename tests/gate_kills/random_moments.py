"""Kills a gate at moments drawn by a seed, wherever it is then: between points, in a commit."""

import asyncio
import os
import random
import signal
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.gate_kills.simulated_lane import WAYS, Restart, Way, forked, restart

_LATEST: Final = 1.1
"""Of the time that the way takes without a kill: also after its end, in the gate's own."""


def kill_at_random(kills: int, seed: int, seconds: float) -> list[Restart]:
    """Kill gates so many times, or for so many seconds if that ends sooner.

    Each serves a traveller on the way that the seed says, and the next one starts on its disk.
    """
    chance = random.Random(seed)  # noqa: S311 - to be seen again, not secret
    ends = time.monotonic() + seconds
    longest = {way: _takes(way) for way in WAYS}
    done: list[Restart] = []
    while len(done) < kills and time.monotonic() < ends:
        way = chance.choice(WAYS)
        after = chance.uniform(0.0, _LATEST * longest[way])
        with tempfile.TemporaryDirectory() as name:
            if _killed(Path(name), way, after):
                point = round(1000 * after)
                done.append(asyncio.run(restart(Path(name), f"{way.__name__} at ms", point)))
    return done


def _takes(way: Way) -> float:
    with tempfile.TemporaryDirectory() as name:
        begun = time.monotonic()
        os.waitpid(forked(Path(name), way), 0)
        return time.monotonic() - begun


def _killed(folder: Path, way: Way, after: float) -> bool:
    """Let a gate serve a traveller for so many seconds; False if it ends sooner."""
    child = forked(folder, way)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
