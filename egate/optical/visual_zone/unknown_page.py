"""The visual zone of a page that no model describes: number and dates, wherever they stand."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import MrzFormat
from egate.emrtd.mrz.parse import Mrz
from egate.optical.page_geometry import PageGeometry
from egate.optical.visual_zone.comparison import (
    AGREES,
    DIFFERS,
    FORGIVEN,
    End,
    FieldResult,
    nearest,
    place_of,
)
from egate.optical.visual_zone.expected_text import ExpectedText, expected_texts
from egate.optical.visual_zone.field_line import FieldLine, Millimetres, lines_in
from egate.optical.visual_zone.letters import read_letters
from egate.optical.visual_zone.visual_field import VisualField, VisualFieldKind

# Left, top, width and height of zones I to III, beside the portrait and above the MRZ, in the
# widths that 9303-4 §3.1, 9303-6 §3.1 and 9303-7 §3.1 leave to issuers. Cards of format TD1 have
# their MRZ on the other side (9303-5 §3.1).
_ZONES: Final[Mapping[MrzFormat, Millimetres]] = {
    MrzFormat.TD3: (2.0, 2.0, 121.0, 62.0),
    MrzFormat.TD2: (2.0, 2.0, 101.0, 48.0),
    MrzFormat.MRV_A: (2.0, 2.0, 116.0, 54.0),
    MrzFormat.MRV_B: (2.0, 2.0, 101.0, 48.0),
}
_DATE_FORMATS: Final = ("DD MMM YYYY", "DD MMM YY", "DD MM YYYY", "DD MM YY", "YYYY MM DD")
_LEAST_MARKS: Final = 4  # of a date or number; some letters touch
_TELLING_LETTERS: Final = 6
_SOUGHT: Final[Mapping[str, VisualFieldKind]] = {
    "document number": VisualFieldKind.DOCUMENT_NUMBER,
    "date of birth": VisualFieldKind.DATE_OF_BIRTH,
    "date of expiry": VisualFieldKind.DATE_OF_EXPIRY,
}


def compare_unknown_page(
    page: npt.NDArray[np.uint8], geometry: PageGeometry, mrz: Mrz
) -> list[FieldResult]:
    """Look for number and dates of ``mrz`` among the lines of a page.

    Dates other than the MRZ's are printed, too: one that is not found is never *differs*. A
    number with one letter of another kind is, for nothing else on a page is so like it.

    Returns:
        One result for each of them; none of a format whose visual zone is on another page.

    """
    if mrz.format not in _ZONES:
        return []
    zone = _ZONES[mrz.format]
    lines = [
        (line, read_letters(line.image)) for line in lines_in(page, geometry, zone, _LEAST_MARKS)
    ]
    return [_sought(name, kind, mrz, lines, zone) for name, kind in _SOUGHT.items()]


def is_shown_elsewhere(
    page: npt.NDArray[np.uint8], geometry: PageGeometry, mrz: Mrz, shown: VisualField
) -> bool:
    """Say whether a line somewhere on the page shows what ``shown`` should.

    Then the page has its fields in other places than the model: it is of another layout, and
    no forgery. Short texts, which stand in many places, prove nothing.
    """
    expected = [
        text for text in expected_texts(shown, mrz) if text.least_letters >= _TELLING_LETTERS
    ]
    if not expected or mrz.format not in _ZONES:
        return False
    lines = lines_in(page, geometry, _ZONES[mrz.format], _LEAST_MARKS)
    found = (nearest(read_letters(line.image), expected)[0] for line in lines)
    return any(best.doubt <= AGREES for best in found)


def _sought(
    name: str,
    kind: VisualFieldKind,
    mrz: Mrz,
    lines: Sequence[tuple[FieldLine, npt.NDArray[np.float32]]],
    zone: Millimetres,
) -> FieldResult:
    formats = _DATE_FORMATS if kind is not VisualFieldKind.DOCUMENT_NUMBER else ("",)
    expected: list[ExpectedText] = []
    for form in formats:
        expected += expected_texts(
            VisualField(name=name, kind=kind, box=zone, date_format=form), mrz
        )
    unreadable = FieldResult(name, End.UNREADABLE, 0.0, zone)
    if not expected or not lines:
        return unreadable
    found = [(line, *nearest(columns, expected)) for line, columns in lines]
    line, best, text = min(found, key=lambda each: each[1].contradiction)
    if best.doubt <= AGREES:
        return FieldResult(name, End.AGREES, best.contradiction, place_of(best, line))
    if kind is not VisualFieldKind.DOCUMENT_NUMBER:
        return unreadable
    line, best, text = min(found, key=lambda each: each[1].elsewhere)
    is_alike = best.elsewhere <= FORGIVEN and best.letters == text.least_letters
    if is_alike and best.contradiction >= DIFFERS:
        return FieldResult(name, End.DIFFERS, best.contradiction, place_of(best, line))
    return unreadable
