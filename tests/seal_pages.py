"""Pages with bar codes on them, as a scanner of 300 dots an inch sees them."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import segno

Image = npt.NDArray[np.uint8]
Modules = npt.NDArray[np.bool_]

_CODES = Path(__file__).parent / "vectors" / "seal_codes"
_PAPER = (214, 226, 221)
_QUIET = 4
SIDE, LEFT, TOP = 1200, 320, 420  # pixels; of the page, and where codes begin


def drawn_by_others(name: str) -> Modules:
    """Return the modules of ``tests/vectors/seal_codes``; True is dark."""
    lines = (_CODES / f"{name}.txt").read_text().split()
    return np.array([[each == "#" for each in line] for line in lines])


def qr_code(content: bytes) -> Modules:
    return np.array(segno.make(content, micro=False, mode="byte", error="m").matrix, np.bool_)


def page(*codes: Modules, turned: float = 0.0, module: int = 5, seed: int = 0) -> Image:
    """Return a page with ``codes`` beside one another, printed on a pattern, blurred and noisy.

    Args:
        codes: of each, True is dark.
        turned: by how many degrees.
        module: pixels of one, which at 300 dots an inch are 0.085 mm each.
        seed: of the noise.

    """
    image = np.full((SIDE, SIDE, 3), _PAPER, np.uint8)
    for at in range(0, 2 * SIDE, 13):
        cv2.line(image, (at, 0), (at - SIDE, SIDE), (180, 215, 190), 1, cv2.LINE_AA)
    left = LEFT
    for code in codes:
        quiet = np.pad(code, _QUIET)
        large = np.kron(quiet, np.ones((module, module), np.bool_))
        height, width = large.shape
        image[TOP : TOP + height, left : left + width][large] = (35, 30, 32)
        left += width + 20
    middle = (image.shape[1] / 2, image.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, turned, 1.0)
    turned_page = cv2.warpAffine(image, turn, (SIDE, SIDE), borderValue=_PAPER)
    blurred = cv2.GaussianBlur(turned_page, (0, 0), 0.8).astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, 4, blurred.shape)
    return np.clip(blurred + noise, 0, 255).astype(np.uint8)


def png(image: Image) -> bytes:
    return bytes(cv2.imencode(".png", image)[1].tobytes())
