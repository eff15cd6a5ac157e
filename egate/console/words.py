"""Every text of the console in one language, and numbers and times as it writes them."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from egate.console import page_texts
from egate.console.access import texts as access_texts
from egate.console.audit import texts as audit_texts
from egate.console.cases import texts as case_texts
from egate.console.desk import texts as desk_texts
from egate.console.hall import texts as hall_texts
from egate.console.language import Language
from egate.console.local_time import DHAKA
from egate.console.records import texts as records_texts
from egate.console.supervision import texts as supervision_texts
from egate.domain.time import UtcSeconds

TABLES: Final[tuple[Mapping[str, tuple[str, str]], ...]] = (
    page_texts.TEXTS,
    desk_texts.TEXTS,
    access_texts.TEXTS,
    supervision_texts.TEXTS,
    hall_texts.TEXTS,
    case_texts.TEXTS,
    records_texts.TEXTS,
    audit_texts.TEXTS,
)
"""Of the frame and of every area: key to Bangla and English."""

_TEXTS: Final = {key: texts for table in TABLES for key, texts in table.items()}
_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_MONTHS: Final = (
    ("জানু", "ফেব্রু", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টে", "অক্টো", "নভে", "ডিসে"),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)  # fmt: skip
_DASH: Final = "—"
_YEAR_9999: Final = 253_370_764_800.0
_UNITS: Final = (
    ("page.seconds", 1, 120),
    ("page.minutes", 60, 120 * 60),
    ("page.hours", 3600, 48 * 3600),
    ("page.days", 86400, math.inf),
)
"""Key of each unit, its seconds, and below how many seconds it is used."""


class Words:
    """What the templates call ``words``."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._index = list(Language).index(language)

    def __call__(self, key: str) -> str:
        """Return the text of ``key``.

        Raises:
            KeyError: no area has it.

        """
        return _TEXTS[key][self._index]

    def known(self, key: str, otherwise: str) -> str:
        """Return the text of ``key``, or ``otherwise`` for a value of a newer gate or centre."""
        texts = _TEXTS.get(key)
        return texts[self._index] if texts else otherwise

    def choose(self, bangla: str, english: str) -> str:
        return (bangla, english)[self._index]

    def number(self, value: object) -> str:
        """Write ``value`` in the digits of the language."""
        return str(value).translate(_BANGLA_DIGITS) if self._index == 0 else str(value)

    def time(self, moment: UtcSeconds) -> str:
        """Write the time of day in Dhaka, as 14:05; a dash for no time that can be."""
        return self.number(f"{_in_dhaka(moment):%H:%M}") if _can_be(moment) else _DASH

    def date(self, moment: UtcSeconds) -> str:
        """Write the day in Dhaka, as 22 Nov 2026; a dash for none that can be."""
        if not _can_be(moment):
            return _DASH
        day = _in_dhaka(moment)
        return self._written(day.day, day.month, day.year)

    def moment(self, moment: UtcSeconds) -> str:
        """Write day and time in Dhaka, as 22 Nov 2026, 14:05; a dash for none that can be."""
        if not _can_be(moment):
            return _DASH
        return f"{self.date(moment)}, {self.time(moment)}"

    def day(self, iso_date: str) -> str:
        """Write a date of a document, ``2026-11-22``; one of another form as it is."""
        try:
            day = datetime.fromisoformat(iso_date)
        except ValueError:
            return self.number(iso_date)
        return self._written(day.day, day.month, day.year)

    def duration(self, seconds: float) -> str:
        """Write ``seconds`` roughly: in the unit that leaves a number one can grasp."""
        if not math.isfinite(seconds):
            return _DASH
        unit, size = next((unit, size) for unit, size, most in _UNITS if seconds < most)
        return f"{self.number(round(seconds / size))} {self(unit)}"

    def _written(self, day: int, month: int, year: int) -> str:
        return self.number(f"{day} {_MONTHS[self._index][month - 1]} {year}")


def _can_be(moment: UtcSeconds) -> bool:
    """Say whether it is a time; what a gate's record says of lists, nobody has examined."""
    return 0.0 <= moment < _YEAR_9999


def _in_dhaka(moment: UtcSeconds) -> datetime:
    return datetime.fromtimestamp(moment, DHAKA)
