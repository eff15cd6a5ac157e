"""Damaged answers of chips by the million: ``python -m tests.fuzz.chip --cases 1000000 --seed 1``.

Every case ends in a result or in one of the two kinds of error of ``egate.emrtd.errors``,
within bounds on time, memory and APDUs. A case that does not is a finding: it is written
with what it takes to see it again, and the command exits 1.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.harness import Finding, Totals, run, warm_up

_ADDRESS_SPACE_BYTES = 2 << 30
_FINDINGS_ENOUGH = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _options(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES))
    warm_up()
    totals = Totals()
    findings: list[str] = []
    began = time.monotonic()
    case = options.first
    while case < options.first + options.cases and len(findings) < _FINDINGS_ENOUGH:
        finding = run(options.seed, case, totals)
        case += 1
        if finding is not None:
            findings.append(_written(finding, options.findings))
        seconds = time.monotonic() - began
        if options.seconds is not None and seconds >= options.seconds:
            break
        if case % 500 == 0:
            _show(totals.cases, options.cases, seconds, len(findings))
    _report(options, totals, findings, time.monotonic() - began)
    return 1 if findings else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.chip", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many; default 100,000")
    parser.add_argument("--seed", type=int, default=1, help="of all choices; default 1")
    parser.add_argument("--first", type=int, default=0, help="number of the first case: go on here")
    parser.add_argument("--seconds", type=float, help="stop after this time")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), help="folder for what was found"
    )
    parser.add_argument("--json", action="store_true", help="print the totals as JSON only")
    return parser.parse_args(arguments)


def _written(finding: Finding, folder: Path) -> str:
    where = folder / f"finding-{finding.seed}-{finding.case}.json"
    content = {
        "seed": finding.seed,
        "case": finding.case,
        "target": finding.target,
        "error": finding.error,
        "traceback": finding.traceback.splitlines(),
        "input": None if finding.sample is None else finding.sample.hex(),
        "answers": finding.answers,
    }
    folder.mkdir(parents=True, exist_ok=True)
    where.write_text(json.dumps(content, indent=2) + "\n")
    return str(where)


def _show(done: int, wanted: int, seconds: float, found: int) -> None:
    if not sys.stderr.isatty():
        return
    width = 40 * done // wanted
    rate = done / seconds if seconds else 0
    bar = "#" * width + "." * (40 - width)
    print(
        f"\r[{bar}] {done:,} of {wanted:,}, {rate:,.0f}/s, {found} found", end="", file=sys.stderr
    )


def _report(
    options: argparse.Namespace, totals: Totals, findings: list[str], seconds: float
) -> None:
    content = {
        "seed": options.seed,
        "first": options.first,
        "next": options.first + totals.cases,
        "cases": totals.cases,
        "by_error": dict(totals.by_error.most_common()),
        "by_target": dict(sorted(totals.by_target.items())),
        "worst_seconds": round(totals.worst_seconds, 3),
        "worst_seconds_target": totals.worst_seconds_target,
        "worst_apdu_count": totals.worst_apdu_count,
        "worst_apdu_target": totals.worst_apdu_target,
        "peak_memory_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time(), 1),
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
