"""Damaged portraits and EF.DG2 files: ``python -m tests.fuzz.face --cases 100000 --seed 1``.

Every case ends in pixels or in one of two errors that name the fault, within bounds on memory
and time. A case that does not is a finding: it is written with what it takes to see it again,
and the command exits 1. Cases run in a process of their own, for a decoder may take it with it.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.face_damage import Case, case_of
from tests.fuzz.face_process import FaceProcess, ProcessDied

MOST_MEGABYTES = 200
_MOST_SECONDS = 5.0
_FINDINGS_ENOUGH = 20


@dataclass(slots=True)
class Totals:
    """What all cases amount to; memory is that of the process that runs them, in megabytes."""

    cases: int = 0
    deaths: int = 0
    by_outcome: Counter[str] = field(default_factory=Counter)
    by_target: Counter[str] = field(default_factory=Counter)
    worst_cpu_seconds: float = 0.0
    worst_cpu_seconds_case: int | None = None
    megabytes_before: int = 0
    peak_megabytes: int = 0
    peak_case: int | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _options(arguments)
    totals = Totals()
    findings: list[str] = []
    began = time.monotonic()
    process = FaceProcess()
    number = options.first
    while number < options.first + options.cases and len(findings) < _FINDINGS_ENOUGH:
        case = case_of(options.seed, number)
        totals.cases += 1
        totals.by_target[case.target] += 1
        try:
            problem = _judge(number, process.run(case), totals)
        except ProcessDied as death:
            totals.deaths += 1
            problem = str(death)
            process = FaceProcess()
        if problem:
            findings.append(_written(options, number, case, problem))
        number += 1
        _show(totals.cases, options.cases, len(findings))
    totals.megabytes_before = process.megabytes_before
    process.end()
    _report(options, number, totals, findings, time.monotonic() - began)
    return 1 if findings else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.face", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many; default 100,000")
    parser.add_argument("--seed", type=int, default=1, help="of all choices; default 1")
    parser.add_argument("--first", type=int, default=0, help="number of the first case: go on here")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), help="folder for what was found"
    )
    parser.add_argument("--json", action="store_true", help="print the totals as JSON only")
    return parser.parse_args(arguments)


def _judge(number: int, said: Mapping[str, Any], totals: Totals) -> str:
    """Count what the process says of a case, and return what is wrong with that."""
    totals.by_outcome[said["outcome"]] += 1
    problems = [said["problem"]] if said["problem"] else []
    if said["seconds"] > totals.worst_cpu_seconds:
        totals.worst_cpu_seconds = round(said["seconds"], 3)
        totals.worst_cpu_seconds_case = number
    if said["seconds"] > _MOST_SECONDS:
        problems.append(f"{said['seconds']:.1f} s of processor time")
    if said["peak"] > totals.peak_megabytes:
        totals.peak_megabytes, totals.peak_case = said["peak"], number
        if said["peak"] > MOST_MEGABYTES:
            problems.append(f"{said['peak']} MB of memory")
    return "\n".join(problems)


def _written(options: argparse.Namespace, number: int, case: Case, problem: str) -> str:
    content = {
        "seed": options.seed,
        "case": number,
        "target": case.target,
        "problem": problem.splitlines(),
        "input": case.raw.hex(),
    }
    options.findings.mkdir(parents=True, exist_ok=True)
    where: Path = options.findings / f"finding-{options.seed}-{number}.json"
    where.write_text(json.dumps(content, indent=2) + "\n")
    return str(where)


def _show(done: int, wanted: int, found: int) -> None:
    if done % 100 == 0 and sys.stderr.isatty():
        print(f"\r{done:,} of {wanted:,}, {found} found", end="", file=sys.stderr)


def _report(
    options: argparse.Namespace, number: int, totals: Totals, findings: list[str], seconds: float
) -> None:
    content = {
        "seed": options.seed,
        "first": options.first,
        "next": number,
        "cases": totals.cases,
        "deaths": totals.deaths,
        "by_outcome": dict(totals.by_outcome.most_common()),
        "by_target": dict(sorted(totals.by_target.items())),
        "worst_cpu_seconds": totals.worst_cpu_seconds,
        "worst_cpu_seconds_case": totals.worst_cpu_seconds_case,
        "megabytes_before": totals.megabytes_before,
        "peak_megabytes": totals.peak_megabytes,
        "peak_case": totals.peak_case,
        "seconds": round(seconds, 1),
        "findings": findings,
    }
    if options.json:
        print(json.dumps(content, indent=2))
        return
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for key, value in content.items():
        print(f"{key.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    sys.exit(main())
