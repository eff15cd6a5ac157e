"""BACKGROUND.STAY: overstay, a document used twice, impossible travel, an open offload."""

import datetime as dt
from dataclasses import replace

import pytest

from egate.domain.authorisation.stay import StayLength, StayLimit, last_day, length_of_stay
from egate.domain.authorisation.succession import Succession, SuccessionKind
from egate.domain.authorisation.travel_authorisation import AuthorisationKind
from egate.domain.authorisation.traveller import Offload, PastCrossing, Traveller
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, Outcome
from tests.authorisation_samples import (
    ARRIVING,
    BANGLADESHI,
    CITIZEN_ARRIVING,
    CITIZEN_DEPARTING,
    DEPARTING,
    ENTERED,
    OLDER,
    OTHER,
    PASSPORT,
    RENEWED,
    answer,
    at,
    check_of,
    day,
    issued,
)

Kind = AuthorisationKind
LEFT = replace(ENTERED, direction=Direction.EXIT, at=at("2026-11-10"), basis=None)
LATE = replace(DEPARTING, at=at("2026-12-02"))
"""Of 30 days from 1 November on, 30 November is the last."""
EXIT_VISA = issued(Kind.EXIT_VISA)


def staying(traveller: Traveller, *crossings: PastCrossing, **known: object) -> tuple[Outcome, str]:
    check = check_of(answer(traveller, crossings=crossings, **known), CheckId.STAY)
    return check.outcome, check.detail


class TestLength:
    def test_the_day_of_entry_is_day_1(self) -> None:
        assert last_day(day("2026-11-01"), StayLimit(1)) == day("2026-11-01")
        assert last_day(day("2026-11-01"), StayLimit(30)) == day("2026-11-30")
        assert last_day(day("2024-02-28"), StayLimit(3)) == day("2024-03-01")

    def test_without_a_limit_or_a_calendar_there_is_no_last_day(self) -> None:
        assert last_day(day("2026-11-01"), StayLimit(None)) is None
        assert last_day(dt.date.max, StayLimit(1)) == dt.date.max
        assert last_day(dt.date.max, StayLimit(2)) is None

    @pytest.mark.parametrize(
        ("on", "days_used", "overstay_days"),
        [("2026-10-31", 1, 0), ("2026-11-01", 1, 0), ("2026-11-30", 30, 0), ("2026-12-02", 32, 2)],
    )
    def test_days_used_and_overstayed(self, on: str, days_used: int, overstay_days: int) -> None:
        until = day("2026-11-30")
        found = length_of_stay(day("2026-11-01"), day(on), until)
        assert found == StayLength(until, days_used, overstay_days)


