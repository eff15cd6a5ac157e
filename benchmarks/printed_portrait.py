"""How alike a portrait and its print are: ``python -m benchmarks.printed_portrait --images DIR``.

DIR has a folder for each person; the first picture of each is laid on a rendered data page
with a wear between 0 and 1, and the page's portrait is compared with every person's picture.
Not a part of ``make bench``: the pictures are not in this repository.
"""

import argparse
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.printed_portrait import printed_portrait
from egate.biometrics.verification import FaceVerifier
from hardware_mocks.page_scanner.page import data_page

_THRESHOLDS: Final = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
_MRZ: Final = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True, metavar="DIR")
    parser.add_argument("--people", type=int, default=1000)
    arguments = parser.parse_args()
    files = [min(each.glob("*.jpg"), default=None) for each in sorted(arguments.images.iterdir())]
    chosen = [file for file in files if file is not None][:: max(1, len(files) // arguments.people)]
    faces = FaceVerifier.load()
    wears: list[float] = []
    rows = [_embeddings(file, number, faces, wears) for number, file in enumerate(chosen)]
    found = [row for row in rows if row is not None]
    prints, stored = (np.array(side) for side in zip(*found, strict=True))
    print(f"{len(rows)} people, {len(rows) - len(found)} without a face in picture or page")
    _print(prints @ stored.T, np.array(wears))


def _embeddings(
    file: Path, number: int, faces: FaceVerifier, wears: list[float]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    picture: FaceImage = np.asarray(cv2.imread(str(file)), np.uint8)
    wear = float(np.random.default_rng([7, number]).uniform())
    stored = faces.template(picture)
    printed = printed_portrait(data_page(picture, _MRZ, number, wear), faces)
    if stored is None or printed is None:
        return None
    wears.append(wear)
    return printed.embedding, stored.embedding


def _print(similarities: npt.NDArray[np.float64], wears: npt.NDArray[np.float64]) -> None:
    same = np.diag(similarities)
    others = similarities[~np.eye(len(same), dtype=bool)]
    worn = same[wears > 0.75]
    print(f"{len(same)} genuine, {len(others)} of two people; lowest {same.min():.3f}")
    print("required   FNMR %   FNMR % of wear above .75   FMR %")
    for required in _THRESHOLDS:
        rates = [100 * float(np.mean(part < required)) for part in (same, worn)]
        false_matches = 100 * float(np.mean(others >= required))
        print(f"{required:8.2f} {rates[0]:8.2f} {rates[1]:26.2f} {false_matches:7.4f}")


if __name__ == "__main__":
    main()
