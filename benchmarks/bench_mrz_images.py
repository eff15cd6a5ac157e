"""The MRZ read from images of pages, beside tesseract and RapidOCR in one run.

    python -m benchmarks.bench_mrz_images [--images DIR] [--peer-python PYTHON] [--pages N]

DIR holds the public specimens (``python -m benchmarks.public_mrz_images`` fills it); PYTHON is that
of an environment with ``rapidocr-onnxruntime``, ``opencv-python`` and, if wanted, ``passporteye``.
Without the options ``EGATE_MRZ_IMAGES`` and ``EGATE_PEER_PYTHON`` tell them; what is not there is
skipped, saying so. Pages are rendered for the run at each level of damage, by seeds of more than
1,000,000, which nothing is tuned with; ours reads them in white and infrared light, as a scanner
gives them, the others, which take one picture, in white light. A text is accepted when all check
digits are right and every field is well formed, of ours and of the others, whose lines a plain
assembler puts right.
"""

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.mrz_peers import started
from benchmarks.public_mrz_images import listed
from egate.cli.clock import now_utc
from egate.optical.mrz_image.reading import MrzImageUnread, read_mrz_image
from egate.optical.page_image import PageImage, PageImageInvalid, decode_page_image, grey_of

FIRST_HELD_OUT: Final = 1_012_500
"""Pages that were looked at are held out no more: after a change that was tuned, a fresh one."""
AIMS: Final = {1: 99.0, 2: 95.0, 3: 60.0}
"""Per cent of rendered pages to be read, by level of damage."""
PUBLIC_AIM: Final = 100 * 33 / 36
AIM_MS: Final = 400.0
PEERS: Final = ("rapidocr", "tesseract-page", "tesseract-third", "passporteye")
USUAL_PEERS: Final = PEERS[:3]
"""Without PassportEye, which takes ten seconds an image."""
OURS: Final = "ours"
ROOT: Final = Path(__file__).resolve().parent.parent

Lines = tuple[str, ...]
Read = Callable[[Path, dt.date], tuple[Lines | None, float]]


@dataclass(frozen=True, slots=True)
class Page:
    """An image; ``is_read`` tells whether lines are what stands in it."""

    path: Path
    is_read: Callable[[Sequence[str]], bool]
    is_sound: bool = True
    """Whether the document's own check digits and fields are right."""


@dataclass(slots=True)
class Tally:
    """What one reader made of a set of pages."""

    images: int = 0
    read: int = 0
    wrong: int = 0
    unsound: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def add(self, page: Page, lines: Lines | None, milliseconds: float) -> None:
        right = lines is not None and page.is_read(lines)
        self.wrong += lines is not None and not right
        self.milliseconds.append(milliseconds)
        if page.is_sound:
            self.images += 1
            self.read += right
        else:
            self.unsound += 1

    @property
    def per_cent(self) -> float:
        return 100 * self.read / self.images

    def said(self, who: str) -> str:
        return (
            f"{who}: {self.read} of {self.images}, {self.wrong} wrong, "
            f"{statistics.median(self.milliseconds):.0f} ms, worst {max(self.milliseconds):.0f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", default=os.environ.get("EGATE_MRZ_IMAGES"), metavar="DIR")
    python = os.environ.get("EGATE_PEER_PYTHON")
    parser.add_argument("--peer-python", default=python, metavar="PYTHON")
    parser.add_argument(
        "--pages", type=int, default=120, metavar="N", help="of each damage; 120, 0: none"
    )
    parser.add_argument(
        "--peer-pages", type=int, default=24, metavar="N", help="of these for the others; 24"
    )
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=USUAL_PEERS)
    arguments = parser.parse_args()
    peer_python = Path(arguments.peer_python) if arguments.peer_python else None
    with ExitStack() as stack:
        readers: dict[str, Read] = {}
        for name in arguments.peers:
            reader = stack.enter_context(started(name, peer_python))
            if reader is None:
                print(f"bench_mrz_images: no {name}, skipped", file=sys.stderr)
            else:
                readers[f"{reader.version} ({name})"] = reader.read
        today = now_utc().date()
        public_figures(arguments.images, readers, today)
        for damage in AIMS if arguments.pages else ():
            rendered_figures(damage, arguments.pages, arguments.peer_pages, readers, today)


