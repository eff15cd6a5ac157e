"""A full-page scanner: a sheet on its glass, seen under white, infrared and ultraviolet light."""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware_mocks.page_scanner.ink import Bgr, Ink, Plane, Sheet

Image = npt.NDArray[np.uint8]

_SENT_QUALITY: Final = 88
MARGIN_MM: Final = 2.0  # of the glass around a page, on each side
# What is around a page: the scanner's own lid, or the page of a passport with a sticker on it.
AROUND: Final = {
    "lid": Ink((0.06, 0.06, 0.06), 0.05, (0.008, 0.008, 0.008)),
    "page": Ink((0.83, 0.86, 0.87), 0.80, (0.055, 0.040, 0.034)),
}
_LEAK: Final = np.array([0.085, 0.028, 0.020], np.float32)  # violet of the lamp that comes back


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Three images of one moment, height x width (x 3, BGR), and where the page is in them.

    ``to_pixels`` takes millimetres of the page to pixels of the white image, 3 x 3.
    """

    white: Image = field(repr=False)
    infrared: Image = field(repr=False)
    ultraviolet: Image = field(repr=False)
    to_pixels: npt.NDArray[np.float64]

    def images(self) -> dict[str, Image]:
        """Return the image under each light, by the light's name."""
        return {"white": self.white, "infrared": self.infrared, "ultraviolet": self.ultraviolet}


def as_jpeg(image: Image) -> bytes:
    """Return an image as scanners send it."""
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _SENT_QUALITY])
    return packed.tobytes()


@dataclass(frozen=True, slots=True)
class Optics:
    """How one scan turns out.

    Args:
        turn_degrees: the page against the glass.
        shift_mm: right and down from where it should lie.
        blur: of the lens and the page's distance from the glass, in dots.
        noise: of the sensor, in levels of 255.
        glare: how much the laminate shines back, 0 to 1.
        quality: of the compression, as JPEG counts.

    """

    turn_degrees: float
    shift_mm: tuple[float, float]
    blur: float
    noise: float
    glare: float
    quality: int


def usual_optics(rng: np.random.Generator, laminate: float, damage: int) -> Optics:
    """Draw how a scan of a document turns out; what is worn lies less flat."""
    return Optics(
        turn_degrees=float(np.clip(rng.normal(0, 0.35 + 0.15 * damage), -1.8, 1.8)),
        shift_mm=(
            float(np.clip(rng.normal(0, 0.5), -1.2, 1.2)),
            float(np.clip(rng.normal(0, 0.5), -1.2, 1.2)),
        ),
        blur=float(rng.uniform(0.45, 0.75) + rng.uniform(0.0, 0.22) * damage),
        noise=float(rng.uniform(1.2, 2.4)),
        glare=float(laminate * rng.uniform(0, 0.10 + 0.10 * damage)),
        quality=int(rng.integers(86, 96)),
    )


def scanned(sheet: Sheet, around: Ink, optics: Optics, rng: np.random.Generator) -> Scan:
    """Return what the scanner sees of a sheet that lies on it, with that around it."""
    dots = sheet.dots_per_mm
    height, width = sheet.infrared.shape
    margin = round(MARGIN_MM * dots)
    size = width + 2 * margin, height + 2 * margin
    lies = _lies((width, height), margin, optics, dots)
    white = _laid(sheet.white, lies, size, around.white)
    shown = white.copy()
    _shine_back(shown, optics.glare, rng)
    grey = (around.infrared,) * 3
    infrared = _laid(sheet.infrared, _misregistered(lies, rng), size, grey)
    shine = _laid(sheet.shine, _misregistered(lies, rng), size, around.shine)
    ultraviolet = shine + white * _LEAK
    millimetres = np.diag([dots, dots, 1.0])
    return Scan(
        _sensed(shown * _lamp(size, 0.06, rng)[..., None], optics, rng, 1.0),
        _sensed(infrared * _lamp(size, 0.10, rng), optics, rng, 1.3),
        _sensed(ultraviolet * _lamp(size, 0.16, rng)[..., None], optics, rng, 1.9),
        lies @ millimetres,
    )


def _lies(
    size: tuple[int, int], margin: int, optics: Optics, dots: float
) -> npt.NDArray[np.float64]:
    """Return the homography from dots of the sheet to pixels of the image."""
    middle = (size[0] / 2, size[1] / 2)
    turn = np.vstack([cv2.getRotationMatrix2D(middle, optics.turn_degrees, 1.0), [0, 0, 1]])
    turn[:2, 2] += margin + np.asarray(optics.shift_mm) * dots
    return np.asarray(turn, np.float64)


def _misregistered(
    lies: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """The lights do not meet one lens alike: up to a pixel between them."""
    moved = lies.copy()
    moved[:2, 2] += np.clip(rng.normal(0, 0.35, 2), -0.9, 0.9)
    return moved


def _laid(plane: Plane, lies: npt.NDArray[np.float64], size: tuple[int, int], around: Bgr) -> Plane:
    laid = cv2.warpAffine(
        plane, lies[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(*around, 0),
    )  # fmt: skip
    return np.asarray(laid, np.float32)


def _lamp(size: tuple[int, int], fall: float, rng: np.random.Generator) -> Plane:
    """Return how a lamp lights the glass: less in the corners, and a little to one side."""
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    side = rng.normal(0, 0.02, 2).astype(np.float32)
    gain = np.float32(rng.normal(1.0, 0.015))
    lamp: Plane = gain * (1 - np.float32(fall) * (x * x + y * y) / 2 + side[0] * x + side[1] * y)
    return lamp


def _shine_back(white: Plane, strength: float, rng: np.random.Generator) -> None:
    """Add the lamp's reflections in a laminate: soft spots and a band."""
    height, width = white.shape[:2]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    for _ in range(int(rng.integers(1, 4))):
        at, reach = rng.uniform(0, 1, 2).astype(np.float32), rng.uniform(0.05, 0.22, 2)
        spot = np.exp(-(((x - at[0]) / np.float32(reach[0])) ** 2)) * np.exp(
            -(((y - at[1]) / np.float32(reach[1])) ** 2)
        )
        white += (1 - white) * np.float32(strength) * spot[..., None]


def _sensed(light: Plane, optics: Optics, rng: np.random.Generator, noisier: float) -> Image:
    """Return what the sensor makes of the light, and what its compression leaves of that."""
    seen = cv2.GaussianBlur(light, (0, 0), optics.blur) * np.float32(255)
    grain = rng.standard_normal(seen.shape[:2], np.float32)[..., None]
    seen = np.atleast_3d(seen)
    level = np.float32(optics.noise * noisier)
    seen = seen + grain * level * (0.5 + 0.5 * np.sqrt(np.clip(seen, 0, 255) / 255))
    if seen.shape[2] == 3:
        seen += rng.standard_normal(seen.shape, np.float32) * level * np.float32(0.4)
    exact = np.clip(seen, 0, 255).round().astype(np.uint8).squeeze()
    _, packed = cv2.imencode(".jpg", exact, [cv2.IMWRITE_JPEG_QUALITY, optics.quality])
    flag = cv2.IMREAD_COLOR if exact.ndim == 3 else cv2.IMREAD_GRAYSCALE
    return np.asarray(cv2.imdecode(packed, flag), np.uint8)
