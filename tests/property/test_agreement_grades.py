"""Laws of the agreement's grades, whatever was counted and promised."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from egate.central.statistics.agreement import (
    Graded,
    Remark,
    Shortfall,
    grade,
    grade_day,
    grade_number,
    last_day,
    operational_day,
    shortfall,
    whole_months,
)
from egate.central.statistics.operations import GateMonth
from egate.settings.agreement import GRADES, Agreement, Indicator

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
FALLING = st.lists(st.integers(0, 100), min_size=1, max_size=5, unique=True).map(
    lambda each: sorted(each, reverse=True)
)
RISING_DAYS = st.lists(DAYS, min_size=1, max_size=5, unique=True).map(sorted)
TEXT = {"en": "Text", "bn": "লেখা"}
GOOD = GateMonth("A", date(2023, 1, 1), 3600.0, 3600.0, 3600.0, 10, 10)
PERCENT = 95.0


@given(FALLING, st.integers(-5, 120), st.integers(0, 20))
def test_more_never_has_a_lesser_grade(targets: list[int], count: int, more: int) -> None:
    assert grade_number(targets, count) <= grade_number(targets, count + more)
    assert grade_number(targets, count) in {0, *GRADES}
    for column, target in zip(GRADES, targets, strict=False):
        assert grade_number(targets, target) == column


@given(RISING_DAYS, DAYS, st.integers(0, 400))
def test_earlier_never_has_a_lesser_grade(targets: list[date], day: date, earlier: int) -> None:
    late, early = grade_day(targets, day), grade_day(targets, day - timedelta(days=earlier))
    # Not known is less than what is known, since it is later than every known day.
    assert (late or 0) <= (early or 0)
    assert (late is None) is (day > targets[-1] and len(targets) < len(GRADES))


MONTHS = st.builds(
    GateMonth,
    gate_id=st.sampled_from(["A", "B", "C"]),
    month=st.sampled_from([date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1)]),
    scheduled_seconds=st.floats(1, 1e6),
    served_seconds=st.floats(0, 1e6),
    told_seconds=st.floats(0, 1e6),
    admitted=st.integers(0, 5),
    live=st.integers(0, 5),
)


@given(st.lists(MONTHS, min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_gates_and_months_means_nothing(
    months: list[GateMonth], chance: st.DataObject
) -> None:
    whole = whole_months(date(2022, 11, 1), date(2023, 1, 31), date(2023, 3, 1))
    shuffled = list(months)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = operational_day(months, whole, PERCENT)
    assert operational_day(shuffled, whole, PERCENT) == found
    if found is not None:
        inside = [each for each in months if last_day(each.month) == found]
        assert inside
        assert all(shortfall(each, PERCENT) is None for each in inside)
        # One gate that falls short takes the month away.
        worse = replace(inside[0], gate_id="D", live=inside[0].admitted - 1)
        assert operational_day([*months, worse], whole, PERCENT) != found


def test_the_part_of_a_month_shows_nothing() -> None:
    january = (date(2023, 1, 1),)
    assert operational_day([GOOD], (), PERCENT) is None
    december = replace(GOOD, month=date(2022, 12, 1))
    assert operational_day([december, replace(GOOD, live=9)], january, PERCENT) is None
    assert operational_day([GOOD, december], january, PERCENT) == date(2023, 1, 31)


@given(DAYS, st.integers(0, 800), st.integers(-100, 900))
def test_whole_months_lie_within_and_are_over(first: date, days: int, later: int) -> None:
    last = first + timedelta(days=days)
    today = first + timedelta(days=later)
    found = whole_months(first, last, today)
    assert all(month.day == 1 and first <= month for month in found)
    assert all(last_day(month) <= last and last_day(month) < today for month in found)
    assert len(set(found)) == len(found)
    if today > last and days >= 62:
        assert found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"told_seconds": 0.0, "served_seconds": 0.0}, Shortfall.NEVER_REPORTED),
        ({"served_seconds": 3420.0}, None),  # exactly 95 %
        ({"served_seconds": 3419.9}, Shortfall.HOURS),
        ({"admitted": 0, "live": 0}, Shortfall.NOBODY_ADMITTED),
        ({"live": 9}, Shortfall.NOT_LIVE),
    ],
)
def test_why_a_gate_is_not_fully_operational(
    changes: dict[str, float], expected: Shortfall | None
) -> None:
    assert shortfall(replace(GOOD, **changes), PERCENT) is expected  # type: ignore[arg-type]


def indicator(number: str, measure: str, *targets: int | date) -> dict[str, object]:
    return {"number": number, "measure": measure, "text": TEXT, "targets": targets}


def agreement(*indicators: dict[str, object], **changes: object) -> Agreement:
    given = {
        "financial_year": "2022-23",
        "begins": date(2022, 7, 1),
        "ends": date(2023, 6, 30),
        "office": TEXT,
        "area": TEXT,
        "operational_percent": PERCENT,
        "live_checks": ["BACKGROUND.WATCHLIST"],
        "indicators": indicators,
    }
    return Agreement.model_validate(given | changes)


def only(
    made: Agreement, as_of: date, months: tuple[GateMonth, ...] = (), whole: tuple[date, ...] = ()
) -> Graded:
    (found,) = grade(made, months, whole, as_of)
    return found


def test_installed_gates_count_from_their_day_on() -> None:
    group = {"border_crossing_point": "BDDAC", "reference": "x"}
    made = agreement(
        indicator("4.1", "gates_installed", 30, 29, 28, 27, 26),
        gates=[
            {"ids": [f"A-{n}" for n in range(27)], "installed_on": date(2021, 6, 30), **group},
            {"ids": ["B-1", "B-2"], "installed_on": date(2022, 12, 16), **group},
        ],
    )
    before, on = only(made, date(2022, 12, 15)), only(made, date(2022, 12, 16))
    assert (before.achieved, before.grade) == (27, 70)
    assert (on.achieved, on.grade) == (29, 90)


def test_readers_count_within_the_year_alone() -> None:
    made = agreement(
        indicator("4.2", "readers_installed", 5, 4, 3, 2, 1),
        readers=[
            {"installed_on": day, "count": count, "reference": "x"}
            for day, count in [
                (date(2022, 6, 30), 9),
                (date(2022, 7, 1), 1),
                (date(2023, 6, 30), 2),
                (date(2023, 7, 1), 9),
            ]
        ],
    )
    assert only(made, date(2024, 1, 1)).achieved == 3
    nothing = only(made, date(2022, 6, 30))
    assert (nothing.achieved, nothing.grade, nothing.remark) == (0, 0, Remark.BELOW_ALL)


@pytest.mark.parametrize(
    ("reached", "as_of", "achieved", "grade_", "remark"),
    [
        (date(2023, 2, 28), date(2023, 6, 30), date(2023, 2, 28), 100, None),
        (date(2023, 3, 1), date(2023, 6, 30), date(2023, 3, 1), None, Remark.COLUMN_UNKNOWN),
        (date(2023, 2, 28), date(2023, 2, 27), None, None, Remark.NOT_YET),
        (date(2023, 5, 1), date(2023, 4, 1), None, None, Remark.NOT_ENTERED),
    ],
)
def test_a_milestone(
    reached: date, as_of: date, achieved: date | None, grade_: int | None, remark: Remark | None
) -> None:
    made = agreement(
        indicator("4.3", "milestone", date(2023, 2, 28)),
        milestones=[{"indicator": "4.3", "reached_on": reached, "reference": "Memo 1"}],
    )
    found = only(made, as_of)
    assert (found.achieved, found.grade, found.remark) == (achieved, grade_, remark)
    assert found.reference == ("Memo 1" if achieved else "")


def test_with_every_column_known_what_is_too_late_has_no_points() -> None:
    days = [date(2023, 2, day) for day in (1, 2, 3, 4, 5)]
    made = agreement(indicator("4.3", "milestone", *days))
    assert only(made, date(2023, 2, 6)).grade == 0
    assert grade_day(days, date(2023, 2, 6)) == 0


def test_fully_operational_gates() -> None:
    made = agreement(indicator("4.5", "gates_operational", date(2023, 1, 31)))
    january, as_of = (date(2023, 1, 1),), date(2023, 2, 1)
    assert only(made, as_of, (), january).remark is Remark.NO_GATES
    assert only(made, as_of, (GOOD,)).remark is Remark.NO_WHOLE_MONTH
    reached = only(made, as_of, (GOOD,), january)
    assert (reached.achieved, reached.grade) == (date(2023, 1, 31), 100)
    failed = only(made, as_of, (GOOD, replace(GOOD, gate_id="B", live=0)), january)
    assert (failed.achieved, failed.grade, failed.remark) == (None, None, Remark.NOT_ENTERED)


@pytest.mark.parametrize(
    "bad",
    [
        indicator("4.1", "gates_installed", date(2023, 1, 1)),
        indicator("4.3", "milestone", 5),
        indicator("4.1", "gates_installed", 5, 6),
        indicator("4.1", "gates_installed", 5, 5),
        indicator("4.3", "milestone", date(2023, 2, 1), date(2023, 1, 1)),
        indicator("4.1", "gates_installed"),
    ],
)
def test_targets_go_from_the_best_to_the_least(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Indicator.model_validate(bad)


def test_nothing_is_entered_twice() -> None:
    row = indicator("4.1", "gates_installed", 5)
    with pytest.raises(ValidationError, match="named twice"):
        agreement(row, row)
    with pytest.raises(ValidationError, match="not after"):
        agreement(row, ends=date(2022, 7, 1))
