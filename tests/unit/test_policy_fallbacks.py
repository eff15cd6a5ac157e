"""What is not held against whom while the centre cannot be asked."""

import tomllib
from dataclasses import replace

import pytest

from egate.domain.evidence import BackgroundEvidence
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy
from egate.domain.record import Direction, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity, complete
from egate.domain.session.machine import step
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from tests.gate_samples import (
    BACKGROUND,
    DOCUMENT,
    ENTERED,
    FACE_COMPARED,
    KIOSK_SESSION,
    MRZ_READ,
    ROOT,
    SESSION_ID,
    chip,
    entered,
    results,
)

CONTENT = tomllib.loads((ROOT / "config" / "policy.toml").read_text("utf-8"))
BEGINS = UtcSeconds(1_799_971_200.0)  # 2027-01-15T00:00:00Z
HOUR = 3600
FALLBACK = """
[[fallbacks]]
name = "citizens arriving"
condition = "centre_away"
when = {direction = "entry", citizens = true}
checks = ["BACKGROUND.STAY"]
from = 2027-01-15T00:00:00Z
until = 2027-01-15T12:00:00+06:00
"""
CITIZEN = replace(DOCUMENT, issuing_state="BGD", nationality="BGD")
OF_THE_CENTRE = (CheckId.AUTHORISATION, CheckId.STAY, CheckId.CLEARANCE)
LANE = LaneIdentity("DAC-E-01", "BDDAC", "0.1.0")


def policy(text: str = FALLBACK) -> Policy:
    content = {**CONTENT, **tomllib.loads(text)}
    parsed = parse_policy(content, "standard")
    demanded = dict.fromkeys(OF_THE_CENTRE, Obligation.MANDATORY)
    return replace(parsed, obligations={**parsed.obligations, **demanded})


def answered(reasons: tuple[str, ...] = ("centre_away",), **others: Outcome) -> BackgroundEvidence:
    outcomes = {"STAY": Outcome.UNDETERMINED, **others}
    return BackgroundEvidence(results(BACKGROUND, **outcomes), fallback_reasons=reasons)


def end_of(
    evidence: BackgroundEvidence,
    document: object = CITIZEN,
    at: float = BEGINS,
    direction: Direction = Direction.ENTRY,
    rules: Policy | None = None,
    **chips: Outcome,
) -> m.State:
    state: m.State = m.Idle()
    for event in (
        replace(ENTERED, at=UtcSeconds(at), direction=direction),
        replace(MRZ_READ, document=document),
        m.BackgroundChecked(SESSION_ID, evidence, document),
        m.ChipInspected(SESSION_ID, replace(chip(**chips), document=document)),
        FACE_COMPARED,
    ):
        state = step(state, event, Instant(0.0), rules or policy()).state
    return state


@pytest.mark.parametrize(
    ("after", "admitted"), [(-1, False), (0, True), (6 * HOUR - 1, True), (6 * HOUR, False)]
)
def test_a_fallback_holds_from_its_first_moment_to_its_end(after: int, *, admitted: bool) -> None:
    state = end_of(answered(), at=BEGINS + after)
    assert isinstance(state, m.Passing) == admitted
    if not admitted:
        assert isinstance(state, m.AwaitingOfficer)
        assert state.findings == (CheckId.STAY,)


def test_a_fallback_without_an_end_holds_until_further_notice() -> None:
    line = "until = 2027-01-15T12:00:00+06:00\n"
    assert line in FALLBACK
    open_end = policy(FALLBACK.replace(line, ""))
    assert isinstance(end_of(answered(), at=BEGINS + 9e6, rules=open_end), m.Passing)


def test_the_record_names_the_fallback_says_why_and_stays_true() -> None:
    state = end_of(answered())
    taken = step(state, m.PassageConfirmed(), Instant(1.0), policy())
    (report,) = [c for c in taken.commands if isinstance(c, m.Report)]
    record = complete(report, LANE, 1, UtcSeconds(BEGINS + 9))
    assert record.verdict is RecordVerdict.ADMIT
    assert record.fallback_reasons == ("centre_away",)
    (check,) = [c for c in record.checks if c.check_id is CheckId.STAY]
    assert check.outcome is Outcome.UNDETERMINED
    assert check.detail.startswith("fallback citizens arriving (centre_away); ")
    assert [c for c in record.checks if "fallback" in c.detail] == [check]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ABORTED, Outcome.NOT_SUPPORTED])
def test_only_what_could_not_be_determined_passes(outcome: Outcome) -> None:
    assert isinstance(end_of(answered(STAY=outcome)), m.AwaitingOfficer)


def test_whom_it_does_not_name_is_referred() -> None:
    assert isinstance(end_of(answered(), DOCUMENT), m.AwaitingOfficer)
    foreign = replace(CITIZEN, nationality="UTO")
    assert isinstance(end_of(answered(), foreign), m.AwaitingOfficer)
    assert isinstance(end_of(answered(), direction=Direction.EXIT), m.AwaitingOfficer)
    assert isinstance(end_of(answered(AUTHORISATION=Outcome.UNDETERMINED)), m.AwaitingOfficer)


