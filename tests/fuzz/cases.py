"""One case of one target, known by the target's name, a seed and a number."""

import resource
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from random import Random
from types import FrameType
from typing import Final

from tests.fuzz.target import Target

MOST_MEGABYTES: Final = 500
"""That the process of all cases may ever hold."""


class TooSlow(BaseException):
    """A case took more processor time than any may; no handler for errors stops it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended.

    Args:
        outcome: ``result``, or the name of what was raised.
        seconds: of processor time.
        problem: what must not be; "" if all is well.
        where: the trace of it.

    """

    outcome: str
    seconds: float
    problem: str = ""
    where: str = field(default="", repr=False)


def case_of(target: Target, name: str, seed: int, number: int) -> bytes:
    """Return the bytes of a case."""
    random = Random(f"{name}/{seed}/{number}")
    return target.damage(random, _samples(target, name))


@cache
def _samples(target: Target, name: str) -> Sequence[bytes]:
    return target.samples(name)


def attempt(target: Target, raw: bytes) -> Ended:
    """Let ``target`` take ``raw``, within its limits."""
    held = _held_megabytes()
    began = time.process_time()
    problem = where = ""
    try:
        with _limited(target.longest_seconds):
            target.take(raw)
        outcome = "result"
    except target.refusals as error:
        outcome = type(error).__name__
        if not str(error).strip():
            problem = f"{outcome}: says nothing"
    except (Exception, TooSlow) as error:  # noqa: BLE001 - any other exception is what we look for
        outcome = type(error).__name__
        problem = f"{outcome}: {error}"
        where = traceback.format_exc()
    seconds = time.process_time() - began
    problem = problem or _too_much(target, seconds, held, _held_megabytes())
    return Ended(outcome, seconds, problem, where)


def _too_much(target: Target, seconds: float, before: int, after: int) -> str:
    if seconds > target.longest_seconds:
        return f"took {seconds:.1f} s of processor time"
    if after - before > target.most_megabytes:
        return f"took {after - before} MB of memory"
    return f"the process has {after} MB" if before <= MOST_MEGABYTES < after else ""


def _held_megabytes() -> int:
    """Return the most that the process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Let the block use ``seconds`` of processor time; waiting for others costs nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
