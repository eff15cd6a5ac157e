"""Where each field of each format stands: the tables of 9303-4 to 9303-7."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.emrtd.errors import MrzInvalid


class MrzFormat(StrEnum):
    """The kinds of machine readable zone that are understood."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"
    FRA_ID = "FRA-ID"
    CHE_DL = "CHE-DL"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (not included) of line ``line``, from zero."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...]) -> str:
        return lines[self.line][self.start : self.end]

    @property
    def check(self) -> "Span":
        """The character after the field, where its check digit stands."""
        return Span(self.line, self.end, self.end + 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """One format.

    Args:
        lengths: characters of each line.
        fields: name of the field to its place.
        checked: fields that a check digit follows.
        composite: what the composite check digit covers; empty when there is none.
        composite_check: where the composite check digit stands.
        optional: the fields of optional data, in reading order.
        fillers: places that nothing is ever printed in.

    """

    lengths: tuple[int, ...]
    fields: Mapping[str, Span]
    checked: tuple[str, ...] = ()
    composite: tuple[Span, ...] = ()
    composite_check: Span | None = None
    optional: tuple[str, ...] = ()
    fillers: tuple[Span, ...] = ()


_MOST_LINES: Final = 3
_NUMBER_AND_DATES: Final = ("document_number", "date_of_birth", "date_of_expiry")
_HEAD: Final = {"document_code": Span(0, 0, 2), "issuing_state": Span(0, 2, 5)}
_LINE_2: Final = {
    "document_number": Span(1, 0, 9),
    "nationality": Span(1, 10, 13),
    "date_of_birth": Span(1, 13, 19),
    "sex": Span(1, 20, 21),
    "date_of_expiry": Span(1, 21, 27),
}


def _two_lines(length: int, optional_end: int) -> dict[str, Span]:
    names = {"names": Span(0, 5, length)}
    return _HEAD | names | _LINE_2 | {"optional_data_1": Span(1, 28, optional_end)}


LAYOUTS: Final[Mapping[MrzFormat, Layout]] = {
    MrzFormat.TD1: Layout(  # 9303-5 §4.2
        lengths=(30, 30, 30),
        fields=_HEAD
        | {
            "document_number": Span(0, 5, 14),
            "optional_data_1": Span(0, 15, 30),
            "date_of_birth": Span(1, 0, 6),
            "sex": Span(1, 7, 8),
            "date_of_expiry": Span(1, 8, 14),
            "nationality": Span(1, 15, 18),
            "optional_data_2": Span(1, 18, 29),
            "names": Span(2, 0, 30),
        },
        checked=_NUMBER_AND_DATES,
        composite=(Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)),
        composite_check=Span(1, 29, 30),
        optional=("optional_data_1", "optional_data_2"),
    ),
    MrzFormat.TD2: Layout(  # 9303-6 §4.2
        lengths=(36, 36),
        fields=_two_lines(36, 35),
        checked=_NUMBER_AND_DATES,
        composite=(Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)),
        composite_check=Span(1, 35, 36),
        optional=("optional_data_1",),
    ),
    MrzFormat.TD3: Layout(  # 9303-4 §4.2
        lengths=(44, 44),
        fields=_two_lines(44, 42),
        checked=(*_NUMBER_AND_DATES, "optional_data_1"),
        composite=(Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)),
        composite_check=Span(1, 43, 44),
        optional=("optional_data_1",),
    ),
    MrzFormat.MRV_A: Layout(  # 9303-7 §4.1
        lengths=(44, 44),
        fields=_two_lines(44, 44),
        checked=_NUMBER_AND_DATES,
        optional=("optional_data_1",),
    ),
    MrzFormat.MRV_B: Layout(  # 9303-7 §4.2
        lengths=(36, 36),
        fields=_two_lines(36, 36),
        checked=_NUMBER_AND_DATES,
        optional=("optional_data_1",),
    ),
    MrzFormat.FRA_ID: Layout(  # the French card of 1988 to 2021, older than 9303-6
        lengths=(36, 36),
        fields=_HEAD
        | {
            "surname": Span(0, 5, 30),
            "optional_data_1": Span(0, 30, 36),
            "document_number": Span(1, 0, 12),
            "given_names": Span(1, 13, 27),
            "date_of_birth": Span(1, 27, 33),
            "sex": Span(1, 34, 35),
        },
        checked=("document_number", "date_of_birth"),
        composite=(Span(0, 0, 36), Span(1, 0, 35)),
        composite_check=Span(1, 35, 36),
        optional=("optional_data_1",),
    ),
    # The Swiss driving licence has no check digits: its fillers are all there is to go by.
    MrzFormat.CHE_DL: Layout(
        lengths=(9, 30, 30),
        fields={
            "document_number": Span(0, 0, 9),
            "document_code": Span(1, 0, 2),
            "issuing_state": Span(1, 2, 5),
            "optional_data_1": Span(1, 5, 14),
            "optional_data_2": Span(1, 14, 17),
            "date_of_birth": Span(1, 19, 25),
            "names": Span(2, 0, 30),
        },
        optional=("optional_data_1", "optional_data_2"),
        fillers=(Span(0, 7, 9), Span(1, 17, 19), Span(1, 25, 30)),
    ),
}


def format_of(lines: tuple[str, ...]) -> MrzFormat:
    """Tell the format from the lengths of the lines and the first characters.

    Raises:
        MrzInvalid: no format has lines of these lengths.

    """
    lengths = tuple(len(line) for line in lines)
    if lengths == (30, 30, 30):
        return MrzFormat.TD1
    if lengths == (9, 30, 30):
        return MrzFormat.CHE_DL
    if lengths == (44, 44):
        return MrzFormat.MRV_A if lines[0].startswith("V") else MrzFormat.TD3
    if lengths == (36, 36):
        if lines[0].startswith("V"):
            return MrzFormat.MRV_B
        return MrzFormat.FRA_ID if lines[0].startswith("IDFRA") else MrzFormat.TD2
    if len(lines) > _MOST_LINES:
        raise MrzInvalid(f"no MRZ has {len(lines)} lines")
    shape = " and ".join(str(length) for length in lengths) or "no"
    raise MrzInvalid(f"no MRZ has lines of {shape} characters")
