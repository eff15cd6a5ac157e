"""BACKGROUND.AUTHORISATION on entry: who may come in, by what, and until when."""

from dataclasses import replace
from typing import Any

import pytest

from egate.domain.authorisation.succession import Succession, SuccessionKind
from egate.domain.authorisation.travel_authorisation import (
    ENTRY_KINDS,
    AuthorisationKind,
    AuthorisationStatus,
    TravelAuthorisation,
    Verification,
)
from egate.emrtd.checks import CheckId, Outcome
from tests.authorisation_samples import (
    ARRIVING,
    BANGLADESHI,
    CITIZEN_ARRIVING,
    OLDER,
    OTHER,
    PASSPORT,
    RENEWED,
    RULES,
    RULES_TEXT,
    VISA,
    answer,
    at,
    check_of,
    day,
    issued,
    rules,
)

Kind = AuthorisationKind
REPLACED = Succession(SuccessionKind.REPLACED, OLDER, PASSPORT)
DUAL = Succession(SuccessionKind.DUAL, OLDER, PASSPORT)


def outcome(*authorisations: TravelAuthorisation, **known: object) -> tuple[Outcome, str]:
    found = answer(authorisations=authorisations, **known)
    check = check_of(found, CheckId.AUTHORISATION)
    assert (found.grant is not None) == (check.outcome is Outcome.SUCCESSFUL)
    return check.outcome, check.detail


def test_every_check_comes_exactly_once() -> None:
    assert [each.check_id for each in answer().checks] == [
        CheckId.AUTHORISATION,
        CheckId.CLEARANCE,
        CheckId.STAY,
    ]


def test_a_visa_lets_in_until_its_days_are_over() -> None:
    found = answer(authorisations=(VISA,))
    assert {each.outcome for each in found.checks} == {Outcome.SUCCESSFUL}
    assert found.grant is not None
    assert found.grant.kind is Kind.VISA_MRV
    assert found.authorised_until == day("2027-01-20")  # day 60, of which today is the first


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"valid_from": day("2026-11-23")}, "visa_mrv is not yet valid"),
        ({"valid_to": day("2026-11-21")}, "visa_mrv has expired"),
        ({"entries_allowed": 2, "entries_used": 2}, "visa_mrv has no entry left"),
        ({"entry_points": frozenset({"BDCGP"})}, "visa_mrv is for other ports of entry"),
        ({"linked_document": OTHER}, "visa_mrv was issued for another document"),
        ({"status": AuthorisationStatus.CANCELLED}, "visa_mrv is cancelled"),
        ({"status": AuthorisationStatus.USED}, "visa_mrv is used"),
        ({"status": AuthorisationStatus.SUSPENDED}, "visa_mrv is suspended"),
    ],
)
def test_one_fault_is_enough(change: dict[str, Any], fault: str) -> None:
    assert outcome(replace(VISA, **change)) == (Outcome.FAILED, fault)


@pytest.mark.parametrize(
    "change",
    [
        {"valid_from": day("2026-11-22"), "valid_to": day("2026-11-22")},
        {"valid_to": None},
        {"entries_allowed": 2, "entries_used": 1},
        {"entry_points": frozenset({"BDCGP", "BDDAC"}), "exit_points": frozenset({"BDCGP"})},
        {"verified_by": Verification.SEAL},
    ],
)
def test_what_is_just_enough(change: dict[str, Any]) -> None:
    assert outcome(replace(VISA, **change)) == (Outcome.SUCCESSFUL, "visa_mrv")


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"conditions": "With the sponsor."}, "visa_mrv has conditions that an officer reads"),
        ({"verified_by": Verification.OFFICER_SIGHT}, "visa_mrv was not verified by a machine"),
        ({"max_stay_days": None}, "visa_mrv names no length of stay"),
    ],
)
def test_what_only_an_officer_can_say(change: dict[str, Any], doubt: str) -> None:
    assert outcome(replace(VISA, **change)) == (Outcome.UNDETERMINED, doubt)
    assert outcome(replace(VISA, **change, valid_to=day("2026-11-21")))[0] is Outcome.FAILED


def test_the_day_is_that_of_the_ports_clocks() -> None:
    last = replace(VISA, valid_to=day("2026-11-22"))
    late = {"2026-11-22": Outcome.SUCCESSFUL, "2026-11-23": Outcome.FAILED}
    for date, expected in late.items():
        traveller = replace(ARRIVING, at=at(date, "00:30"))  # of which UTC's is the day before
        found = answer(traveller, authorisations=(last,))
        assert check_of(found, CheckId.AUTHORISATION).outcome is expected


