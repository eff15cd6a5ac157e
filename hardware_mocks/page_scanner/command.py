"""``python -m hardware_mocks pages``: pages in three lights, with the truth about each."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2

from hardware_mocks.outcome import BadInput
from hardware_mocks.page_scanner.forgeries.species import SPECIES, impossible
from hardware_mocks.page_scanner.layout import documents
from hardware_mocks.page_scanner.rendering import Page, Wanted, rendered
from hardware_mocks.page_scanner.seals.signer import SealSigner, specimen_signer
from hardware_mocks.page_scanner.socket_scanner import SocketScanner
from hardware_mocks.pki.command import load_or_make

_MILLIMETRES_PER_INCH: Final = 25.4
_DPI: Final = (150, 600)
_MOST: Final = 999_999  # six digits


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write them, with the truth"
    )
    where.add_argument(
        "--send-to", metavar="ADDRESS", help="send them: unix:/PATH or tcp:127.0.0.1:PORT"
    )
    parser.add_argument("--count", type=int, default=1, metavar="N", help="how many pages")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="same seed, same bytes")
    parser.add_argument("--document", choices=documents(), help="its kind; each in turn without")
    parser.add_argument(
        "--damage", type=int, choices=range(4), default=0, help="0 new to 3 hardly readable"
    )
    parser.add_argument(
        "--forgery", choices=(*SPECIES, "each"), help="genuine without; each in turn"
    )
    parser.add_argument(
        "--pki", type=Path, metavar="DIR", help="whose seal signer signs; made if there is none"
    )
    parser.add_argument("--dpi", type=int, default=300, metavar="D", help="dots an inch; 300")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Render the pages, and write or send them."""
    count, seed, dpi = arguments.count, arguments.seed, arguments.dpi
    if not 1 <= count <= _MOST:
        raise BadInput(f"--count {count}: 1 to {_MOST}")
    if seed < 0:
        raise BadInput(f"--seed {seed}: 0 or more")
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise BadInput(f"--dpi {dpi}: {_DPI[0]} to {_DPI[1]}")
    if arguments.out is None:
        return _send(arguments)
    return _write(arguments)


def _write(arguments: argparse.Namespace) -> int:
    """Write the pages with the truth about each, and print where they are."""
    folder: Path = arguments.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "truth.jsonl").open("w", encoding="utf-8") as truths:
            for stem, page in _pages(arguments):
                for light, image in page.scan.images().items():
                    _, packed = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
                    (folder / f"{stem}.{light}.png").write_bytes(packed.tobytes())
                about = {"stem": stem, "seed": arguments.seed, "dpi": arguments.dpi}
                truths.write(json.dumps({**about, **page.truth}, ensure_ascii=False) + "\n")
    except OSError as error:
        raise BadInput(f"cannot write to {folder}: {error.strerror}") from None
    print(f"{arguments.count} pages in {folder}")
    return 0


def _send(arguments: argparse.Namespace) -> int:
    """Send the pages; the answer is 1 when one of them was refused."""
    refused = 0
    with SocketScanner(arguments.send_to) as scanner:
        for stem, page in _pages(arguments):
            taken = scanner.scan(page.scan)
            refused += not taken
            print(f"{stem} {'taken' if taken else 'refused'}", flush=True)
    return 1 if refused else 0


def _pages(arguments: argparse.Namespace) -> Iterator[tuple[str, Page]]:
    seals = SealSigner.of(load_or_make(arguments.pki)) if arguments.pki else specimen_signer()
    for number in range(arguments.count):
        wanted = replace(_wanted(arguments, number), seals=seals)
        yield f"{number:06}", rendered(wanted, (arguments.seed, number))


def _wanted(arguments: argparse.Namespace, number: int) -> Wanted:
    """Return what page ``number`` shall be: kinds and species in turn where none is named."""
    kinds = [arguments.document] if arguments.document else list(documents())
    species = list(SPECIES) if arguments.forgery == "each" else [arguments.forgery or ""]
    pairs = [(kind, each) for each in species for kind in kinds if not impossible(kind, each)]
    if not pairs:
        lacking = impossible(arguments.document, arguments.forgery)
        raise BadInput(f"--forgery {arguments.forgery}: a {arguments.document} has no {lacking}")
    kind, each = pairs[number % len(pairs)]
    return Wanted(
        document=kind,
        forgery=each,
        damage=arguments.damage,
        dots_per_mm=arguments.dpi / _MILLIMETRES_PER_INCH,
    )
