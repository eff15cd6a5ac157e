"""Cells of 9303's specimen as a file of the tests: `python -m training.ocr_b.specimen`."""

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from egate.biometrics.opencv import cv2
from egate.optical.ocr_b.alphabet import ALPHABET
from training.ocr_b.cells import cut
from training.ocr_b.lettering import Lettering

# 9303-4 Appendix A: the data page of Utopia's specimen.
LINES: Final = (
    "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F3404159ZE184226B<<<<<16",
)
_SEED: Final = 4
_SEVERITIES: Final = (0.0, 0.25)


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.ocr_b.specimen", description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="folder with OCRB.otf, OCRBS.otf")
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    asked = parser.parse_args()
    lettering = Lettering(asked.fonts)
    rows = []
    for severity in _SEVERITIES:
        for number, line in enumerate(LINES):
            rng = np.random.default_rng([_SEED, number])
            classes = np.array([ALPHABET.index(character) for character in line])
            cells, _ = cut(rng, lettering.line(rng, classes, severity), severity, 0.0)
            rows.append(np.hstack(list(cells)))
    cv2.imwrite(str(asked.out), np.vstack(rows))


if __name__ == "__main__":
    main()