def test_a_good_one_is_enough_and_the_longest_stay_counts() -> None:
    longer = issued(Kind.E_VISA, number="EV7", max_stay_days=90)
    expired = replace(issued(Kind.ETA), valid_to=day("2026-01-02"))
    found = answer(authorisations=(expired, VISA, longer))
    assert found.grant is not None
    assert (found.grant.kind, found.grant.limit.days) == (Kind.E_VISA, 90)
    assert found.grant.number == "EV7"
    assert "EV7" not in repr(found)
    assert found.rules_version == RULES.version


def test_nothing_known_is_no_entry() -> None:
    assert outcome() == (Outcome.FAILED, "no authorisation is known")
    clearance = issued(Kind.BMET_CLEARANCE)
    assert outcome(clearance) == (Outcome.FAILED, "no authorisation is known")


@pytest.mark.parametrize("kind", sorted(ENTRY_KINDS - {Kind.VISA_MRV, Kind.E_VISA}))
def test_a_kind_is_for_whom_the_rules_name(kind: Kind) -> None:
    expected = kind in {Kind.ETA, Kind.NVR, Kind.COI}
    assert (outcome(issued(kind))[0] is Outcome.SUCCESSFUL) == expected


class TestSuccession:
    def test_a_visa_of_the_renewed_passport_still_holds(self) -> None:
        visa = replace(VISA, linked_document=OLDER)
        assert outcome(visa)[0] is Outcome.FAILED
        assert outcome(visa, successions=(RENEWED,))[0] is Outcome.SUCCESSFUL

    @pytest.mark.parametrize("succession", [RENEWED, REPLACED])
    def test_an_nvr_is_linked_to_the_new_passport_by_the_succession(
        self, succession: Succession
    ) -> None:
        nvr = replace(issued(Kind.NVR), linked_document=OLDER, max_stay_days=None)
        assert outcome(nvr) == (Outcome.FAILED, "nvr was issued for another document")
        found = answer(authorisations=(nvr,), successions=(succession,))
        assert found.grant is not None
        assert found.grant.limit.days is None
        assert found.authorised_until is None

    @pytest.mark.parametrize(
        ("kind", "succession"),
        [(Kind.VISA_MRV, REPLACED), (Kind.E_VISA, RENEWED), (Kind.NVR, DUAL)],
    )
    def test_what_does_not_follow_has_to_be_linked_anew(
        self, kind: Kind, succession: Succession
    ) -> None:
        old = issued(kind, linked_document=OLDER)
        reason = "has to be linked anew: it was issued for another document of the holder"
        assert outcome(old, successions=(succession,)) == (Outcome.FAILED, f"{kind} {reason}")

    def test_the_old_passport_inherits_nothing_from_the_new_one(self) -> None:
        found = answer(
            replace(ARRIVING, document=OLDER), authorisations=(VISA,), successions=(RENEWED,)
        )
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.FAILED


class TestDatedRules:
    @pytest.mark.parametrize(
        ("date", "expected", "detail"),
        [
            ("2026-01-14", Outcome.SUCCESSFUL, "voa"),
            ("2026-01-15", Outcome.FAILED, "voa is suspended until 2026-02-15"),
            ("2026-02-15", Outcome.FAILED, "voa is suspended until 2026-02-15"),
            ("2026-02-16", Outcome.SUCCESSFUL, "voa"),
        ],
    )
    def test_visa_on_arrival_and_its_suspension(
        self, date: str, expected: Outcome, detail: str
    ) -> None:
        japanese = replace(ARRIVING, nationality="JPN", at=at(date))
        found = answer(japanese, authorisations=(issued(Kind.VOA, max_stay_days=None),))
        check = check_of(found, CheckId.AUTHORISATION)
        assert (check.outcome, check.detail) == (expected, detail)
        if found.grant:
            assert found.grant.limit.days == 30

    @pytest.mark.parametrize(("issued_days", "days"), [(60, 30), (10, 10)])
    def test_of_rule_and_authorisation_the_fewer_days_hold(
        self, issued_days: int, days: int
    ) -> None:
        japanese = replace(ARRIVING, nationality="JPN")
        found = answer(japanese, authorisations=(issued(Kind.VOA, max_stay_days=issued_days),))
        assert found.grant is not None
        assert found.grant.limit.days == days

    def test_a_visa_on_arrival_is_for_one_entry_whatever_it_says(self) -> None:
        japanese = replace(ARRIVING, nationality="JPN")
        used = issued(Kind.VOA, entries_allowed=5, entries_used=1)
        check = check_of(answer(japanese, authorisations=(used,)), CheckId.AUTHORISATION)
        assert check.detail == "voa has no entry left; voa may be asked for at its desk"

    @pytest.mark.parametrize(
        ("date", "detail"),
        [
            ("2026-11-22", "no authorisation is known; voa may be asked for at its desk"),
            ("2026-01-20", "no authorisation is known; voa is suspended until 2026-02-15"),
        ],
    )
    def test_who_may_ask_at_the_desk_is_sent_there(self, date: str, detail: str) -> None:
        found = answer(replace(ARRIVING, nationality="JPN", at=at(date)))
        check = check_of(found, CheckId.AUTHORISATION)
        assert (check.outcome, check.detail) == (Outcome.FAILED, detail)

    def test_exempt_nationals_need_nothing_for_90_days(self) -> None:
        found = answer(replace(ARRIVING, nationality="CHE"))
        assert found.grant is not None
        assert (found.grant.kind, found.grant.limit.days) == (Kind.VISA_EXEMPT, 90)
        assert found.authorised_until == day("2027-02-19")

    def test_a_suspended_exemption_lets_nobody_in(self) -> None:
        more = '[[suspended]]\nkind = "visa_exempt"\nfrom = 2026-11-22\n'
        swiss = replace(ARRIVING, nationality="CHE")
        check = check_of(answer(swiss, rules(RULES_TEXT + more)), CheckId.AUTHORISATION)
        assert check.outcome is Outcome.FAILED

    def test_a_suspension_may_have_no_end_yet(self) -> None:
        more = '[[suspended]]\nkind = "visa_mrv"\nfrom = 2026-11-22\n'
        found = answer(rules=rules(RULES_TEXT + more), authorisations=(VISA,))
        assert check_of(found, CheckId.AUTHORISATION).detail == "visa_mrv is suspended"

    def test_who_is_not_admitted_by_a_machine(self) -> None:
        found = answer(replace(ARRIVING, nationality="ISR"), authorisations=(VISA,))
        check = check_of(found, CheckId.AUTHORISATION)
        assert check.outcome is Outcome.FAILED
        assert check.detail == "nobody of this nationality is admitted"

    def test_no_rule_before_its_first_day(self) -> None:
        early = replace(ARRIVING, at=at("2009-12-31"))
        assert check_of(answer(early), CheckId.AUTHORISATION).outcome is Outcome.FAILED


