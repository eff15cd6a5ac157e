"""Faults of disks at full length: ``python -m tests.disk_faults --cuts 20000``.

Every book that must survive a power cut loses power at so many moments, drawn by the seed. The
command fails when anything that was acknowledged is lost, or anything is found that nobody wrote.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import structlog

from tests.disk_faults.folder_scenes import FOLDERS, cut_folder
from tests.disk_faults.power_cuts import CutFigures, cut_power, written
from tests.disk_faults.scenes import SCENES

_DEEDS: Final = 600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.disk_faults", description=__doc__)
    parser.add_argument("--cuts", type=int, default=20_000, help="of the power, for each book")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures as one line of JSON each")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    faults = 0
    for name in (*SCENES, *FOLDERS):
        figures = _cut(name, options.cuts, options.seed)
        faults += figures.lossy + len(figures.corrupt)
        if options.json:
            print(json.dumps({"book": name, "seed": options.seed, **asdict(figures)}))
        else:
            _tell(name, figures)
    return 1 if faults else 0


def _cut(name: str, cuts: int, seed: int) -> CutFigures:
    with tempfile.TemporaryDirectory() as place:
        if name in FOLDERS:
            return cut_folder(name, Path(place), cuts, seed)
        run = written(name, Path(place), _DEEDS)
        return cut_power(run, cuts, Path(place) / "after", seed)


def _tell(name: str, figures: CutFigures) -> None:
    print(
        f"{name}: {figures.cuts} cuts, and {figures.again} while it started again:"
        f" {figures.lossy} lost something, {len(figures.corrupt)} spoilt something"
    )
    for fault in figures.corrupt[:10]:
        print(f"  {fault}")


if __name__ == "__main__":
    sys.exit(main())
