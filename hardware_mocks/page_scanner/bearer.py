"""People who do not exist, and what is written of them in their documents, drawn from a seed."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from hardware_mocks.chip.mrz import ZoneFields, td1, td3
from hardware_mocks.page_scanner.layout import Layout, ZoneFormat
from hardware_mocks.page_scanner.portraits import MEN, WOMEN

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMES: Final = tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says. Personal in form, though of nobody.

    Args:
        lines: of the machine readable zone.
        texts: of the visual zone, by the names of the layout's fields.
        person: whose photograph, a folder of ``hardware_mocks/photographs``.

    """

    lines: tuple[str, ...] = field(repr=False)
    texts: dict[str, str] = field(repr=False)
    person: str
    fields: ZoneFields = field(repr=False)


def content(model: Layout, rng: np.random.Generator) -> Content:
    """Draw somebody, and write a document of ``model`` for them."""
    state = str(rng.choice(model.states))
    nation = str(rng.choice(model.nationalities)) if model.nationalities else state
    woman = bool(rng.integers(2))
    born = date(2026, 1, 1) - timedelta(days=int(rng.integers(19 * 365, 75 * 365)))
    issued = date(2026, 11, 1) - timedelta(days=int(rng.integers(30, 4 * 365)))
    days = 30 * model.months_valid or (5 * 365 if rng.random() < 0.3 else 10 * 365)
    expires = issued + timedelta(days=days)
    fields = ZoneFields(
        document_code=model.zone.document_code,
        issuing_state=state,
        surname=_names("surnames", rng, 0.15),
        given_names=_names("women" if woman else "men", rng, 0.7),
        document_number=_number(model, rng),
        nationality=nation,
        date_of_birth=zone_date(born),
        sex="F" if woman else "M",
        date_of_expiry=zone_date(expires),
        optional=_digits(10, rng) if model.zone.format == "TD3" else "",
    )
    previous = _number(model, rng) if rng.random() < 0.4 else ""
    texts = {**_texts(fields, (born, issued, expires), rng), "previous_number": previous}
    person = str(rng.choice(WOMEN if woman else MEN))
    return Content(zone_lines(model.zone.format, fields), texts, person, fields)


def content_of(fields: ZoneFields, person: str, rng: np.random.Generator) -> Content:
    """Write a TD3 that says ``fields``; what it says beyond them is drawn.

    The centuries are of somebody of twelve years or more, when a document of ten years was issued.
    """
    expires = datetime.strptime(f"20{fields.date_of_expiry}", "%Y%m%d").date()  # noqa: DTZ007
    born = datetime.strptime(f"20{fields.date_of_birth}", "%Y%m%d").date()  # noqa: DTZ007
    if born.year > expires.year - 22:
        born = born.replace(year=born.year - 100)
    issued = expires - timedelta(days=10 * 365)
    texts = _texts(fields, (born, issued, expires), rng)
    return Content(zone_lines("TD3", fields), texts, person, fields)


def _texts(
    fields: ZoneFields, days: tuple[date, date, date], rng: np.random.Generator
) -> dict[str, str]:
    """Return the visual zone; ``days`` are of birth, issue and expiry."""
    born, issued, expires = days
    state = fields.issuing_state
    return {
        "document_type": fields.document_code,
        "issuing_state": state,
        "document_number": fields.document_number,
        "surname": fields.surname,
        "given_names": fields.given_names,
        "nationality": _NAMES["nationalities"][fields.nationality],
        "date_of_birth": visual_date(born),
        "sex": "X" if fields.sex == "<" else fields.sex,
        "date_of_expiry": visual_date(expires),
        "date_of_issue": visual_date(issued),
        "place_of_birth": _names("towns", rng, 0.0),
        "personal_number": fields.optional,
        "issuing_authority": "DIP/DHAKA" if state == "BGD" else f"{state} 04",
        "state_name": _NAMES["states"][state],
        **_visa(rng),
    }


def _visa(rng: np.random.Generator) -> dict[str, str]:
    """Return what only a visa says."""
    return {
        "visa_number": f"VS{_digits(7, rng)}",
        "visa_type": str(rng.choice(["TOURIST (T)", "BUSINESS (B)", "STUDENT (S)"])),
        "entries": str(rng.choice(["SINGLE", "MULTIPLE"])),
        "stay": f"{int(rng.choice([30, 60, 90]))} DAYS",
    }


def visual_date(day: date) -> str:
    """Return a date as the visual zone has it (9303-3 §3.7)."""
    return day.strftime("%d %b %Y").upper()


def zone_lines(format_: ZoneFormat, fields: ZoneFields) -> tuple[str, ...]:
    """Return the lines of the zone (9303-4 §4.2, 9303-5 §4.2, 9303-7 §4)."""
    if format_ == "TD1":
        return td1(fields)
    lines = td3(fields)
    if format_ == "TD3":
        return lines
    return lines[0], lines[1][:28] + f"{fields.optional:<<16}"  # 9303-7 §4.2: nothing after it


def zone_date(day: date) -> str:
    """Return a date as the machine readable zone has it (9303-3 §4.8)."""
    return day.strftime("%y%m%d")


def another_name(field_name: str, sex: str, not_this: str, rng: np.random.Generator) -> str:
    """Draw another surname or given name than ``not_this``."""
    kind = "surnames" if field_name == "surname" else "women" if sex == "F" else "men"
    return str(rng.choice([name for name in _NAMES[kind].split() if name not in not_this]))


def _names(kind: str, rng: np.random.Generator, more: float) -> str:
    """Return a name of that kind, and with a chance of ``more`` a second one."""
    count = 1 + int(rng.random() < more)
    return " ".join(map(str, rng.choice(_NAMES[kind].split(), count, replace=False)))


def _number(model: Layout, rng: np.random.Generator) -> str:
    """Return a document number: letters first, then digits, nine of both."""
    letters = 1 if model.states == ("BGD",) else int(rng.integers(0, 4))
    drawn = "".join(_LETTERS[int(rng.integers(26))] for _ in range(letters))
    return drawn + _digits(9 - letters if letters != 1 else 8, rng)


def _digits(count: int, rng: np.random.Generator) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, count))
