"""A report before it is a page, a file or a print: titles, tables of typed cells, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Language(StrEnum):
    BANGLA = "bn"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    en: str
    bn: str

    def of(self, language: Language) -> str:
        return self.bn if language is Language.BANGLA else self.en


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, 0 to 1."""

    value: float


@dataclass(frozen=True, slots=True)
class Seconds:
    value: float


@dataclass(frozen=True, slots=True)
class Hours:
    value: float


@dataclass(frozen=True, slots=True)
class Code:
    """An id of a gate, a port, a State or a check: the same in every language."""

    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that is also drawn, beside others of its column.

    Args:
        value: the number.
        share: of the column's largest, 0 to 1.

    """

    value: int
    share: float


Cell = int | Words | Share | Seconds | Hours | Code | Bar | date | datetime | None
"""None is what nobody knows."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in files, and its heading."""

    key: str
    heading: Words


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Args:
        key: in files.
        title: above it.
        columns: from left to right.
        rows: each with as many cells.

    """

    key: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Args:
        title: what it is.
        subtitle: whose, and of which agreement.
        first: day of its period.
        last: likewise.
        made_at: local time of Asia/Dhaka.
        tables: in their order.
        notes: what it cannot know, and how it was counted.
        port: the only border crossing point that it is of; "" for all.
        ports: those that have records in its period.

    """

    title: Words
    subtitle: Words
    first: date
    last: date
    made_at: datetime
    tables: tuple[Table, ...]
    notes: tuple[Words, ...]
    port: str = ""
    ports: tuple[str, ...] = ()


UNKNOWN: Final = Words("not known", "জানা নেই")

_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_MONTHS: Final = MappingProxyType(
    {
        Language.ENGLISH: (
            *("January", "February", "March", "April", "May", "June", "July"),
            *("August", "September", "October", "November", "December"),
        ),
        Language.BANGLA: (
            *("জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই"),
            *("আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর"),
        ),
    }
)
_FIRST_GROUP: Final = 3


def spoken(cell: Cell, language: Language) -> str:
    """Return ``cell`` as people of ``language`` write it."""
    match cell:
        case None:
            return UNKNOWN.of(language)
        case Words():
            return cell.of(language)
        case Code(text):
            return text
        case Share(value):
            return digits(
                f"{100 * value:.1f} %" if language is Language.ENGLISH else f"{100 * value:.1f}%",
                language,
            )
        case Seconds(value) | Hours(value):
            whole, _, part = f"{value:.1f}".partition(".")
            return digits(f"{_grouped(int(whole), language)}.{part}", language)
        case datetime():
            return f"{_day(cell, language)}, {digits(f'{cell:%H:%M}', language)}"
        case date():
            return _day(cell, language)
        case Bar(value) | int(value):
            return digits(_grouped(value, language), language)


def digits(text: str, language: Language) -> str:
    """Return ``text`` with the digits of ``language``."""
    return text.translate(_BANGLA_DIGITS) if language is Language.BANGLA else text


def plain(cell: Cell, language: Language) -> str | int | float | None:
    """Return ``cell`` for a program: numbers as numbers, days as ISO 8601."""
    match cell:
        case Words():
            return cell.of(language)
        case Code(text):
            return text
        case Share(value):
            return round(value, 4)
        case Seconds(value) | Hours(value):
            return round(value, 3)
        case Bar(value):
            return value
        case datetime():
            return f"{cell:%Y-%m-%dT%H:%M:%S}+06:00"
        case date():
            return cell.isoformat()
        case int() | None:
            return cell


def drawn(counts: Sequence[int]) -> list[Bar]:
    """Return ``counts`` as bars of one column."""
    largest = max(counts, default=0) or 1
    return [Bar(count, count / largest) for count in counts]


def _day(day: date, language: Language) -> str:
    return digits(f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}", language)


def _grouped(number: int, language: Language) -> str:
    """Return ``number`` with the groups of the language: 12,34,567 in Bangla, 1,234,567 else."""
    if language is Language.ENGLISH:
        return f"{number:,}"
    text = str(number)
    head, tail = text[:-_FIRST_GROUP], text[-_FIRST_GROUP:]
    pairs = []
    while head:
        head, pair = head[:-2], head[-2:]
        pairs.append(pair)
    return ",".join([*reversed(pairs), tail])
