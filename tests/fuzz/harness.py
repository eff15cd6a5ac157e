"""Runs cases, each known by its seed and number, and measures the worst of them."""

import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from random import Random
from types import FrameType
from typing import Final

from egate.emrtd.errors import DocumentRejected, RetryableReadError
from tests.fuzz.conversations import talks
from tests.fuzz.mutator import Mutator
from tests.fuzz.parsers import Parser, parsers
from tests.fuzz.talk import Trace

_TALKS_IN_A_HUNDRED: Final = 12
_LONGEST_CPU_SECONDS: Final = 5.0
_LARGEST_GROWTH_MEGABYTES: Final = 64


class TooSlow(BaseException):
    """A case took more processor time than any may; no handler for errors stops it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that ended in neither a result nor one of the two kinds of error."""

    seed: int
    case: int
    target: str
    error: str
    traceback: str
    sample: bytes | None
    answers: tuple[str, ...]


@dataclass(slots=True)
class Totals:
    """What all cases so far were like."""

    cases: int = 0
    by_error: Counter[str] = field(default_factory=Counter)
    by_target: Counter[str] = field(default_factory=Counter)
    worst_seconds: float = 0.0
    worst_seconds_target: str = ""
    worst_apdu_count: int = 0
    worst_apdu_target: str = ""


@cache
def _choices() -> tuple[tuple[list[str], list[int]], tuple[list[str], list[int]]]:
    """Names and cumulated weights, of parsers and of conversations."""
    of_parsers = {name: each.weight for name, each in parsers().items() if each.samples}
    of_talks = {name: each.weight for name, each in talks().items()}
    return _weighed(of_parsers), _weighed(of_talks)


def _weighed(weights: Mapping[str, int]) -> tuple[list[str], list[int]]:
    return list(weights), list(accumulate(weights.values()))


@cache
def _mutator_samples(name: str) -> tuple[bytes, ...]:
    return tuple(parsers()[name].samples)


def run(seed: int, case: int, totals: Totals) -> Finding | None:
    """Run one case and add it to ``totals``."""
    random = Random(seed << 64 | case)
    parsing = random.randrange(100) >= _TALKS_IN_A_HUNDRED
    names, weights = _choices()[0 if parsing else 1]
    target = random.choices(names, cum_weights=weights)[0]
    name = f"parse {target}" if parsing else target
    sample = _sample(parsers()[target], random) if parsing else None
    trace = Trace()
    resident = _resident_megabytes()
    began = time.perf_counter()
    problem = where = ""
    try:
        with _limited():
            if sample is None:
                talks()[target].hold(random, trace)
            else:
                parsers()[target].parse(sample)
        outcome = "result"
    except (RetryableReadError, DocumentRejected) as error:
        outcome = type(error).__name__
    except (Exception, TooSlow) as error:  # noqa: BLE001 - any other exception is what we look for
        outcome = type(error).__name__
        problem = f"{outcome}: {error}"
        where = traceback.format_exc()
    _measure(totals, name, outcome, time.perf_counter() - began, trace.apdu_count)
    if _resident_megabytes() - resident > _LARGEST_GROWTH_MEGABYTES:
        problem = problem or "took too much memory"
    if not problem:
        return None
    return Finding(seed, case, name, problem, where, sample, tuple(trace.answers))


def _sample(parser: Parser, random: Random) -> bytes:
    mutator = Mutator(random, parser.samples)
    if random.random() < 0.03:
        return mutator.noise()
    return mutator.damage(random.choice(parser.samples))


def _measure(totals: Totals, name: str, outcome: str, seconds: float, apdu_count: int) -> None:
    totals.cases += 1
    totals.by_error[outcome] += 1
    totals.by_target[name] += 1
    if seconds > totals.worst_seconds:
        totals.worst_seconds, totals.worst_seconds_target = seconds, name
    if apdu_count > totals.worst_apdu_count:
        totals.worst_apdu_count, totals.worst_apdu_target = apdu_count, name


def _resident_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def _limited() -> Iterator[None]:
    """Let the block use a few seconds of processor time; waiting for others costs nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {_LONGEST_CPU_SECONDS} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def warm_up() -> None:
    """Make every sample and recording, so that no case pays for them."""
    totals = Totals()
    for case in range(300):
        run(0, case, totals)
