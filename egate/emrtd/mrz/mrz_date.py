"""Two-digit years and unknown parts of dates (9303-3 §4.8)."""

import datetime as dt
from typing import Final

_FILLER: Final = "<<"
_UNKNOWN: Final = "XX"


class DateMalformed(ValueError):
    """Six characters that are no date. Says nothing about them."""


def birth_date(text: str, today: dt.date) -> str | None:
    """Return a date of birth as ISO 8601: the latest one that is not after ``today``.

    Unknown parts are ``XX`` (``74<<<<`` is ``1974-XX-XX``); None when all are unknown.
    Some States write an unknown day or month as ``00`` instead of ``<<``.

    Raises:
        DateMalformed: no such day, or a known part after an unknown one.

    """
    if text == _FILLER * 3:
        return None
    year, month, day = _parts(text.replace("00", _FILLER) if text[2:] == "0000" else text)
    if text[4:] == "00":
        day = _UNKNOWN
    century = today.year // 100 * 100
    earliest = "01"
    iso = f"{century + year:04d}-{_or(month, earliest)}-{_or(day, earliest)}"
    full_year = century + year - (100 if iso > today.isoformat() else 0)
    return _checked(full_year, month, day)


def expiry_date(text: str, today: dt.date) -> str | None:
    """Return a date of expiry as ISO 8601, within 50 years of ``today``.

    None when the document does not expire (``<<<<<<``).

    Raises:
        DateMalformed: no such day, or only a part is known.

    """
    if text == _FILLER * 3:
        return None
    year, month, day = _parts(text)
    if _UNKNOWN in (month, day):
        raise DateMalformed
    full_year = today.year - 49 + (year - (today.year - 49)) % 100
    return _checked(full_year, month, day)


def _parts(text: str) -> tuple[int, str, str]:
    year, month, day = text[:2], text[2:4], text[4:]
    if not _is_number(year):
        raise DateMalformed
    for part in (month, day):
        if part != _FILLER and not _is_number(part):
            raise DateMalformed
    if month == _FILLER and day != _FILLER:
        raise DateMalformed
    return int(year), month.replace(_FILLER, _UNKNOWN), day.replace(_FILLER, _UNKNOWN)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _or(part: str, default: str) -> str:
    return default if part == _UNKNOWN else part


def _checked(year: int, month: str, day: str) -> str:
    try:
        dt.date(year, int(_or(month, "01")), int(_or(day, "01")))
    except ValueError:
        raise DateMalformed from None
    return f"{year:04d}-{month}-{day}"
