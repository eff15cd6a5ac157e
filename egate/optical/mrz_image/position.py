"""What each position of an MRZ can hold, by its format (9303-3 §4.3, 9303-4 to 9303-7 §4.2)."""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import LAYOUTS, MrzFormat
from egate.optical.ocr_b import ALPHABET

_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HELD: Final = {
    "issuing_state": _LETTERS + "<",
    "nationality": _LETTERS + "<",
    "names": _LETTERS + "<",
    "surname": _LETTERS + "<",
    "given_names": _LETTERS + "<",
    "date_of_birth": _DIGITS + "<",
    "date_of_expiry": _DIGITS + "<",
    "sex": "MFX<",
}
# The number may go on in the optional data, then `<` stands for its check digit; an empty
# field of optional data may have `<` for its own (9303-5 §4.2.2, 9303-4 §4.2.2).
_FILLER_FOR_A_CHECK_DIGIT: Final = ("document_number", "optional_data_1")
_FIRST_LETTERS: Final = {
    MrzFormat.TD1: "ACI",
    MrzFormat.TD2: "ACIP",
    MrzFormat.TD3: "P",
    MrzFormat.MRV_A: "V",
    MrzFormat.MRV_B: "V",
    MrzFormat.FRA_ID: "I",
}


def formats_of(lengths: Sequence[int]) -> tuple[MrzFormat, ...]:
    """Return the formats whose lines have these lengths."""
    return tuple(kind for kind, layout in LAYOUTS.items() if layout.lengths == tuple(lengths))


@cache
def allowed(kind: MrzFormat) -> tuple[npt.NDArray[np.bool_], ...]:
    """Return, for each line, which characters of the alphabet each position can hold."""
    layout = LAYOUTS[kind]
    lines = [[ALPHABET] * length for length in layout.lengths]

    def hold(line: int, start: int, texts: Sequence[str]) -> None:
        lines[line][start : start + len(texts)] = texts

    for name, span in layout.fields.items():
        if name in _HELD:
            hold(span.line, span.start, [_HELD[name]] * (span.end - span.start))
    for name in layout.checked:
        check = layout.fields[name].check
        also = "<" if name in _FILLER_FOR_A_CHECK_DIGIT else ""
        hold(check.line, check.start, [_DIGITS + also])
    if layout.composite_check is not None:
        hold(layout.composite_check.line, layout.composite_check.start, [_DIGITS])
    for span in layout.fillers:
        hold(span.line, span.start, ["<"] * (span.end - span.start))
    code = layout.fields["document_code"]
    hold(code.line, code.start, [_FIRST_LETTERS.get(kind, _LETTERS)])
    if kind is MrzFormat.FRA_ID:
        hold(0, 0, list("IDFRA"))
    return tuple(np.array([[each in held for each in ALPHABET] for held in line]) for line in lines)


@cache
def name_cells(kind: MrzFormat) -> tuple[npt.NDArray[np.int64], ...]:
    """Return the numbers of the cells of the names, counted from 0 over all lines."""
    layout = LAYOUTS[kind]
    before = (0, *accumulate(layout.lengths))
    return tuple(
        np.arange(before[span.line] + span.start, before[span.line] + span.end)
        for name, span in layout.fields.items()
        if name == "names"
    )
