"""How alike a portrait and its print are: ``python -m benchmarks.printed_portrait --images DIR``.

DIR has a folder for each person. The first picture of each is cut to a portrait, laid on a
rendered data page with a wear between 0 and 1, and what is found there is compared with every
person's portrait. Pictures with several faces or with none are left out.
Not a part of ``make bench``: the pictures are not in this repository.
"""

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImage
from egate.biometrics.printed_portrait import printed_portrait
from egate.biometrics.verification import FaceVerifier
from hardware_mocks.page_scanner.page import data_page

# Of the portrait's height; ICAO 9303-9 has 70 to 80 % from chin to crown, and boxes end lower.
_FACE: Final = 0.6
_ABOVE: Final = 0.22
_BANDS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
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
    cut = [part for part in (_portrait(file, faces) for file in chosen) if part is not None]
    wears = np.random.default_rng(7).uniform(size=len(cut))
    rows = [_embeddings(part, wear, faces) for part, wear in zip(cut, wears, strict=True)]
    is_found = np.array([row is not None for row in rows])
    prints, stored = (
        np.array(side) for side in zip(*(row for row in rows if row is not None), strict=True)
    )
    lost = ", ".join(f"{100 * part:.1f}" for part in _by_band(~is_found, wears))
    print(f"{len(chosen)} pictures, {len(cut)} portraits; no face on the page, % by wear: {lost}")
    _print(prints @ stored.T, wears[is_found])


def _portrait(file: Path, faces: FaceVerifier) -> FaceImage | None:
    """Return the picture cut to 7 : 9 around its only face."""
    picture: FaceImage = np.asarray(cv2.imread(str(file)), np.uint8)
    found = faces.observe(picture).faces
    if len(found) != 1:
        return None
    box = found[0].box
    height = box.height / _FACE
    left, top = box.x + box.width / 2 - height * 7 / 18, box.y - _ABOVE * height
    shift = np.array([[1, 0, left], [0, 1, top]], np.float32)
    size = round(height * 7 / 9), round(height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(picture, shift, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _embeddings(
    portrait: FaceImage, wear: float, faces: FaceVerifier
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    stored = faces.template(portrait)
    seed = round(wear * 1_000_000)
    printed = printed_portrait(data_page(portrait, _MRZ, seed, wear), faces)
    return None if stored is None or printed is None else (printed.embedding, stored.embedding)


def _by_band(faults: npt.NDArray[np.bool_], wears: npt.NDArray[np.float64]) -> list[float]:
    pairs = pairwise(_BANDS)
    return [float(np.mean(faults[(low <= wears) & (wears < high)])) for low, high in pairs]


def _print(similarities: npt.NDArray[np.float64], wears: npt.NDArray[np.float64]) -> None:
    same = np.diag(similarities)
    others = similarities[~np.eye(len(same), dtype=bool)]
    print(f"{len(same)} genuine, {len(others)} of two people")
    print("required   FMR %     FNMR % at wear 0-.25  .25-.5  .5-.75  .75-1")
    for required in _THRESHOLDS:
        false_matches = 100 * float(np.mean(others >= required))
        bands = "  ".join(f"{100 * rate:6.2f}" for rate in _by_band(same < required, wears))
        print(f"{required:8.2f} {false_matches:8.4f}               {bands}")


if __name__ == "__main__":
    main()