def test_it_is_for_an_answer_that_was_given_without_the_centre_alone() -> None:
    for reasons in ((), ("lists_stale",)):
        assert isinstance(end_of(answered(reasons)), m.AwaitingOfficer)


def test_an_unsigned_claim_to_be_a_citizen_gets_none_of_it() -> None:
    lenient = replace(policy(), obligations=dict.fromkeys(CheckId, Obligation.EVALUATORY))
    strict = {**lenient.obligations, CheckId.STAY: Obligation.MANDATORY}
    lenient = replace(lenient, obligations=strict)
    assert isinstance(end_of(answered(), rules=lenient), m.Passing)
    for proof in ("DG_HASHES", "SOD_SIGNATURE"):
        forged = end_of(answered(), rules=lenient, **{proof: Outcome.FAILED})
        assert isinstance(forged, m.AwaitingOfficer)


def test_a_check_that_does_not_count_needs_no_fallback_on_the_record() -> None:
    noted = policy()
    noted = replace(noted, obligations={**noted.obligations, CheckId.STAY: Obligation.EVALUATORY})
    state = end_of(answered(), rules=noted)
    assert isinstance(state, m.Passing)
    assert state.session.background == answered()


def test_what_a_kiosk_named_is_not_named_again() -> None:
    at_kiosk = end_of(answered())
    assert isinstance(at_kiosk, m.Passing)
    session = at_kiosk.session
    assert session.chip is not None
    assert session.background is not None
    came = m.TokenRedeemed(SESSION_ID, KIOSK_SESSION, session.chip, session.background)
    state: m.State = m.Idle()
    for event in (
        replace(entered(m.Flow.TOKEN_GATE), at=BEGINS),
        replace(MRZ_READ, document=CITIZEN),
        came,
        FACE_COMPARED,
    ):
        state = step(state, event, Instant(0.0), policy()).state
    assert isinstance(state, m.Passing)
    assert state.session.background == session.background


def test_a_session_whose_background_never_answered_is_referred() -> None:
    state = end_of(answered())
    assert isinstance(state, m.Passing)
    unanswered = m.Inspecting(
        replace(state.session, background=None), Instant(0.0), Instant(30.0), m.Lane()
    )
    after = step(unanswered, m.DeadlineReached(Instant(30.0)), Instant(30.0), policy()).state
    assert isinstance(after, m.AwaitingOfficer)
    assert set(after.findings) == set(OF_THE_CENTRE) | {
        c
        for c, obligation in policy().obligations.items()
        if c in BACKGROUND and obligation is Obligation.MANDATORY
    }


def test_the_fallback_of_two_that_fits_is_named() -> None:
    two = FALLBACK.replace("citizens = true", "citizens = false").replace(
        "citizens arriving", "others arriving"
    )
    state = end_of(answered(), rules=policy(two + FALLBACK))
    assert isinstance(state, m.Passing)
    assert state.session.background is not None
    named = [c for c in state.session.background.checks if c.detail]
    assert named == [
        CheckResult(
            CheckId.STAY, Outcome.UNDETERMINED, "fallback citizens arriving (centre_away); "
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"citizens arriving"', '""', "name: is not a text on one line"),
        ('"centre_away"', '"lists_stale"', "condition: is none of centre_away"),
        ('"centre_away"', "3", "condition: is none of centre_away"),
        ('"centre_away"', "[]", "condition: is none of centre_away"),
        ("STAY", "WATCHLIST", "checks: are not of BACKGROUND.AUTHORISATION, "),
        ("STAY", "NONE", "checks: are not of "),
        ('["BACKGROUND.STAY"]', "[]", "checks: are not of "),
        ('["BACKGROUND.STAY"]', '"BACKGROUND.STAY"', "checks: is not a list of texts"),
        ('{direction = "entry", citizens = true}', "{}", "when: is empty"),
        ("citizens = true", "citizens = 1", "when.citizens: is neither true nor false"),
        ("2027-01-15T12:00:00+06:00", "2027-01-15T00:00:00Z", "until: is not after from"),
        ("2027-01-15T00:00:00Z", "2027-01-15", "from: is not a moment such as"),
        ("2027-01-15T12:00:00+06:00", "3", "until: is not a moment such as"),
        ("checks =", "check =", "check: unknown key"),
        ('condition = "centre_away"', "", "condition: is missing"),
    ],
)
def test_a_bad_fallback_is_told_in_one_line(old: str, new: str, fault: str) -> None:
    assert old in FALLBACK
    with pytest.raises(PolicyInvalid) as caught:
        policy(FALLBACK.replace(old, new))
    assert str(caught.value).startswith(f"fallbacks.1.{fault}")
    assert "\n" not in str(caught.value)


def test_two_fallbacks_of_one_name_could_not_be_told_apart() -> None:
    with pytest.raises(PolicyInvalid, match=r"^fallbacks\.2\.name: another fallback has it$"):
        policy(FALLBACK + FALLBACK)