class TestOverstay:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2026-11-30", (Outcome.SUCCESSFUL, "within the stay that is allowed")),
            ("2026-12-01", (Outcome.FAILED, "1 days over the stay that is allowed")),
        ],
    )
    def test_the_last_day_counts(self, date: str, expected: tuple[Outcome, str]) -> None:
        assert staying(replace(DEPARTING, at=at(date, "23:30")), ENTERED) == expected

    def test_the_stay_is_told(self) -> None:
        found = answer(LATE, crossings=(ENTERED,))
        assert found.stay == StayLength(day("2026-11-30"), 32, 2)
        assert found.grant is None

    def test_an_exit_visa_settles_it(self) -> None:
        over = "2 days over the stay that is allowed"
        assert staying(LATE, ENTERED, authorisations=(EXIT_VISA,)) == (
            Outcome.SUCCESSFUL,
            f"{over}, settled by exit_visa",
        )
        other = replace(EXIT_VISA, linked_document=OTHER)
        assert staying(LATE, ENTERED, authorisations=(other,)) == (Outcome.FAILED, over)
        silent = frozenset({Kind.EXIT_VISA})
        assert staying(LATE, ENTERED, silent=silent) == (
            Outcome.UNDETERMINED,
            f"{over}, and no answer about exit_visa",
        )

    def test_what_an_authority_allowed_goes_before_the_rules(self) -> None:
        extended = replace(ENTERED, authorised_until=day("2026-12-02"))
        assert staying(LATE, extended)[0] is Outcome.SUCCESSFUL
        shortened = replace(ENTERED, authorised_until=day("2026-11-02"))
        assert staying(DEPARTING, shortened)[0] is Outcome.FAILED

    def test_the_rules_are_those_of_the_day_of_entry(self) -> None:
        arrived = replace(
            ENTERED, at=at("2026-01-14"), basis=Kind.VOA, max_stay_days=None, document=PASSPORT
        )
        leaving = replace(DEPARTING, nationality="JPN", at=at("2026-02-13"))
        assert staying(leaving, arrived) == (Outcome.FAILED, "1 days over the stay that is allowed")
        leaving = replace(leaving, at=at("2026-02-12"))
        assert staying(leaving, arrived)[0] is Outcome.SUCCESSFUL

    def test_no_visa_required_is_without_a_limit(self) -> None:
        long_ago = replace(ENTERED, at=at("2012-11-01"), basis=Kind.NVR, max_stay_days=None)
        found = answer(DEPARTING, crossings=(long_ago,))
        assert check_of(found, CheckId.STAY).outcome is Outcome.SUCCESSFUL
        assert found.stay is not None
        assert found.stay.allowed_until is None

    @pytest.mark.parametrize(
        "entry",
        [
            replace(ENTERED, basis=None),
            replace(ENTERED, max_stay_days=None),
            replace(ENTERED, basis=Kind.BMET_CLEARANCE),
        ],
    )
    def test_an_unknown_limit_is_no_limit_kept(self, entry: PastCrossing) -> None:
        reason = "how long the stay may be is not known"
        assert staying(DEPARTING, entry) == (Outcome.UNDETERMINED, reason)

    @pytest.mark.parametrize("crossings", [(), (LEFT,), (ENTERED, LEFT)])
    def test_an_exit_without_an_entry(self, crossings: tuple[PastCrossing, ...]) -> None:
        assert staying(DEPARTING, *crossings) == (Outcome.UNDETERMINED, "no entry is known")

    def test_the_entry_may_be_of_the_earlier_passport(self) -> None:
        earlier = replace(ENTERED, document=OLDER)
        assert staying(DEPARTING, earlier)[0] is Outcome.UNDETERMINED
        assert staying(DEPARTING, earlier, successions=(RENEWED,))[0] is Outcome.SUCCESSFUL


class TestReuse:
    @pytest.mark.parametrize("traveller", [ARRIVING, CITIZEN_ARRIVING])
    @pytest.mark.parametrize(("minutes", "is_held"), [(-239, True), (239, True), (240, False)])
    def test_twice_in_the_same_direction(
        self, traveller: Traveller, minutes: int, *, is_held: bool
    ) -> None:
        entered = replace(
            ENTERED, document=traveller.document, at=UtcSeconds(traveller.at - minutes * 60)
        )
        left = replace(entered, direction=Direction.EXIT, at=UtcSeconds(entered.at + 1))
        found = staying(traveller, entered, left)
        assert (found[0] is Outcome.FAILED) == is_held
        if is_held:
            assert found[1] == "entry of the same holder less than 240 minutes ago"

    @pytest.mark.parametrize(
        ("port", "minutes", "is_held"),
        [("BDBNP", 59, True), ("BDBNP", 60, False), ("BDDAC", 59, False)],
    )
    def test_nobody_is_at_two_ports_within_an_hour(
        self, port: str, minutes: int, *, is_held: bool
    ) -> None:
        came = replace(
            ENTERED, document=BANGLADESHI, port=port, at=UtcSeconds(ARRIVING.at - minutes * 60)
        )
        found = staying(CITIZEN_DEPARTING, came)
        assert (found[0] is Outcome.FAILED) == is_held
        if is_held:
            assert found[1] == "crossing at another port less than 60 minutes ago"

    def test_who_never_left_cannot_enter(self) -> None:
        reason = "entered before and did not leave"
        assert staying(ARRIVING, ENTERED) == (Outcome.FAILED, reason)
        assert staying(ARRIVING, ENTERED, LEFT) == (Outcome.SUCCESSFUL, "a stay begins")

    def test_of_a_citizen_it_is_told_and_not_held_against_them(self) -> None:
        entered = replace(ENTERED, document=BANGLADESHI)
        left = replace(LEFT, document=BANGLADESHI)
        told = (Outcome.SUCCESSFUL, "the last crossing was an entry too")
        assert staying(CITIZEN_ARRIVING, entered) == told
        told = (Outcome.SUCCESSFUL, "the last crossing was an exit too")
        assert staying(CITIZEN_DEPARTING, entered, left) == told
        assert staying(CITIZEN_DEPARTING)[1] == "a citizen's stay has no limit"

    def test_of_two_crossings_in_one_moment_the_exit_is_the_last(self) -> None:
        left = replace(LEFT, at=ENTERED.at)
        for crossings in ((ENTERED, left), (left, ENTERED)):
            assert staying(ARRIVING, *crossings)[0] is Outcome.SUCCESSFUL

    def test_two_entries_in_one_moment_say_the_same_in_any_order(self) -> None:
        shorter = replace(ENTERED, max_stay_days=3)
        one, other = (ENTERED, shorter), (shorter, ENTERED)
        assert staying(DEPARTING, *one) == staying(DEPARTING, *other)

    def test_a_second_passport_is_the_same_holder(self) -> None:
        just_now = replace(ENTERED, document=OTHER, at=UtcSeconds(ARRIVING.at - 600))
        assert staying(ARRIVING, just_now)[0] is Outcome.SUCCESSFUL
        dual = Succession(SuccessionKind.DUAL, OTHER, PASSPORT)
        assert staying(ARRIVING, just_now, successions=(dual,))[0] is Outcome.FAILED

    def test_without_the_centre_nothing_is_said(self) -> None:
        check = check_of(answer(crossings=None), CheckId.STAY)
        assert check.outcome is Outcome.UNDETERMINED
        assert check.detail == "earlier crossings are not known"


