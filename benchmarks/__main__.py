"""Run benchmarks and write docs/benchmarks.md.

A benchmark is a file ``bench_*.py`` that prints JSON lines with ``name``, ``value``, ``unit``
and, where there is one, ``reference`` (what it is measured beside), ``ratio`` and ``note``.
Each has its section in the page, with its command and the day; those named are measured anew and
the others stay as they are: ``python -m benchmarks ingest "lists --numbers 100000000"``.
"""

import argparse
import datetime as dt
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.progress import track

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
TIMEOUT_SECONDS = 3600
# As the units of gate and console set it. What they set for malloc is left out: others, that
# we are measured beside, would pay for it with every tensor.
_AS_IN_SERVICE = {"OPENBLAS_NUM_THREADS": "1"}
TOP = (
    "# Benchmarks\n\n"
    "Written by `make bench`, or `python -m benchmarks NAME...` for some of them. Shared machines\n"
    "drift: trust ratios of one run more than single figures.\n"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help="with its arguments in one word; default: all")
    commands = [shlex.split(each) for each in parser.parse_args().name] or [
        [name] for name in names()
    ]
    for unknown in {command[0] for command in commands} - set(names()):
        parser.error(f"no benchmark {unknown}; there are: {', '.join(names())}")
    sections = read(PAGE.read_text("utf-8"))
    failed: list[str] = []
    for command in track(commands, description="benchmarks"):
        try:
            sections[command[0]] = section(command, measure(command))
        except subprocess.SubprocessError as error:
            failed.append(f"{command[0]}: {said_last(error)}")
        PAGE.write_text("\n".join([TOP, *(sections[name] for name in sorted(sections))]), "utf-8")
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


def names() -> list[str]:
    return sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))


def read(page: str) -> dict[str, str]:
    """Return the sections of the page by the names of their benchmarks."""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}


def measure(command: list[str]) -> list[dict[str, Any]]:
    ended = subprocess.run(
        (sys.executable, "-m", f"benchmarks.bench_{command[0]}", *command[1:]),
        cwd=HERE.parent,
        env=os.environ | _AS_IN_SERVICE,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]


def section(command: list[str], figures: list[dict[str, Any]]) -> str:
    today = dt.datetime.now(tz=dt.UTC).date()  # noqa: TID251 - a composition root
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        f"## {command[0]}\n\n"
        f"`python -m benchmarks.bench_{shlex.join(map(shown, command))}`, {today} ({machine})\n\n"
        "| figure | measured | beside | ratio | note |\n|---|---|---|---|---|\n"
        + "".join(map(row, figures))
    )


def shown(word: str) -> str:
    """Return a word of a command for the page: where things lie is each machine's own."""
    return Path(word).name.upper() if Path(word).is_absolute() else word


def row(figure: dict[str, Any]) -> str:
    ratio = f"{figure['ratio']:.2f}" if "ratio" in figure else ""
    return (
        f"| {figure['name']} | {figure['value']:.4g} {figure['unit']} "
        f"| {figure.get('reference', '')} | {ratio} | {figure.get('note', '')} |\n"
    )


def said_last(error: subprocess.SubprocessError) -> str:
    """Return the last line that a benchmark said before it failed."""
    said = getattr(error, "stderr", None) or str(error)
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return text.strip().splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
