"""Faults of disks at length: ``python -m tests.disk_faults --cuts 20000``, or ``--flips 50000``.

Every book that must survive a power cut loses power at its share of so many moments, drawn by the
seed, or has its share of so many bits flipped, one at a time. The command fails when anything that
was acknowledged is lost, when anything is found that nobody wrote, or when a bit that is another
one changes what a book says and nobody would know. Prints one line of JSON.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import Final

import structlog

from tests.disk_faults.bit_flips import FlipFigures, flip, left
from tests.disk_faults.folder_scenes import FOLDERS, cut_folder
from tests.disk_faults.power_cuts import CutFigures, cut_power, written
from tests.disk_faults.scenes import SCENES

_DEEDS: Final = 600
_SHOWN: Final = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.disk_faults", description=__doc__)
    parser.add_argument("--cuts", type=int, default=0, help="of the power, of all books together")
    parser.add_argument("--flips", type=int, default=0, help="of bits, of all books together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    found: dict[str, object] = {}
    faults: list[str] = []
    books = (*SCENES, *FOLDERS)
    for name in books if options.cuts else ():
        cut = _cut(name, math.ceil(options.cuts / len(books)), options.seed)
        found[name] = {"cuts": cut.cuts, "again": cut.again, "lossy": cut.lossy}
        faults += [f"{name}: {cut.lossy} cuts lost something"] if cut.lossy else []
        faults += [f"{name}: {each}" for each in cut.corrupt]
    ways = [(name, killed) for name in SCENES for killed in (False, True)]
    for name, killed in ways if options.flips else ():
        flipped = _flip(name, math.ceil(options.flips / len(ways)), options.seed, killed=killed)
        state = f"{name}, {'killed' if killed else 'ended'}"
        found[state] = {"flips": flipped.flips, **flipped.outcomes}
        faults += [f"{state}: {each}" for each in flipped.unnoticed]
    print(dumps(found | {"faults": len(faults), "first_faults": faults[:_SHOWN]}))
    return 1 if faults else 0


def _cut(name: str, cuts: int, seed: int) -> CutFigures:
    with tempfile.TemporaryDirectory() as place:
        if name in FOLDERS:
            return cut_folder(name, Path(place), cuts, seed)
        run = written(name, Path(place), _DEEDS)
        return cut_power(run, cuts, Path(place) / "after", seed)


def _flip(name: str, flips: int, seed: int, *, killed: bool) -> FlipFigures:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "book"
        folder.mkdir()
        return flip(left(name, folder, killed=killed), flips, Path(place) / "flipped", seed)


if __name__ == "__main__":
    sys.exit(main())
