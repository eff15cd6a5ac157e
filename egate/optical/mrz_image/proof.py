"""Which characters of a format a check digit proves (9303-3 §4.9)."""

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

from egate.emrtd.mrz.layout import LAYOUTS, Layout, MrzFormat, Span

_COMPOSITE: Final = "composite"
# `parse` names the check digit of this field after what it is for all formats.
_NAMES: Final = {"optional_data_1": "optional_data"}


@dataclass(frozen=True, slots=True)
class CheckedField:
    """Characters under one check digit, and the digit itself.

    Args:
        name: of the check digit, as in ``Mrz.check_digits``.
        cells: numbers of the characters, counted from 0 over all lines.

    """

    name: str
    cells: frozenset[int]


@cache
def checked_fields(kind: MrzFormat) -> tuple[CheckedField, ...]:
    """Return the checked fields of a format.

    No character is in two of them: what the composite check digit covers too is with its own
    field, and the rest of what it covers comes last.
    """
    layout = LAYOUTS[kind]
    fields = []
    taken: frozenset[int] = frozenset()
    for name in layout.checked:
        span = layout.fields[name]
        cells = _cells(layout, span) | _cells(layout, span.check)
        fields.append(CheckedField(_NAMES.get(name, name), cells))
        taken |= cells
    if layout.composite_check is not None:
        covered = frozenset[int]().union(*(_cells(layout, span) for span in layout.composite))
        rest = (covered | _cells(layout, layout.composite_check)) - taken
        fields.append(CheckedField(_COMPOSITE, rest))
    return tuple(fields)


def _cells(layout: Layout, span: Span) -> frozenset[int]:
    before = (0, *accumulate(layout.lengths))[span.line]
    return frozenset(range(before + span.start, before + span.end))
