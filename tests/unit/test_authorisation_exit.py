"""What an exit needs: a foreigner's port of exit, a citizen's clearance."""

from dataclasses import replace
from typing import Any

import pytest

from egate.domain.authorisation.succession import Succession, SuccessionKind
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    DocumentKey,
    TravelAuthorisation,
    Verification,
)
from egate.domain.authorisation.traveller import PastCrossing, Purpose, Traveller
from egate.emrtd.checks import CheckId, Outcome
from tests.authorisation_samples import (
    BANGLADESHI,
    CITIZEN_ARRIVING,
    CITIZEN_DEPARTING,
    DEPARTING,
    ENTERED,
    OTHER,
    PASSPORT,
    RULES_TEXT,
    VISA,
    answer,
    check_of,
    day,
    issued,
    rules,
)

Kind = AuthorisationKind
ELSEWHERE = replace(VISA, exit_points=frozenset({"BDCGP"}))
ROUTE = issued(Kind.ROUTE_CHANGE, exit_points=frozenset({"BDDAC"}))
BMET = issued(Kind.BMET_CLEARANCE, linked_document=BANGLADESHI)
NOC = issued(Kind.NOC_GO, linked_document=BANGLADESHI)


def authorisation(traveller: Traveller = DEPARTING, **known: object) -> tuple[Outcome, str]:
    check = check_of(answer(traveller, **known), CheckId.AUTHORISATION)
    return check.outcome, check.detail


def clearance(
    purpose: Purpose, *authorisations: TravelAuthorisation, code: str = "P", **known: object
) -> tuple[Outcome, str]:
    traveller = replace(CITIZEN_DEPARTING, purpose=purpose, document_code=code)
    check = check_of(answer(traveller, authorisations=authorisations, **known), CheckId.CLEARANCE)
    return check.outcome, check.detail


class TestForeigners:
    def test_an_exit_needs_nothing_as_a_rule(self) -> None:
        assert authorisation() == (Outcome.SUCCESSFUL, "none is needed")
        assert authorisation(authorisations=(VISA,))[0] is Outcome.SUCCESSFUL

    @pytest.mark.parametrize("crossings", [(ENTERED,), None])
    def test_a_visa_for_other_ports_needs_a_change_of_route(
        self, crossings: tuple[PastCrossing, ...] | None
    ) -> None:
        known = {"crossings": crossings}
        refused = (Outcome.FAILED, "may leave by other ports without a change of route")
        assert authorisation(authorisations=(ELSEWHERE,), **known) == refused
        changed = authorisation(authorisations=(ELSEWHERE, ROUTE), **known)
        assert changed == (Outcome.SUCCESSFUL, "route_change")
        wrong = replace(ROUTE, exit_points=frozenset({"BDBNP"}))
        assert authorisation(authorisations=(ELSEWHERE, wrong), **known) == refused

    def test_a_doubtful_change_of_route_is_an_officers(self) -> None:
        seen = replace(ROUTE, verified_by=Verification.OFFICER_SIGHT)
        found = authorisation(authorisations=(ELSEWHERE, seen))
        assert found == (Outcome.UNDETERMINED, "route_change was not verified by a machine")

    @pytest.mark.parametrize("kind", [Kind.ROUTE_CHANGE, Kind.VISA_MRV])
    def test_without_an_answer_nothing_is_said(self, kind: Kind) -> None:
        found = authorisation(authorisations=(ELSEWHERE,), silent=frozenset({kind}))
        assert found == (Outcome.UNDETERMINED, f"no answer about {kind}")

    @pytest.mark.parametrize(
        "change",
        [
            {"status": AuthorisationStatus.CANCELLED},
            {"linked_document": OTHER},
            {"valid_to": day("2026-10-31")},  # before the entry
            {"kind": Kind.EXIT_VISA},
        ],
    )
    def test_only_what_one_may_have_entered_by_binds(self, change: dict[str, Any]) -> None:
        other = replace(ELSEWHERE, **change)
        found = authorisation(authorisations=(other,), crossings=(ENTERED,))
        assert found[0] is Outcome.SUCCESSFUL

    def test_a_visa_that_ended_during_the_stay_still_binds(self) -> None:
        ended = replace(ELSEWHERE, valid_to=day("2026-11-02"), status=AuthorisationStatus.EXPIRED)
        found = authorisation(authorisations=(ended,), crossings=(ENTERED,))
        assert found[0] is Outcome.FAILED

    def test_a_change_of_route_needs_a_rule(self) -> None:
        text = RULES_TEXT.replace("from = 2010-04-01\nfollows", "from = 2030-04-01\nfollows")
        assert text.count("2030") > 0
        found = answer(DEPARTING, rules(text), authorisations=(ELSEWHERE, ROUTE))
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.FAILED

    def test_no_clearance_is_asked_of_foreigners(self) -> None:
        check = check_of(answer(DEPARTING), CheckId.CLEARANCE)
        assert (check.outcome, check.detail) == (Outcome.SUCCESSFUL, "none is needed")


