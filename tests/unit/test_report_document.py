"""What cells of a report look like to people and to programs."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.central.statistics import texts
from egate.central.statistics.document import (
    Bar,
    Cell,
    Code,
    Hours,
    Language,
    Seconds,
    Share,
    Words,
    drawn,
    plain,
    spoken,
)
from egate.central.statistics.period import Period, PeriodInvalid
from egate.settings import load
from egate.settings.agreement import Agreement

ROOT = Path(__file__).resolve().parents[2]
BN, EN = Language.BANGLA, Language.ENGLISH


@pytest.mark.parametrize(
    ("cell", "english", "bangla", "program"),
    [
        (5758900, "5,758,900", "৫৭,৫৮,৯০০", 5758900),
        (20, "20", "২০", 20),
        (999, "999", "৯৯৯", 999),
        (1234, "1,234", "১,২৩৪", 1234),
        (123456, "123,456", "১,২৩,৪৫৬", 123456),
        (Share(0.9951), "99.5 %", "৯৯.৫%", 0.9951),
        (Hours(1234.56), "1,234.6", "১,২৩৪.৬", 1234.56),
        (Seconds(3.25), "3.2", "৩.২", 3.25),
        (date(2023, 1, 31), "31 January 2023", "৩১ জানুয়ারি ২০২৩", "2023-01-31"),
        (
            datetime(2023, 1, 31, 23, 5, 9),  # noqa: DTZ001 - local times are shown
            "31 January 2023, 23:05",
            "৩১ জানুয়ারি ২০২৩, ২৩:০৫",
            "2023-01-31T23:05:09+06:00",
        ),
        (Words("yes", "হ্যাঁ"), "yes", "হ্যাঁ", None),
        (Code("BDDAC-A-01"), "BDDAC-A-01", "BDDAC-A-01", "BDDAC-A-01"),
        (Bar(12, 0.5), "12", "১২", 12),
        (None, "not known", "জানা নেই", None),
    ],
)
def test_a_cell(cell: Cell, english: str, bangla: str, program: object) -> None:
    assert spoken(cell, EN) == english
    assert spoken(cell, BN) == bangla
    if not isinstance(cell, Words):
        assert plain(cell, EN) == plain(cell, BN) == program


@given(st.integers(0, 10**12))
def test_bangla_numbers_have_the_digits_of_the_english_ones(number: int) -> None:
    back = spoken(number, BN).translate(str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789"))
    assert back.replace(",", "") == spoken(number, EN).replace(",", "") == str(number)
    *groups, last = back.split(",")
    assert len(last) <= 3
    assert all(len(group) == 2 for group in groups[1:])


def test_bars_are_shares_of_the_largest() -> None:
    assert drawn([2, 4, 0]) == [Bar(2, 0.5), Bar(4, 1.0), Bar(0, 0.0)]
    assert drawn([0]) == [Bar(0, 0.0)]
    assert drawn([]) == []


def test_a_period_has_at_most_a_year() -> None:
    assert Period(date(2024, 1, 1), date(2024, 12, 31))
    for first, last in [("2024-01-02", "2024-01-01"), ("2024-01-01", "2025-01-01")]:
        with pytest.raises(PeriodInvalid):
            Period(date.fromisoformat(first), date.fromisoformat(last))


def test_the_shipped_agreement_is_valid_and_has_the_figures_of_2022_23() -> None:
    made = load(Agreement, ROOT / "config/agreement.toml")
    targets = {each.number: each.targets for each in made.indicators}
    assert targets["4.1"] == (30, 29, 28, 27, 26)
    assert targets["4.2"] == (5, 4, 3, 2, 1)
    assert targets["4.3"] == (date(2023, 2, 28),)
    assert targets["4.4"] == (date(2022, 12, 31),)
    assert targets["4.5"] == (date(2023, 1, 31),)
    assert targets["4.6"] == (date(2023, 3, 31),)


def words() -> list[Words]:
    """Every text of the report."""
    found: list[Words] = []
    for value in vars(texts).values():
        if isinstance(value, Words):
            found.append(value)
        elif isinstance(value, tuple):
            found += [each for each in value if isinstance(each, Words)]
        elif isinstance(value, Mapping):
            found += [each for each in value.values() if isinstance(each, Words)]
    return found


@pytest.mark.parametrize("text", words(), ids=lambda text: text.en[:20])
def test_bangla_is_bangla(text: Words) -> None:
    assert any("\u0980" <= letter <= "\u09ff" for letter in text.bn)
    # No western digit outside of what is filled in or the code in brackets.
    assert not any(letter in "0123456789" for letter in text.bn)
    assert not any("\u0980" <= letter <= "\u09ff" for letter in text.en)
