"""Faults of disks at full length: ``python -m tests.disk_faults --cuts 20000 --flips 50000``.

Every book that must survive a power cut loses power at so many moments, drawn by the seed, and
has so many of its bits flipped, one at a time. The command fails when anything that was
acknowledged is lost, when anything is found that nobody wrote, or when a bit that is another one
changes what a book says and nobody would know.
"""

import argparse
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.disk_faults", description=__doc__)
    parser.add_argument("--cuts", type=int, default=20_000, help="of the power, for each book")
    parser.add_argument("--flips", type=int, default=50_000, help="of bits, of all books together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures as one line of JSON each")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    faults = 0
    for name in (*SCENES, *FOLDERS):
        figures = _cut(name, options.cuts, options.seed)
        faults += figures.lossy + len(figures.corrupt)
        told = (
            f"{name}: {figures.cuts} cuts, and {figures.again} while it started again:"
            f" {figures.lossy} lost something, {len(figures.corrupt)} spoilt something"
        )
        _tell(told, figures.corrupt, {"book": name, **vars(figures)}, json=options.json)
    ways = [(name, killed) for name in SCENES for killed in (False, True)]
    for name, killed in ways:
        flipped = _flip(name, options.flips // len(ways), options.seed, killed=killed)
        faults += len(flipped.unnoticed)
        state = "killed" if killed else "ended"
        told = f"{name}, {state}: {flipped.flips} flips: {dict(flipped.outcomes)}"
        _tell(
            told,
            flipped.unnoticed,
            {"book": name, "was": state, **vars(flipped)},
            json=options.json,
        )
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


def _tell(told: str, faults: Sequence[str], figures: dict[str, object], *, json: bool) -> None:
    if json:
        print(dumps(figures))
        return
    print(told)
    for fault in faults[:10]:
        print(f"  {fault}")


if __name__ == "__main__":
    sys.exit(main())
