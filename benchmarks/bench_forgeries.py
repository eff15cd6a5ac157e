"""Optical checks on rendered pages: forgeries found and genuine pages called forged, by species.

    python -m benchmarks.bench_forgeries --each 2 [--pages DIR] [--page FILE]

Renders held-out pages with `python -m hardware_mocks pages` (seeds from 1,000,000 on: never tuned
on; those up to 4,999,999 are used up), reads each as a lane does, takes all findings but those of
seals (`bench_seals`), and measures their CPU. ``--pages DIR`` keeps the pictures, five megabytes a
page. A page whose MRZ is not read, and that has no finding without that, is counted apart: it is
an officer's. Without ``--each`` nothing is measured: a page takes a second to render.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks.bench_pad import Rate
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.page_findings import findings_of
from egate.optical.page_reading import PageRead, ReadPage, page_reader
from egate.ports.devices import PageScan
from egate.trust.collection import Collection
from tests.sealed_documents import Trust
from tests.trust_forge import TODAY

_DOCUMENTS: Final = ("bd_e_passport", "bd_mrp", "bd_visa", "bd_travel_permit")
_DAMAGES: Final = (0, 1, 2)
_SPECIES: Final = 8
_FIRST_HELD_OUT: Final = 5_000_000
_APART: Final = 100
_GENUINE: Final = "genuine"

_RENDERED: Final = """
Everything is rendered by `hardware_mocks/page_scanner`. The figures show that the checks work
together, that wear is not taken for forgery and what a change of them costs. They are no forecast
for real forgers, real inks or a real scanner: specimens are measured from the same renderer, all
pages of a kind are one design of one series, inks have one spectrum each, and no forger who has
seen the checks was asked. Four kinds of document have a model here; of others only what 9303
demands is checked, and a substituted photograph would not be seen.
"""


@dataclass(frozen=True, slots=True)
class Inspected:
    """One page: what it is, whether it was read or found without that, and how its checks ended."""

    species: str
    damage: int
    is_read: bool
    failed: tuple[CheckId, ...]
    undetermined: bool
    cpu_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--each", type=int, metavar="N", help="forgeries of a species, document and damage"
    )
    parser.add_argument("--documents", nargs="+", choices=_DOCUMENTS, default=_DOCUMENTS)
    parser.add_argument("--pages", type=Path, metavar="DIR", help="rendered ones are kept there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the tables there")
    arguments = parser.parse_args()
    if arguments.each is None:
        print("bench_forgeries: skipped, --each names no number of pages", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.pages or Path(temporary)
        found = list(inspected(folder, arguments.each, arguments.documents))
    tables = report(found, arguments.documents, arguments.each)
    if arguments.page:
        arguments.page.write_text(tables, "utf-8")
    print(tables)


def inspected(folder: Path, each: int, documents: Sequence[str]) -> Iterator[Inspected]:
    """Give every held-out page, rendered if it is not in ``folder`` yet."""
    read, seed = page_reader(Trust(Collection())), _FIRST_HELD_OUT
    for round_ in range(each):
        for document, damage in product(_DOCUMENTS, _DAMAGES):
            for kind, offset in (("forged", 0), (_GENUINE, _APART // 2)):
                pages = folder / f"{document}.{damage}.{kind}.{round_}"
                if document not in documents:
                    continue
                if not pages.exists():
                    _render(pages, document, damage, seed + offset, forged=not offset)
                yield from _inspect(pages, read)
            seed += _APART


def _render(pages: Path, document: str, damage: int, seed: int, *, forged: bool) -> None:
    with tempfile.TemporaryDirectory(dir=pages.parent) as unfinished:
        command = [sys.executable, "-m", "hardware_mocks", "pages", "--document", document]
        command += ["--damage", str(damage), "--count", str(_SPECIES), "--seed", str(seed)]
        command += ["--out", f"{unfinished}/pages", *(["--forgery", "each"] if forged else [])]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        Path(unfinished, "pages").rename(pages)


def _inspect(pages: Path, read: ReadPage) -> Iterator[Inspected]:
    for line in (pages / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        stem = f"{pages / truth['stem']}"
        white, ultraviolet = cv2.imread(f"{stem}.white.png"), cv2.imread(f"{stem}.ultraviolet.png")
        infrared = cv2.imread(f"{stem}.infrared.png", cv2.IMREAD_GRAYSCALE)
        species, damage = truth["forgery"] or _GENUINE, truth["damage"]
        scan = PageScan(white, infrared, ultraviolet)
        page = read(scan, TODAY)
        begun = time.process_time()
        findings = [
            each for each in findings_of(scan, page) if each.check_id is not CheckId.OPTICAL_SEAL
        ]
        cpu_ms = 1000 * (time.process_time() - begun)
        failed = tuple(each.check_id for each in findings if each.outcome is Outcome.FAILED)
        yield Inspected(
            species,
            damage,
            isinstance(page, PageRead) or bool(failed),
            failed,
            any(each.outcome is Outcome.UNDETERMINED for each in findings),
            cpu_ms,
        )


def report(found: Sequence[Inspected], documents: Sequence[str], number: int) -> str:
    """Return the page of figures."""
    unread = Counter(each.species for each in found if not each.is_read)
    not_read = ", ".join(f"{species} {count}" for species, count in sorted(unread.items()))
    number_of_pages = len(found)
    found = [each for each in found if each.is_read]
    cpu = np.array([each.cpu_ms for each in found])
    genuine = [each for each in found if each.species == _GENUINE]
    rows = ""
    for species in sorted({each.species for each in found} - {_GENUINE}):
        of_species = [each for each in found if each.species == species]
        checks = Counter(check for each in of_species for check in each.failed)
        by = ", ".join(f"{check} {count}" for check, count in checks.most_common(3))
        rows += f"| {species} | {_shares(of_species)} | {by} |\n"
    checks = Counter(check for each in genuine for check in each.failed)
    by = ", ".join(f"{check} {count}" for check, count in checks.most_common()) or "none"
    unsure = Rate(sum(each.undetermined for each in genuine), len(genuine))
    damages = " | ".join(f"damage {damage}" for damage in _DAMAGES)
    return (
        "# Forged pages: found and falsely alarmed\n\n"
        f"Written by `python -m benchmarks.bench_forgeries --each {number} --documents "
        f"{' '.join(documents)}`: {number_of_pages} pages, held-out seeds from "
        f"{_FIRST_HELD_OUT:,} on, 300 dpi. Earlier ones are used up.\n\n"
        "Each page lies where the reader of the MRZ says, as in a lane. A page is found when any "
        "check failed; in brackets counts and 95 % interval. Where the MRZ is not read only "
        "infrared can tell anything; else the page is an officer's, and is not in the table "
        f"({not_read or 'none'}).\n\n"
        f"| species | all | {damages} | by which checks most |\n|---|---|---|---|---|---|\n{rows}"
        f"| {_GENUINE}: false alarms | {_shares(genuine)} | {by} |\n\n"
        f"Of genuine pages {unsure} have a check that is undetermined: an officer's look.\n\n"
        f"All checks of a page, the visual zone's among them: median {np.median(cpu):.0f} ms CPU, "
        f"{np.percentile(cpu, 95):.0f} ms in 95 of 100.\n{_RENDERED}"
    )


def _shares(pages: Sequence[Inspected]) -> str:
    shares = [_share(pages)]
    shares += [_share([each for each in pages if each.damage == damage]) for damage in _DAMAGES]
    return " | ".join(shares)


def _share(pages: Sequence[Inspected]) -> str:
    return str(Rate(sum(bool(each.failed) for each in pages), len(pages))) if pages else "none"


if __name__ == "__main__":
    main()