class TestOffload:
    ENTRY = Offload(BANGLADESHI, "BDDAC", at("2026-11-20"), at("2026-11-25"))

    @pytest.mark.parametrize(
        ("port", "reason"),
        [("BDBNP", "offloaded at another port"), ("BDDAC", "offloaded at this port")],
    )
    def test_it_holds_at_every_port(self, port: str, reason: str) -> None:
        trying = replace(CITIZEN_DEPARTING, port=port)
        found = staying(trying, offloads=(self.ENTRY,))
        assert found == (Outcome.FAILED, reason)
        found = check_of(answer(trying, offloads=(self.ENTRY,), crossings=None), CheckId.STAY)
        assert found.outcome is Outcome.FAILED

    @pytest.mark.parametrize(
        ("moment", "is_held"),
        [(-1, False), (0, True), (5 * 86_400 - 1, True), (5 * 86_400, False)],
    )
    def test_it_holds_as_long_as_it_is_valid(self, moment: int, *, is_held: bool) -> None:
        trying = replace(CITIZEN_DEPARTING, at=UtcSeconds(self.ENTRY.begins + moment))
        assert (staying(trying, offloads=(self.ENTRY,))[0] is Outcome.FAILED) == is_held

    def test_it_is_for_that_holder_and_for_exits(self) -> None:
        assert staying(CITIZEN_ARRIVING, offloads=(self.ENTRY,))[0] is Outcome.SUCCESSFUL
        renewed = replace(CITIZEN_DEPARTING, document=DEPARTING.document)
        assert staying(renewed, offloads=(self.ENTRY,))[0] is Outcome.SUCCESSFUL
        succession = Succession(SuccessionKind.REPLACED, BANGLADESHI, DEPARTING.document)
        found = staying(renewed, offloads=(self.ENTRY,), successions=(succession,))
        assert found[0] is Outcome.FAILED

    def test_it_is_told_beside_what_else_is_wrong(self) -> None:
        again = replace(ENTERED, document=BANGLADESHI, direction=Direction.EXIT)
        just_now = replace(again, at=UtcSeconds(CITIZEN_DEPARTING.at - 60))
        found = staying(CITIZEN_DEPARTING, just_now, offloads=(self.ENTRY,))
        reasons = "exit of the same holder less than 240 minutes ago; offloaded at this port"
        assert found == (Outcome.FAILED, reasons)
