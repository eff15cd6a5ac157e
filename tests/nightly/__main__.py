"""``python -m tests.nightly``: the nightly column of docs/reliability.md, row after row.

``--row N``: only that one; ``--size N``: only so much of it. Each is a process of its own, as its
section of docs/nightly.md names it. Ends with 1 when one of them did not end well.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from hardware_mocks.pki.command import now_utc
from tests.nightly.page import Ran, write_section
from tests.nightly.rows import ROWS, Row

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PAGE: Final = ROOT / "docs" / "nightly.md"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.nightly", description=__doc__)
    numbers = sorted(row.number for row in ROWS)
    parser.add_argument("--row", type=int, choices=numbers, help="only this one")
    parser.add_argument("--size", type=int, metavar="N", help="of that row: kills, seconds, ...")
    asked = parser.parse_args(words)
    if asked.size is not None and (asked.row is None or asked.size < 1):
        parser.error("--size: 1 or more, of the one row that --row names")
    failed = 0
    for row in ROWS:
        if asked.row in (None, row.number):
            ran = _run(row, asked.size or row.full)
            write_section(PAGE, ran)
            print(f"{row.number} {row.tried}: {ran.printed}")
            failed += ran.status != 0
    return 1 if failed else 0


def _run(row: Row, size: int) -> Ran:
    date, began, load = now_utc(), time.monotonic(), os.getloadavg()[0]
    command = [sys.executable, "-m", *row.command(size)]
    ended = subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE)
    return Ran(
        row,
        size,
        f"{date:%Y-%m-%d %H:%M}",
        time.monotonic() - began,
        (load, os.getloadavg()[0]),
        ended.returncode,
        (ended.stdout.splitlines() or [""])[-1],
    )


if __name__ == "__main__":
    sys.exit(main())
