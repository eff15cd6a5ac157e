"""``python -m tests.simulation``: days of a hall of gates by seed, and what did not hold in them.

A day is the same each time: ``--seed K --trace`` shows everything that happened on the day of seed
K. Ends with 1 when something did not hold.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.simulation.day import Outcome, simulate
from tests.simulation.world import LAW_BROKEN

_BAR = 30
_GATE = re.compile(r"BDDAC-S-\d\d")
_SHOWN_LINES = 25
_MOST_SHOWN = 5
"""Failing days whose traces are shown; of all others the seed."""


def _days(seeds: Sequence[int], jobs: int) -> Iterator[Outcome]:
    """Give each day as soon as it and all before it have passed."""
    if jobs == 1:
        yield from map(simulate, seeds)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as processes:
        yield from processes.map(simulate, seeds, chunksize=4)


def _show_bar(done: int, of: int, failing: int) -> None:
    if sys.stderr.isatty():
        filled = "#" * (_BAR * done // of)
        print(f"\r[{filled:<{_BAR}}] {done}/{of}, failing {failing}", end="", file=sys.stderr)
        if done == of:
            print(file=sys.stderr)


def _show_failing(day: Outcome) -> None:
    print(f"\nseed {day.seed} fails:", file=sys.stderr)
    for law in day.wrong[:_MOST_SHOWN]:
        print(f"  {law}", file=sys.stderr)
    print(f"  see it all: python -m tests.simulation --seed {day.seed} --trace", file=sys.stderr)
    for line in _shortened(simulate(day.seed, whole_trace=True).lines):
        print(f"    {line}", file=sys.stderr)


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    """Return what came before the first break, of the gates that it names if it names any."""
    upto = next((at for at, line in enumerate(lines, 1) if LAW_BROKEN in line), len(lines))
    gates = _GATE.findall(lines[upto - 1])
    near = [line for line in lines[:upto] if not gates or any(gate in line for gate in gates)]
    return near[-_SHOWN_LINES:]


def _many(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    counts: Counter[str] = Counter()
    failing: dict[int, tuple[str, ...]] = {}
    seeds = range(asked.from_seed, asked.from_seed + asked.seeds)
    for done, day in enumerate(_days(seeds, asked.jobs), start=1):
        counts.update(day.counts)
        if day.wrong:
            failing[day.seed] = day.wrong
            if len(failing) <= _MOST_SHOWN:
                _show_failing(day)
        _show_bar(done, asked.seeds, len(failing))
    seconds = time.monotonic() - began
    found = {
        "seeds": asked.seeds,
        "from_seed": asked.from_seed,
        "failing": {str(seed): list(wrong) for seed, wrong in failing.items()},
        **counts,
        "seconds": round(seconds, 1),
        "seeds_a_minute": round(60 * asked.seeds / seconds),
    }
    if asked.json:
        print(json.dumps(found))
    else:
        print(f"{asked.seeds} days, {len(failing)} failing, {found['seeds_a_minute']} a minute")
    return 1 if failing else 0


def _one(asked: argparse.Namespace) -> int:
    day = simulate(asked.seed, whole_trace=asked.trace)
    if asked.json:
        found = {"seed": day.seed, "digest": day.digest, "wrong": list(day.wrong), **day.counts}
        print(json.dumps(found))
    else:
        for line in (*(day.lines if asked.trace else ()), *day.wrong):
            print(line)
        print(f"seed {day.seed}: {'fails' if day.wrong else 'holds'}, digest {day.digest}")
    return 1 if day.wrong else 0


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=_number, default=200, metavar="N", help="how many days")
    parser.add_argument("--from-seed", type=_number, default=1, metavar="K")
    parser.add_argument("--seed", type=_number, metavar="K", help="this day alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: all that happened")
    parser.add_argument("--jobs", type=_number, default=1, metavar="N", help="processes")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    if asked.trace and asked.seed is None:
        parser.error("--trace: of which day? give --seed")
    return _many(asked) if asked.seed is None else _one(asked)


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
