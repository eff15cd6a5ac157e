"""One field, or one line of unknown purpose, against what the MRZ says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.parse import Mrz
from egate.optical.page_geometry import PageGeometry
from egate.optical.visual_zone.agreement import Agreement, agreement, excess
from egate.optical.visual_zone.expected_text import ExpectedText, expected_texts
from egate.optical.visual_zone.field_line import FieldLine, Millimetres, field_line
from egate.optical.visual_zone.letters import read_letters
from egate.optical.visual_zone.visual_field import VisualField, VisualFieldKind

FORGIVEN: Final = 5.0
"""A contradiction up to that is the reader's own doubt."""
DIFFERS: Final = 18.0
"""One from that on is another letter, where nothing else in the line is in doubt."""
_DIFFERS_AMONG_DOUBTS: Final = 24.0
_ELSEWHERE: Final = 2.0
"""What contradicts the text outside of its worst place, from which a line is worn: then letters
are taken for others more easily."""
AGREES: Final = 14.5
"""A doubt up to that is wear. One letter was changed in the texts of 2,559 fields of rendered
pages, worn ones too: 6 had no more doubt, half of them an L for an I."""
_LEGIBLE: Final = 0.6
"""Share of the pieces of print that are letters beyond doubt, from which a line is legible."""
_LEAST_SHOWN: Final = 0.2
"""As many letters, of those expected, has any other text that somebody put there."""
_IN_FULL: Final = 8
"""Letters; names of nationalities as long as that have more than one letter between them."""
_COLUMN: Final = 2  # pixels of a line


class End(Enum):
    """How the comparison of a field ended."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNREADABLE = "cannot be read with certainty"


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What one field says; nothing of its content.

    Args:
        field: what officers call it.
        end: how the comparison ended.
        contradiction: as ``Agreement`` has it; 0 where nothing was read.
        box: what differs, else all of the field, in millimetres of the page.

    """

    field: str
    end: End
    contradiction: float
    box: Millimetres


def compare_fields(
    page: npt.NDArray[np.uint8], geometry: PageGeometry, mrz: Mrz, fields: Iterable[VisualField]
) -> list[FieldResult]:
    """Compare each field that the MRZ says something of.

    Args:
        page: height x width, its print dark.
        geometry: of ``page``.
        mrz: of that page.
        fields: of its model.

    """
    results = []
    for shown in fields:
        if expected := expected_texts(shown, mrz):
            line = field_line(page, geometry, shown.box)
            results.append(_compared(shown, expected, line))
    return results


def _compared(
    shown: VisualField, expected: Sequence[ExpectedText], line: FieldLine | None
) -> FieldResult:
    if line is None:
        return FieldResult(shown.name, End.UNREADABLE, 0.0, shown.box)
    columns = read_letters(line.image)
    best, text = nearest(columns, expected)
    end = _end(best, text, line)
    if end is not End.AGREES and excess(columns, text) <= FORGIVEN:
        is_sure = _is_a_states_name(shown, text) and best.letters >= text.least_letters - 1
        end = End.AGREES if is_sure else End.UNREADABLE
    box = place_of(best, line) if end is End.DIFFERS else shown.box
    return FieldResult(shown.name, end, best.contradiction, box)


def _is_a_states_name(shown: VisualField, text: ExpectedText) -> bool:
    """Say whether ``shown`` has a nationality in full: wear turns none into another's."""
    return shown.kind is VisualFieldKind.NATIONALITY and text.least_letters >= _IN_FULL


def nearest(
    columns: npt.NDArray[np.float32], expected: Sequence[ExpectedText]
) -> tuple[Agreement, ExpectedText]:
    """Return which of some texts a line contradicts least, and how."""
    every = [(agreement(columns, text), text) for text in expected]
    return min(every, key=lambda pair: pair[0].contradiction)


def place_of(found: Agreement, line: FieldLine) -> Millimetres:
    """Return where on the page a line contradicts a text."""
    return line.box(found.begin * _COLUMN, found.end * _COLUMN)


def _end(best: Agreement, text: ExpectedText, line: FieldLine) -> End:
    if best.doubt <= AGREES:
        return End.AGREES
    is_legible = best.letters >= max(_LEGIBLE * line.marks, _LEAST_SHOWN * text.least_letters)
    least = DIFFERS if best.elsewhere <= _ELSEWHERE else _DIFFERS_AMONG_DOUBTS
    return End.DIFFERS if best.contradiction >= least and is_legible else End.UNREADABLE
