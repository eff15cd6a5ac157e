"""The mean print that checks of a page compare characters with, from pictures of new pages.

    python -m training.ocr_b.mean_print FOLDER... [--out PNG]

Each FOLDER is one of specimens (``egate.optical.models.specimen_folder``) whose ``truth.jsonl``
also has the lines of the ``mrz``. What was measured from them is not learned by the readers.
"""

import argparse
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.emrtd.mrz.parse import parse
from egate.optical.checks.mrz_characters import CELL_HEIGHT, CELL_WIDTH, printed_lines
from egate.optical.checks.page_views import Image
from egate.optical.checks.typeface import STRIP
from egate.optical.models.specimen_folder import views_of
from egate.optical.mrz_image.page_place import PLACES
from egate.optical.ocr_b import ALPHABET

_ANY_DAY: Final = dt.date(2026, 1, 1)  # settles centuries only, which no cell shows


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.ocr_b.mean_print", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=STRIP, help="the PNG to write")
    asked = parser.parse_args()
    cv2.imwrite(str(asked.out), mean_print(asked.folders))


def mean_print(folders: Sequence[Path]) -> Image:
    """Return the mean cells of ALPHABET side by side; 40 x 37 * 30, grey.

    Raises:
        SystemExit: a character stands on none of the pages.

    """
    sums: npt.NDArray[np.float64] = np.zeros((len(ALPHABET), CELL_HEIGHT, CELL_WIDTH))
    counts = np.zeros(len(ALPHABET))
    for folder in folders:
        for text, cells in _lines(folder):
            for character, cell in zip(text, cells, strict=True):
                sums[ALPHABET.index(character)] += cell
                counts[ALPHABET.index(character)] += 1
    missing = "".join(np.array(list(ALPHABET))[counts == 0])
    if missing:
        raise SystemExit(f"mean_print: no {missing} on these pages, give more of them")
    return np.asarray(np.hstack(list(sums / counts[:, None, None])), np.uint8)


def _lines(folder: Path) -> Iterator[tuple[str, Image]]:
    truths = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    for views, truth in zip(views_of(folder), truths, strict=True):
        lines = tuple(map(str, json.loads(truth)["mrz"]))
        place = PLACES[parse(lines, _ANY_DAY).format]
        for line in printed_lines(views, place, lines):
            yield line.characters, line.cells(views, Light.WHITE)


if __name__ == "__main__":
    main()
