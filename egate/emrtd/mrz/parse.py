"""From the lines of a machine readable zone to its fields (9303-3 §4, 9303-4 to 9303-7)."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import CHARACTERS, check_digit
from egate.emrtd.mrz.layout import LAYOUTS, Layout, MrzFormat, format_of
from egate.emrtd.mrz.mrz_date import DateMalformed, birth_date, expiry_date

_CODE: Final = re.compile(r"[A-Z][A-Z0-9<]")
_STATE: Final = re.compile(r"[A-Z](<<|[A-Z]<|[A-Z]{2})")
_NAMES: Final = re.compile(r"[A-Z<]*[A-Z][A-Z<]*")
# States with cards whose check digit of a long number covers the filler inside it too.
_FILLER_COUNTS: Final = frozenset(("BEL", "PRT"))


@dataclass(frozen=True, slots=True)
class Mrz:
    """A machine readable zone, field by field. Personal throughout.

    Args:
        lines: the lines it was parsed from.
        document_number_field: the number as the access keys take it, with its
            fillers (9303-11 §4.3.2).
        date_of_birth: ISO 8601, unknown parts ``XX``; None when unknown.
        date_of_expiry: ISO 8601; None when the document has none.
        sex: ``M``, ``F``, ``X``, or "" when unspecified.
        optional_data: what stands in the optional fields, empty ones left out.
        check_digits: name of each check digit to whether it is right.
        malformed: names of the fields whose characters are not allowed there.

    """

    format: MrzFormat
    lines: tuple[str, ...] = field(repr=False)
    document_code: str
    issuing_state: str
    document_number: str = field(repr=False)
    document_number_field: str = field(repr=False)
    nationality: str = field(repr=False)
    date_of_birth: str | None = field(repr=False)
    date_of_expiry: str | None = field(repr=False)
    sex: str = field(repr=False)
    primary_identifier: str = field(repr=False)
    secondary_identifier: str = field(repr=False)
    optional_data: tuple[str, ...] = field(repr=False)
    check_digits: Mapping[str, bool]
    malformed: tuple[str, ...]

    @property
    def is_valid(self) -> bool:
        """Whether all check digits are right and all fields well formed."""
        return all(self.check_digits.values()) and not self.malformed


@dataclass(frozen=True, slots=True)
class _Number:
    """A document number and where it continues (9303-5 §4.2.2.1 note j)."""

    field: str
    check_is_right: bool
    rest: str
    """What the first optional field holds besides the number's end."""


def parse(lines: Sequence[str], today: dt.date) -> Mrz:
    """Parse ``lines``, from the top one down.

    A wrong check digit or a malformed field is no error: it stands in the result.

    Args:
        lines: two or three lines; white space around them is dropped.
        today: settles the century of two-digit years.

    Raises:
        MrzInvalid: the lines have the shape of no MRZ, or characters of none.

    """
    lines = tuple(line.strip() for line in lines)
    if not all(CHARACTERS.issuperset(line) for line in lines):
        raise MrzInvalid("a character outside A-Z, 0-9 and <")
    kind = format_of(lines)
    layout = LAYOUTS[kind]
    texts = {name: span.of(lines) for name, span in layout.fields.items()}
    number = _document_number(kind, layout, lines, texts)
    names = texts.get("names", f"{texts.get('surname', '')}<<{texts.get('given_names', '')}")
    primary, _, secondary = names.partition("<<")
    dates, malformed_dates = _dates(texts, today)
    texts["optional_data_1"] = number.rest
    optional = (texts[name].rstrip("<") for name in layout.optional)
    return Mrz(
        format=kind,
        lines=lines,
        document_code=texts["document_code"].rstrip("<"),
        issuing_state=texts["issuing_state"].rstrip("<"),
        document_number=number.field.rstrip("<"),
        document_number_field=number.field,
        nationality=texts.get("nationality", "").rstrip("<"),
        date_of_birth=dates.get("date_of_birth"),
        date_of_expiry=dates.get("date_of_expiry"),
        sex=texts.get("sex", "").rstrip("<"),
        primary_identifier=_words(primary),
        secondary_identifier=_words(secondary),
        optional_data=tuple(text for text in optional if text),
        check_digits=_check_digits(layout, lines, texts, number),
        malformed=(*_malformed(texts, names), *_misplaced(layout, lines), *malformed_dates),
    )


def _words(text: str) -> str:
    return " ".join(text.replace("<", " ").split())


def _dates(
    texts: Mapping[str, str], today: dt.date
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    dates: dict[str, str | None] = {}
    malformed: tuple[str, ...] = ()
    for name, read in (("date_of_birth", birth_date), ("date_of_expiry", expiry_date)):
        if name in texts:
            try:
                dates[name] = read(texts[name], today)
            except DateMalformed:
                malformed += (name,)
    return dates, malformed


def _malformed(texts: Mapping[str, str], names: str) -> list[str]:
    """Return the fields, except dates, whose characters cannot stand there."""
    wrong = [
        name
        for name, pattern in (
            ("document_code", _CODE),
            ("issuing_state", _STATE),
            ("nationality", _STATE),
        )
        if name in texts and not pattern.fullmatch(texts[name])
    ]
    if not texts["document_number"].strip("<"):
        wrong.append("document_number")
    if texts.get("sex", "<") not in "MFX<":
        wrong.append("sex")
    if not _NAMES.fullmatch(names):
        wrong.append("names")
    return wrong


def _misplaced(layout: Layout, lines: tuple[str, ...]) -> tuple[str, ...]:
    empty = all(not span.of(lines).strip("<") for span in layout.fillers)
    return () if empty else ("fillers",)


def _check_digits(
    layout: Layout, lines: tuple[str, ...], texts: Mapping[str, str], number: _Number
) -> dict[str, bool]:
    results = {}
    for name in layout.checked:
        if name == "document_number":
            results[name] = number.check_is_right
            continue
        stated = layout.fields[name].check.of(lines)
        if name == "optional_data_1":
            empty = not texts[name].strip("<")
            results["optional_data"] = stated == check_digit(texts[name]) or (
                empty and stated == "<"  # 9303-4 §4.2.2.2, position 43
            )
        else:
            results[name] = stated == check_digit(texts[name])
    if layout.composite_check is not None:
        covered = "".join(span.of(lines) for span in layout.composite)
        results["composite"] = layout.composite_check.of(lines) == check_digit(covered)
    return results


def _document_number(
    kind: MrzFormat, layout: Layout, lines: tuple[str, ...], texts: Mapping[str, str]
) -> _Number:
    """Read the number, which in TD1 and TD2 may go on in the optional data.

    Then ``<`` stands in place of the check digit, and the optional data begin
    with the rest of the number and its check digit, up to the next ``<``.
    """
    text, optional = texts["document_number"], texts["optional_data_1"]
    if "document_number" not in layout.checked:
        return _Number(text, check_is_right=True, rest=optional)
    stated = layout.fields["document_number"].check.of(lines)
    tail, _, rest = optional.partition("<")
    if kind not in (MrzFormat.TD1, MrzFormat.TD2) or stated != "<" or len(tail) < 2:
        return _Number(text, check_is_right=stated == check_digit(text), rest=optional)
    number = text + tail[:-1]
    right = tail[-1] == check_digit(number)
    if texts["issuing_state"] in _FILLER_COUNTS:
        right = right or tail[-1] == check_digit(f"{text}<{tail[:-1]}")
    return _Number(number, check_is_right=right, rest=rest)
