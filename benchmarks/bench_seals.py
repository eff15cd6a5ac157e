"""Seals on rendered pages: read and verified, genuine and forged, by document and damage.

    python -m benchmarks.bench_seals --each 20 --seed 1000201

Renders visas and travel permits in three lights with `hardware_mocks/page_scanner`, reads the MRZ
of each from its white image, and looks at its seal as a lane does. Seeds from 1,000,000 on are held
out: nothing was tuned on them. Without ``--each`` nothing is measured: a page takes a second.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.checks import Outcome
from egate.optical.models.library import read_models
from egate.optical.mrz_image.reading import MrzImageReading, read_mrz_image
from egate.optical.seals.check import check_seal
from egate.ports.devices import PageScan
from hardware_mocks.page_scanner.rendering import Wanted, rendered
from tests.sealed_documents import TODAY, SealingState

_DOCUMENTS: Final = ("bd_visa", "bd_travel_permit")
_DAMAGES: Final = (0, 1, 2)  # at 3 the MRZ itself is seldom read
_SPECIES: Final = ("", "seal_of_another", "seal_altered", "mrz_altered")
_UNREAD: Final = "no MRZ"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a page is."""

    document: str
    species: str
    damage: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, metavar="N", help="pages of a kind")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the set")
    arguments = parser.parse_args()
    if arguments.each is None:
        print("bench_seals: skipped, --each names no number of pages", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        state = SealingState(Path(folder))
        print("| page | damage | successful | undetermined | failed | no MRZ read | CPU ms |")
        print("|---|---|---|---|---|---|---|")
        for species, document, damage in product(_SPECIES, _DOCUMENTS, _DAMAGES):
            kind = Kind(document, species, damage)
            print(_row(kind, list(_found(kind, state, arguments.seed, arguments.each))), flush=True)


def _found(
    kind: Kind, state: SealingState, seed: int, each: int
) -> Iterator[tuple[OpticalFinding | None, float]]:
    """Give what was found of each page and the CPU milliseconds; None without an MRZ."""
    models = read_models()
    wanted = Wanted(kind.document, kind.species, kind.damage, seals=state.signer)
    for number in range(each):
        lights = rendered(wanted, (seed, number)).scan.images()
        scan = PageScan(lights["white"], lights["infrared"], lights["ultraviolet"])
        reading = read_mrz_image(scan.white, TODAY)
        if not isinstance(reading, MrzImageReading):
            yield None, 0.0
            continue
        began = time.process_time()
        found = check_seal(scan, reading, models.of(reading.mrz), state.trust, TODAY)
        yield found, 1000 * (time.process_time() - began)


def _row(kind: Kind, found: list[tuple[OpticalFinding | None, float]]) -> str:
    ends = Counter(_UNREAD if each is None else each.outcome.value for each, _ in found)
    slowest = max(ms for _, ms in found)
    told = [ends[each] for each in (Outcome.SUCCESSFUL, Outcome.UNDETERMINED, Outcome.FAILED)]
    name = f"{kind.document} {kind.species or 'genuine'}"
    cells = [name, kind.damage, *told, ends[_UNREAD], f"{slowest:.0f} at most"]
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