def public_figures(folder: str | None, readers: dict[str, Read], today: dt.date) -> None:
    if not folder:
        print("bench_mrz_images: public images skipped, --images names none", file=sys.stderr)
        return
    pages = [
        Page(Path(folder) / image.name, image.shows, image.state == "valid") for image in listed()
    ]
    there = [page for page in pages if page.path.is_file()]
    if not there:
        raise SystemExit(f"{folder}: none of the public images; see benchmarks.public_mrz_images")
    tallies = measured(there, {OURS: our_reading, **readers}, today)
    absent = f"; {len(pages) - len(there)} not at hand" if len(there) < len(pages) else ""
    ours = tallies[OURS]
    report(
        "public specimens",
        tallies,
        tallies,
        f"aim {PUBLIC_AIM:.0f} %; {ours.unsound} more are unsound as printed, and count as wrong "
        f"when another text is accepted{absent}",
    )


def rendered_figures(
    damage: int, pages: int, for_peers: int, readers: dict[str, Read], today: dt.date
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        seed = str(FIRST_HELD_OUT + damage)
        asked = ("--count", str(pages), "--seed", seed, "--damage", str(damage))
        subprocess.run(
            (sys.executable, "-m", "hardware_mocks", "pages", "--out", folder, *asked),
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        rendered = list(rendered_pages(Path(folder)))
        ours = measured(rendered, {OURS: our_reading}, today)
        shared = measured(rendered[:for_peers], {OURS: our_reading, **readers}, today)
    report(
        f"rendered pages, damage {damage}",
        ours,
        shared,
        f"aim {AIMS[damage]:g} %; the others on the first {for_peers}, of which "
        f"{shared[OURS].said(OURS)}",
    )


def rendered_pages(folder: Path) -> Iterator[Page]:
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        lines = truth["mrz"]
        yield Page(
            folder / f"{truth['stem']}.white.png", lambda read, lines=lines: list(read) == lines
        )


def our_reading(path: Path, today: dt.date) -> tuple[Lines | None, float]:
    """Read one file as the gate does; the time includes decoding it."""
    began = time.process_time()
    try:
        white = decode_page_image(path.read_bytes())
        reading = read_mrz_image(white, today, infrared=infrared_beside(path))
    except PageImageInvalid:
        return None, 1e3 * (time.process_time() - began)
    took = 1e3 * (time.process_time() - began)
    if isinstance(reading, MrzImageUnread) or not reading.mrz.is_valid:
        return None, took
    return reading.lines, took


def infrared_beside(path: Path) -> PageImage | None:
    """Return the infrared image of a scan, as a scanner sends it with the white one."""
    beside = path.with_name(path.name.replace(".white.", ".infrared."))
    return grey_of(decode_page_image(beside.read_bytes())) if beside != path else None


def measured(pages: Sequence[Page], readers: dict[str, Read], today: dt.date) -> dict[str, Tally]:
    """Return what each reader makes of ``pages``, one after the other on each page."""
    tallies = {name: Tally() for name in readers}
    for page in pages:
        for name, read in readers.items():
            tallies[name].add(page, *read(page.path, today))
    return tallies


def report(title: str, tallies: dict[str, Tally], shared: dict[str, Tally], note: str) -> None:
    """Print ours, beside the others on the same pages, the best of them for the ratio."""
    ours = tallies[OURS]
    others = {name: tally for name, tally in shared.items() if name != OURS}
    beside = "; ".join(tally.said(name) for name, tally in others.items())
    best = max(others.values(), key=lambda tally: tally.read, default=None)
    show(
        f"MRZ of {title}: read exactly",
        ours.per_cent,
        "%",
        beside,
        shared[OURS].per_cent / best.per_cent if best and best.read else None,
        f"{ours.said(OURS)}; {note}",
    )
    show(f"MRZ of {title}: wrong and accepted", ours.wrong, "images", "", None, "aim 0")
    fastest = best and statistics.median(best.milliseconds)
    median = statistics.median(ours.milliseconds)
    show(
        f"MRZ of {title}: processor time, median",
        median,
        "ms",
        f"best of the others: {fastest:.0f} ms" if fastest else "",
        statistics.median(shared[OURS].milliseconds) / fastest if fastest else None,
        f"worst {max(ours.milliseconds):.0f} ms; aim {AIM_MS:g} ms",
    )


def show(
    name: str, value: float, unit: str, reference: str, ratio: float | None, note: str
) -> None:
    figure = {"name": name, "value": value, "unit": unit, "reference": reference, "note": note}
    print(json.dumps(figure if ratio is None else figure | {"ratio": ratio}), flush=True)


if __name__ == "__main__":
    main()