class TestCitizens:
    def test_the_own_passport_is_enough(self) -> None:
        assert authorisation(CITIZEN_DEPARTING)[0] is Outcome.SUCCESSFUL
        laissez_passer = replace(CITIZEN_DEPARTING, document=DocumentKey("UNO", "1"))
        found = (Outcome.UNDETERMINED, "a citizen with another State's document")
        assert authorisation(laissez_passer) == found

    def test_no_clearance_to_come_home(self) -> None:
        arriving = replace(CITIZEN_ARRIVING, purpose=Purpose.EMPLOYMENT)
        assert check_of(answer(arriving), CheckId.CLEARANCE).outcome is Outcome.SUCCESSFUL

    @pytest.mark.parametrize(
        ("purpose", "good"), [(Purpose.EMPLOYMENT, BMET), (Purpose.OFFICIAL, NOC)]
    )
    def test_what_a_purpose_demands(self, purpose: Purpose, good: TravelAuthorisation) -> None:
        kind = good.kind
        assert clearance(purpose, good) == (Outcome.SUCCESSFUL, kind)
        assert clearance(purpose) == (Outcome.UNDETERMINED, f"no {kind} is known")
        expired = replace(good, valid_to=day("2026-11-21"))
        assert clearance(purpose, expired) == (Outcome.UNDETERMINED, f"{kind} has expired")
        assert clearance(purpose, expired, good)[0] is Outcome.SUCCESSFUL
        (other,) = {BMET, NOC} - {good}
        assert clearance(purpose, other)[0] is Outcome.UNDETERMINED

    def test_a_system_that_is_down_refers_and_does_not_block(self) -> None:
        down = frozenset({Kind.BMET_CLEARANCE})
        found = clearance(Purpose.EMPLOYMENT, silent=down)
        assert found == (Outcome.UNDETERMINED, "no answer about bmet_clearance")
        found = clearance(Purpose.EMPLOYMENT, unconnected=down)
        assert found == (Outcome.UNDETERMINED, "no system of bmet_clearance is connected")
        assert clearance(Purpose.EMPLOYMENT, BMET, silent=down)[0] is Outcome.SUCCESSFUL
        assert clearance(Purpose.OTHER, silent=down) == (Outcome.SUCCESSFUL, "none is needed")

    def test_an_unknown_purpose(self) -> None:
        reason = "the purpose of the journey is not known"
        assert clearance(Purpose.UNKNOWN) == (Outcome.UNDETERMINED, reason)
        assert clearance(Purpose.UNKNOWN, BMET) == (Outcome.SUCCESSFUL, "bmet_clearance")

    @pytest.mark.parametrize("purpose", Purpose)
    def test_an_official_passport_asks_for_an_officials_clearance(self, purpose: Purpose) -> None:
        others = (BMET,) if purpose is Purpose.EMPLOYMENT else ()
        assert clearance(purpose, *others, code="PO")[0] is Outcome.UNDETERMINED
        assert clearance(purpose, *others, NOC, code="PO")[0] is Outcome.SUCCESSFUL

    def test_a_clearance_of_the_lost_passport(self) -> None:
        lost = Succession(SuccessionKind.REPLACED, BANGLADESHI, PASSPORT)
        known = {"successions": (lost,)}
        traveller = replace(CITIZEN_DEPARTING, document=PASSPORT, purpose=Purpose.EMPLOYMENT)
        found = answer(traveller, authorisations=(BMET,), **known)
        check = check_of(found, CheckId.CLEARANCE)
        assert check.outcome is Outcome.UNDETERMINED
        assert "linked anew" in check.detail
