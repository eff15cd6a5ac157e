"""Where the line of a field is in an image of the page, and how high its letters are."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.page_geometry import PageGeometry
from egate.optical.page_image import brightest_channel
from egate.optical.visual_zone.line_image import CAPITAL_HEIGHT, LineImage, line_image

Millimetres = tuple[float, float, float, float]
"""Left, top, width and height on the page."""

_SCALE: Final = 12.0  # pixels for a millimetre in which fields are looked at
_MARGIN_MM: Final = 1.0  # pages are trimmed and printed not better than that
_SLACK_MM: Final = 0.3  # the middle of a letter is in its field's box, or not further from it
_WORD_GAP_MM: Final = 2.5
_MOST_LINES: Final = 64
# 9303-3 §3.2 leaves the type size to the issuer; what is lower than this is no letter of a field.
_LETTER_MM: Final = (1.1, 3.6)
_WIDEST_MM: Final = 12.0  # letters that touch, still no line under or through them
_PAPER_MM: Final = 3.0
_LEAST_CONTRAST: Final = 20.0
_FADED: Final = 2.0
"""Heights of a capital beside what is surely print: a letter at an end may have faded more."""
_SHARE_OF_INK: Final = 0.42  # of the darkest, from which a pixel counts as ink

_Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FieldLine:
    """A line and where it is.

    Args:
        image: as ``read_letters`` takes it.
        left, top, height: of its capitals, in millimetres of the page.
        pixels_per_mm: of ``image``.
        marks: how many pieces of print it has; letters that touch are one.

    """

    image: LineImage
    left: float
    top: float
    height: float
    pixels_per_mm: float
    marks: int

    def box(self, begin: float, end: float) -> Millimetres:
        """Return where pixels ``begin`` to ``end`` of the line are on the page."""
        width = (end - begin) / self.pixels_per_mm
        return self.left + begin / self.pixels_per_mm, self.top, width, self.height


def field_line(page: _Grey, geometry: PageGeometry, box: Millimetres) -> FieldLine | None:
    """Find the line of print in ``box``; None where there is none.

    Args:
        page: height x width, dark print on light paper.
        geometry: of ``page``.
        box: of the field.

    """
    strip = _strip(page, geometry, box)
    letters = _letters(strip)
    middles = letters[:, 1] + letters[:, 3] / 2
    inside = (_MARGIN_MM - _SLACK_MM) * _SCALE
    letters = letters[(middles > inside) & (middles < strip.shape[0] - inside)]
    return _line(strip, letters, box, beside=_FADED) if len(letters) else None


def lines_in(
    page: _Grey, geometry: PageGeometry, zone: Millimetres, least_marks: int
) -> list[FieldLine]:
    """Find the lines of print of a zone, at most 64; words far apart count as two lines.

    Args:
        page: height x width, dark print on light paper.
        geometry: of ``page``.
        zone: of the page.
        least_marks: a line has at least so many pieces of print.

    """
    strip = _strip(page, geometry, zone)
    letters = _letters(strip)
    joined = np.zeros(strip.shape, np.uint8)
    reach = round(_WORD_GAP_MM * _SCALE / 2)
    for left, top, width, height in letters.tolist():
        joined[
            top + height // 4 : top + height * 3 // 4, max(0, left - reach) : left + width + reach
        ] = 1
    count, numbers = cv2.connectedComponents(joined)
    middles = letters[:, :2] + letters[:, 2:] // 2
    belongs = np.asarray(numbers)[middles[:, 1], middles[:, 0]]
    lines = [letters[belongs == number] for number in range(1, min(count, _MOST_LINES + 1))]
    return [_line(strip, each, zone) for each in lines if len(each) >= least_marks]


def _line(
    strip: _Grey, letters: npt.NDArray[np.int32], box: Millimetres, beside: float = 0.5
) -> FieldLine:
    """Return the line of ``letters`` with so many heights of a capital beside them."""
    left, top, width, height = letters.T
    capital = float(np.percentile(height, 70))
    base = float(np.median(top + height))
    begin = max(0, int(left.min() - beside * capital))
    end = min(strip.shape[1], int((left + width).max() + beside * capital))
    return FieldLine(
        line_image(strip[:, begin:end], base - capital, capital),
        box[0] - _MARGIN_MM + begin / _SCALE,
        box[1] - _MARGIN_MM + (base - capital) / _SCALE,
        capital / _SCALE,
        _SCALE * CAPITAL_HEIGHT / capital,
        len(letters),
    )


def print_without_colours(page: npt.NDArray[np.uint8]) -> _Grey:
    """Return a page (BGR) in which the coloured lines of its background have nearly gone."""
    return brightest_channel(page)


def _strip(page: _Grey, geometry: PageGeometry, box: Millimetres) -> _Grey:
    """Return ``box`` with its margin, upright, 12 pixels a millimetre."""
    left, top, width, height = box
    size = (round((width + 2 * _MARGIN_MM) * _SCALE), round((height + 2 * _MARGIN_MM) * _SCALE))
    from_strip = np.array(
        [[1 / _SCALE, 0, left - _MARGIN_MM], [0, 1 / _SCALE, top - _MARGIN_MM], [0, 0, 1]]
    )
    strip = cv2.warpPerspective(
        page,
        geometry.to_pixels @ from_strip,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(strip, np.uint8)


def _letters(strip: _Grey) -> npt.NDArray[np.int32]:
    """Return left, top, width and height of what has the size of letters, in pixels."""
    side = round(_PAPER_MM * _SCALE)
    paper = cv2.morphologyEx(strip, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    darker = paper.astype(np.int16) - strip
    least = max(_LEAST_CONTRAST, _SHARE_OF_INK * float(np.percentile(darker, 99.5)))
    _, _, parts, _ = cv2.connectedComponentsWithStats((darker > least).astype(np.uint8))
    found = np.asarray(parts[1:, :4], np.int32)
    least_height, most_height = (each * _SCALE for each in _LETTER_MM)
    is_letter = (
        (found[:, 3] >= least_height)
        & (found[:, 3] <= most_height)
        & (found[:, 2] <= _WIDEST_MM * _SCALE)
    )
    letters: npt.NDArray[np.int32] = found[is_letter]
    return letters
