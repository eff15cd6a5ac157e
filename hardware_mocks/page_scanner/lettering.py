"""Letters as printers set them: outlines of a font, shaped, placed to a part of a dot."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import reportlab
import uharfbuzz

from hardware_mocks.page_scanner.ink import Plane, cover

_HERE: Final = Path(__file__).parent
_VERA: Final = Path(reportlab.__file__).parent / "fonts"
_BANGLA: Final = _HERE.parents[1] / "egate" / "web" / "fonts"
_FONTS: Final = {
    "ocr_b": _HERE / "fonts" / "OCRB.otf",
    "sans": _VERA / "Vera.ttf",
    "sans_bold": _VERA / "VeraBd.ttf",
    "bangla": _BANGLA / "HindSiliguri-Regular.ttf",
    "bangla_bold": _BANGLA / "HindSiliguri-Bold.ttf",
}
_FINE: Final = 4  # dots of the drawing for a dot of the sheet, each way
_FRACTION_BITS: Final = 4
_CURVE_STEPS: Final = 6

Point = tuple[float, float]


class Lettering(NamedTuple):
    """Drawn letters: how much ink, and where the upper left dot of it lies on the sheet."""

    mask: Plane
    left: int
    top: int


class _Outline:
    """Takes the outline of one glyph as polygons."""

    def __init__(self) -> None:
        self.contours: list[list[Point]] = []

    def move(self, x: float, y: float, _: object) -> None:
        self.contours.append([(x, y)])

    def line(self, x: float, y: float, _: object) -> None:
        self.contours[-1].append((x, y))

    def cubic(
        self, x1: float, y1: float, x2: float, y2: float, x: float, y: float, _: object
    ) -> None:
        contour = self.contours[-1]
        x0, y0 = contour[-1]
        for step in range(1, _CURVE_STEPS + 1):
            t = step / _CURVE_STEPS
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            contour.append((a * x0 + b * x1 + c * x2 + d * x, a * y0 + b * y1 + c * y2 + d * y))

    def quadratic(self, x1: float, y1: float, x: float, y: float, _: object) -> None:
        contour = self.contours[-1]
        x0, y0 = contour[-1]
        for step in range(1, _CURVE_STEPS + 1):
            t = step / _CURVE_STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            contour.append((a * x0 + b * x1 + c * x, a * y0 + b * y1 + c * y))

    def close(self, _: object) -> None:
        """Polygons are closed by themselves."""


class _Typeface:
    """A font with the outlines that were asked for."""

    def __init__(self, file: Path) -> None:
        self._font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(file.read_bytes())))
        self.units: int = self._font.face.upem
        self._outlines: dict[int, list[npt.NDArray[np.float64]]] = {}
        self._draw = uharfbuzz.DrawFuncs()

    def outline(self, glyph: int) -> list[npt.NDArray[np.float64]]:
        """Return the contours of a glyph, n x 2 each, y upwards, in units of the font."""
        if glyph not in self._outlines:
            taken = _Outline()
            for name in ("move_to", "line_to", "cubic_to", "quadratic_to", "close_path"):
                setter: Callable[..., None] = getattr(self._draw, f"set_{name}_func")
                setter(getattr(taken, name.removesuffix("_to").removesuffix("_path")))
            self._font.draw_glyph(glyph, self._draw, None)
            self._outlines[glyph] = [np.array(contour) for contour in taken.contours]
        return self._outlines[glyph]

    def shape(self, text: str) -> list[tuple[int, float, float, float]]:
        """Return glyph, x and y of its origin, and its advance, in units of the font."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._font, buffer)
        shaped, pen = [], 0.0
        for what, where in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            place = pen + where.x_offset
            shaped.append((what.codepoint, place, float(where.y_offset), float(where.x_advance)))
            pen += where.x_advance
        return shaped


@cache
def _typeface(name: str) -> _Typeface:
    return _Typeface(_FONTS[name])


def width_mm(text: str, font: str, size_mm: float) -> float:
    """Return how wide ``text`` runs when the em is ``size_mm``."""
    typeface = _typeface(font)
    return sum(advance for *_, advance in typeface.shape(text)) * size_mm / typeface.units


def letters(
    text: str, font: str, size_mm: float, at_mm: Point, dots_per_mm: float, weight: float = 0.0
) -> Lettering | None:
    """Draw ``text`` in one line; None when nothing of it is to be seen.

    Args:
        text: in any script of the font.
        font: a name of the fonts here.
        size_mm: height of the em.
        at_mm: left end of the base line, from the sheet's upper left corner.
        dots_per_mm: of the sheet.
        weight: millimetres by which the ink runs (above 0) or wastes (below).

    """
    typeface = _typeface(font)
    scale = size_mm / typeface.units * dots_per_mm * _FINE
    contours = []
    for glyph, x, y, _ in typeface.shape(text):
        for contour in typeface.outline(glyph):
            across = (contour[:, 0] + x) * scale + at_mm[0] * dots_per_mm * _FINE
            down = at_mm[1] * dots_per_mm * _FINE - (contour[:, 1] + y) * scale
            contours.append(np.column_stack([across, down]))
    return _filled(contours, weight * dots_per_mm * _FINE) if contours else None


def _filled(contours: list[npt.NDArray[np.float64]], weight: float) -> Lettering:
    points = np.concatenate(contours)
    margin = abs(weight) + _FINE
    low = np.floor((points.min(axis=0) - margin) / _FINE).astype(int)
    high = np.ceil((points.max(axis=0) + margin) / _FINE).astype(int) + 1
    width, height = (high - low) * _FINE
    canvas = np.zeros((height, width), np.uint8)
    ones = 1 << _FRACTION_BITS
    polygons = [
        np.round((contour - low * _FINE - 0.5) * ones).astype(np.int32) for contour in contours
    ]
    cv2.fillPoly(canvas, polygons, 255, cv2.LINE_8, _FRACTION_BITS)
    if weight:
        thick = max(1, round(abs(weight)))
        cv2.polylines(canvas, polygons, True, 255 if weight > 0 else 0, thick, 8, _FRACTION_BITS)
    small = cv2.resize(canvas, tuple(high - low), interpolation=cv2.INTER_AREA)
    return Lettering(cover(np.asarray(small, np.uint8)), int(low[0]), int(low[1]))
