"""Entries that were made by an authorisation, and stays that an authority extended."""

from dataclasses import replace

import pytest

from egate.domain.authorisation.traveller import Extension, PastCrossing
from egate.domain.record import Direction
from egate.emrtd.checks import CheckId, Outcome
from tests.authorisation_samples import (
    ARRIVING,
    DEPARTING,
    ENTERED,
    OLDER,
    OTHER,
    PASSPORT,
    RENEWED,
    VISA,
    answer,
    at,
    check_of,
    day,
    issued,
)

SINGLE = replace(VISA, entries_allowed=1)
BY_VISA = replace(ENTERED, number=VISA.number)
LEFT = PastCrossing(PASSPORT, Direction.EXIT, "BDDAC", at("2026-11-10"))


class TestUses:
    def test_a_single_entry_that_was_made_is_used(self) -> None:
        found = answer(authorisations=(SINGLE,), crossings=(BY_VISA, LEFT))
        check = check_of(found, CheckId.AUTHORISATION)
        assert check.outcome is Outcome.FAILED
        assert "visa_mrv has no entry left" in check.detail
        assert VISA.number not in repr(BY_VISA)

    @pytest.mark.parametrize(
        "crossing",
        [
            replace(BY_VISA, direction=Direction.EXIT, at=at("2026-11-10")),
            replace(BY_VISA, number="N2"),
            replace(BY_VISA, number=""),
            replace(BY_VISA, basis=None),
            replace(BY_VISA, document=OTHER),
        ],
        ids=["exit", "another", "unknown", "no_kind", "another_holder"],
    )
    def test_what_is_no_use_of_it(self, crossing: PastCrossing) -> None:
        found = answer(authorisations=(SINGLE,), crossings=(crossing,))
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.SUCCESSFUL

    def test_one_without_a_number_is_not_counted(self) -> None:
        found = answer(
            authorisations=(replace(SINGLE, number=""),), crossings=(replace(BY_VISA, number=""),)
        )
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.SUCCESSFUL

    def test_an_entry_with_the_earlier_passport_is_a_use(self) -> None:
        found = answer(
            authorisations=(SINGLE,),
            crossings=(replace(BY_VISA, document=OLDER),),
            successions=(RENEWED,),
        )
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.FAILED

    @pytest.mark.parametrize(
        ("counted_at", "expected"),
        [("2026-10-31", Outcome.FAILED), ("2026-11-01", Outcome.SUCCESSFUL)],
    )
    def test_what_its_issuer_counted_is_not_counted_twice(
        self, counted_at: str, expected: Outcome
    ) -> None:
        twice = replace(SINGLE, entries_allowed=2, entries_used=1, counted_at=at(counted_at))
        found = answer(authorisations=(twice,), crossings=(BY_VISA, BY_VISA))
        assert check_of(found, CheckId.AUTHORISATION).outcome is expected

    def test_without_the_crossings_the_issuer_s_count_is_all_there_is(self) -> None:
        found = answer(ARRIVING, authorisations=(SINGLE,), crossings=None)
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.SUCCESSFUL


class TestExtensions:
    def over(self, *extensions: Extension, **known: object) -> int | None:
        """Days over on 2 December of a stay that may last until 30 November."""
        leaving = replace(DEPARTING, at=at("2026-12-02"))
        stay = answer(leaving, **{"crossings": (ENTERED,), "extensions": extensions, **known}).stay
        return stay and stay.overstay_days

    def extension(self, given_on: str, until: str, **changes: object) -> Extension:
        made = Extension(PASSPORT, "X1", day(given_on), day(until))
        return replace(made, **changes)  # type: ignore[arg-type]

    def test_it_goes_before_every_rule(self) -> None:
        extension = self.extension("2026-11-20", "2026-12-31")
        assert (self.over(), self.over(extension)) == (2, 0)
        assert "X1" not in repr(extension)

    def test_one_of_the_day_of_entry_holds_and_an_earlier_one_does_not(self) -> None:
        assert self.over(self.extension("2026-11-01", "2026-12-31")) == 0
        assert self.over(self.extension("2026-10-31", "2026-12-31")) == 2

    def test_the_newest_holds_also_if_it_shortens(self) -> None:
        long = self.extension("2026-11-20", "2026-12-31")
        short = self.extension("2026-11-21", "2026-11-22")
        assert self.over(long, short) == self.over(short, long) == 10

    def test_one_of_an_earlier_stay_is_not_for_this_one(self) -> None:
        before = replace(ENTERED, at=at("2026-09-01"))
        left = replace(LEFT, at=at("2026-09-20"))
        extension = self.extension("2026-09-10", "2027-01-01")
        assert self.over(extension, crossings=(before, left, ENTERED)) == 2

    def test_it_follows_the_holder_and_nobody_else(self) -> None:
        earlier = self.extension("2026-11-20", "2026-12-31", document=OLDER)
        assert self.over(earlier) == 2
        assert self.over(earlier, successions=(RENEWED,)) == 0


def test_the_number_that_is_used_is_the_one_that_is_told() -> None:
    other = issued(VISA.kind, number="N9", max_stay_days=VISA.max_stay_days)
    grant = answer(authorisations=(SINGLE, other), crossings=(BY_VISA, LEFT)).grant
    assert grant is not None
    assert grant.number == "N9"