class TestSystems:
    def test_without_an_answer_nothing_is_said(self) -> None:
        silent = frozenset({Kind.E_VISA, Kind.VISA_MRV, Kind.NOC_GO})
        assert outcome(silent=silent) == (Outcome.UNDETERMINED, "no answer about e_visa, visa_mrv")
        expired = replace(VISA, valid_to=day("2026-01-02"))
        assert outcome(expired, silent=silent)[0] is Outcome.UNDETERMINED
        assert outcome(issued(Kind.ETA), silent=silent)[0] is Outcome.SUCCESSFUL

    def test_what_would_not_help_need_not_answer(self) -> None:
        assert outcome(silent=frozenset({Kind.SAARC_STICKER}))[0] is Outcome.FAILED

    def test_a_gate_without_systems_says_so(self) -> None:
        reason = "no system of authorisations is connected"
        assert outcome(unconnected=ENTRY_KINDS) == (Outcome.NOT_SUPPORTED, reason)
        assert outcome(unconnected=frozenset({Kind.ETA}))[0] is Outcome.FAILED

    def test_no_system_is_needed_to_know_who_is_exempt(self) -> None:
        systems = ENTRY_KINDS - {Kind.VISA_EXEMPT}
        more = '[[suspended]]\nkind = "visa_exempt"\nfrom = 2026-11-22\n'
        swiss = replace(ARRIVING, nationality="CHE")
        found = answer(swiss, rules(RULES_TEXT + more), unconnected=systems)
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.NOT_SUPPORTED


class TestCitizens:
    def test_a_citizen_needs_none(self) -> None:
        found = answer(CITIZEN_ARRIVING, silent=frozenset(Kind), crossings=())
        check = check_of(found, CheckId.AUTHORISATION)
        assert (check.outcome, check.detail) == (Outcome.SUCCESSFUL, "a citizen needs none")
        assert found.grant is None

    def test_a_citizen_without_a_passport_is_never_turned_down(self) -> None:
        stranded = replace(CITIZEN_ARRIVING, document=PASSPORT)
        check = check_of(answer(stranded), CheckId.AUTHORISATION)
        assert (check.outcome, check.detail) == (Outcome.UNDETERMINED, "no authorisation is known")
        permit = issued(Kind.TRAVEL_PERMIT, max_stay_days=None)
        found = answer(stranded, authorisations=(permit,))
        assert check_of(found, CheckId.AUTHORISATION).outcome is Outcome.SUCCESSFUL

    def test_a_foreigner_with_a_document_of_this_state_is_no_citizen(self) -> None:
        stateless = replace(ARRIVING, document=BANGLADESHI, nationality="XXA")
        assert check_of(answer(stateless), CheckId.AUTHORISATION).outcome is Outcome.FAILED
