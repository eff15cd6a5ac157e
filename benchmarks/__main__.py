"""Run every benchmark and write docs/benchmarks.md.

A benchmark is a file ``bench_*.py`` that prints JSON lines with ``name``, ``value``, ``unit``
and, where there is one, ``reference`` (what it is measured beside), ``ratio`` and ``note``.
"""

import datetime as dt
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.progress import track

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
TIMEOUT_SECONDS = 3600


def main() -> int:
    figures: list[dict[str, Any]] = []
    failed: list[str] = []
    for file in track(sorted(HERE.glob("bench_*.py")), description="benchmarks"):
        ended = subprocess.run(
            (sys.executable, "-m", f"benchmarks.{file.stem}"),
            cwd=HERE.parent,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        if ended.returncode:
            failed.append(f"{file.stem}: {ended.stderr.strip().splitlines()[-1:]}")
            continue
        figures += [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    PAGE.write_text(_page(figures), "utf-8")
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


def _page(figures: list[dict[str, Any]]) -> str:
    today = dt.datetime.now(tz=dt.UTC).date()  # noqa: TID251 - a composition root
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    rows = "".join(
        f"| {figure['name']} | {figure['value']:.4g} {figure['unit']} "
        f"| {figure.get('reference', '')} | {_ratio(figure)} | {figure.get('note', '')} |\n"
        for figure in figures
    )
    return (
        "# Benchmarks\n\n"
        f"Written by `make bench` on {today} ({machine}). Shared machines drift: trust ratios of\n"
        "one run more than single figures.\n\n"
        "| figure | measured | beside | ratio | note |\n|---|---|---|---|---|\n" + rows
    )


def _ratio(figure: dict[str, Any]) -> str:
    return f"{figure['ratio']:.2f}" if "ratio" in figure else ""


if __name__ == "__main__":
    sys.exit(main())
