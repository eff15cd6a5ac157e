"""Damaged bytes by the million for every parser that takes bytes from outside.

Every case ends in a result or in the error by which its parser refuses, within bounds on time
and memory. A case that does not is a finding: it is written with what it takes to see it again,
and the command exits 1, as it does when a process held more than 500 MB. Cases run in processes
of their own, for a decoder may take one with it.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.fuzz.catalogue import group_of
from tests.fuzz.process import CaseProcess, ProcessDied, Row
from tests.fuzz.totals import Totals

_ROW: Final = 500
_FINDINGS_ENOUGH: Final = 200
_MOST_MEGABYTES: Final = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _options(arguments)
    groups = sorted({group_of(name) for name in options.target})
    first = CaseProcess(groups)
    try:
        shares = _chosen(first.shares, options.target)
    except KeyError as error:
        first.end()
        print(f"no such target: {error.args[0]}; --list names them", file=sys.stderr)
        return 2
    if options.list:
        first.end()
        print("\n".join(shares))
        return 0
    totals = Totals(options.findings)
    began = time.monotonic()
    _Run(options, groups, shares, totals).run(first)
    _report(options, totals, time.monotonic() - began)
    return 1 if totals.findings or totals.peak_megabytes > _MOST_MEGABYTES else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="in all; default 100,000")
    parser.add_argument(
        "--target", action="append", default=[], help="only this one or group; may come again"
    )
    parser.add_argument("--seed", type=int, default=1, help="of all choices; default 1")
    parser.add_argument("--first", type=int, default=0, help="number of each target's first case")
    parser.add_argument("--seconds", type=float, help="begin nothing more after this time")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time; default 1")
    parser.add_argument("--list", action="store_true", help="name the targets and end")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), help="folder for what was found"
    )
    parser.add_argument("--json", action="store_true", help="print the totals as JSON only")
    return parser.parse_args(arguments)


def _chosen(shares: Mapping[str, int], wanted: Sequence[str]) -> Mapping[str, int]:
    chosen: dict[str, int] = {}
    for name in wanted or [""]:
        found = {each: shares[each] for each in shares if _is_of(each, name)}
        if not found:
            raise KeyError(name)
        chosen |= found
    return chosen


def _is_of(target: str, name: str) -> bool:
    """Say whether ``name`` is the target's, its group's, or everybody's."""
    return not name or target == name or target.startswith(f"{name}/")


def split(cases: int, shares: Mapping[str, int]) -> Mapping[str, int]:
    """Return how many of ``cases`` each target has: by its share, and one at least."""
    whole = sum(shares.values())
    return {name: max(1, round(cases * share / whole)) for name, share in shares.items()}


def rows_of(cases: Mapping[str, int], seed: int, first: int) -> Iterator[Row]:
    """Yield rows of cases, a little of every target in turn."""
    done = 0
    while any(done < count for count in cases.values()):
        for name, count in cases.items():
            if done < count:
                yield Row(name, seed, first + done, min(_ROW, count - done))
        done += _ROW


class _Run:
    """All cases, by as many processes as are wanted at a time."""

    def __init__(
        self,
        options: argparse.Namespace,
        groups: Sequence[str],
        shares: Mapping[str, int],
        totals: Totals,
    ) -> None:
        self._groups = groups
        self._wanted = split(options.cases, shares)
        self._rows = rows_of(self._wanted, options.seed, options.first)
        self._ends_at = None if options.seconds is None else time.monotonic() + options.seconds
        self._jobs = options.jobs
        self._totals = totals
        self._one_at_a_time = threading.Lock()
        self._faults: list[BaseException] = []

    def run(self, first: CaseProcess) -> None:
        """Run them; ``first`` is a process that is there already."""
        others = [threading.Thread(target=self._work) for _ in range(1, self._jobs)]
        for each in others:
            each.start()
        self._work(first)
        for each in others:
            each.join()
        if self._faults:
            raise self._faults[0]

    def _work(self, process: CaseProcess | None = None) -> None:
        try:
            process = process or CaseProcess(self._groups)
            while (row := self._next()) is not None:
                process = self._through(process, row)
            process.end()
        except BaseException as fault:  # noqa: BLE001 - told by run(), in the command's own thread
            self._faults.append(fault)

    def _through(self, process: CaseProcess, row: Row) -> CaseProcess:
        """Run ``row``, and what is left of it in a new process when one dies."""
        try:
            said = process.run(row)
        except ProcessDied as death:
            if death.case is None:
                raise
            with self._one_at_a_time:
                self._totals.add_death(row, death, death.case)
            done = death.case + 1 - row.first
            process = CaseProcess(self._groups)
            left = Row(row.target, row.seed, row.first + done, row.count - done)
            return self._through(process, left) if left.count else process
        with self._one_at_a_time:
            self._totals.add(row, said)
            self._show()
        return process

    def _next(self) -> Row | None:
        with self._one_at_a_time:
            late = self._ends_at is not None and time.monotonic() >= self._ends_at
            if late or self._faults or len(self._totals.findings) >= _FINDINGS_ENOUGH:
                return None
            return next(self._rows, None)

    def _show(self) -> None:
        if sys.stderr.isatty():
            wanted = sum(self._wanted.values())
            found = len(self._totals.findings)
            print(f"\r{self._totals.cases:,} of {wanted:,}, {found} found", end="", file=sys.stderr)


def _report(options: argparse.Namespace, totals: Totals, seconds: float) -> None:
    content = {
        "seed": options.seed,
        "first": options.first,
        "cases": totals.cases,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(sum(each.cpu_seconds for each in totals.targets.values()), 1),
        "deaths": totals.deaths,
        "peak_megabytes": totals.peak_megabytes,
        "worst_seconds": round(
            max((each.worst_seconds for each in totals.targets.values()), default=0.0), 3
        ),
        "targets": {name: each.as_json() for name, each in sorted(totals.targets.items())},
        "findings": totals.findings,
    }
    if options.json:
        print(json.dumps(content, indent=2))
        return
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for name, each in totals.targets.items():
        print(f"{name}: {json.dumps(each.as_json())}")
    for key, value in content.items():
        if key != "targets":
            print(f"{key.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    sys.exit(main())
