"""Waivers: undetermined, one State, a few days, two officers, and on the record."""

import tomllib
from dataclasses import replace

import pytest

from egate.domain.policy.decide import Admit
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.machine import step
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import CheckId, Outcome
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    DOCUMENT,
    ENTERED,
    FACE_COMPARED,
    MRZ_READ,
    ROOT,
    SESSION_ID,
    chip,
)

TEXT = (ROOT / "config" / "policy.toml").read_text("utf-8")
DAY = 86_400
BEGINS = 1_800_000_000.0 - 1_800_000_000.0 % DAY  # of the samples' day, 2027-01-15
WAIVER = """
[[waivers]]
name = "UTO-CRL-1"
issuing_state = "UTO"
check = "ELECTRONIC.PA.DS_REVOCATION"
from = 2027-01-15T00:00:00Z
until = 2027-01-22T06:00:00+06:00
reason = "The CRL is late."
approved_by = ["A. Rahman", "S. Begum"]
"""
LATE = chip(DS_REVOCATION=Outcome.UNDETERMINED)


def policy(waiver: str = WAIVER) -> Policy:
    return parse_policy(tomllib.loads(TEXT + waiver), "standard")


def end_of(read: m.ChipInspected, at: float = BEGINS, rules: Policy | None = None) -> m.State:
    state: m.State = m.Idle()
    began = replace(ENTERED, at=UtcSeconds(at))
    answered = replace(BACKGROUND_CHECKED, document=read.evidence.document)
    for event in (began, MRZ_READ, read, FACE_COMPARED, answered):
        state = step(state, event, Instant(0.0), rules or policy()).state
    return state


@pytest.mark.parametrize(
    ("at", "admitted"),
    [(-1, False), (0, True), (7 * DAY - 1, True), (7 * DAY, False)],
)
def test_a_waiver_holds_from_its_first_moment_to_its_end(at: int, *, admitted: bool) -> None:
    state = end_of(m.ChipInspected(SESSION_ID, LATE), BEGINS + at)
    assert isinstance(state, m.Passing) == admitted
    if not admitted:
        assert isinstance(state, m.AwaitingOfficer)
        assert state.findings == (CheckId.DS_REVOCATION,)


def test_the_record_names_the_waiver_and_stays_true() -> None:
    state = end_of(m.ChipInspected(SESSION_ID, LATE))
    assert isinstance(state, m.Passing)
    assert isinstance(state.decision, Admit)
    taken = step(state, m.PassageConfirmed(), Instant(1.0), policy())
    (report,) = [c for c in taken.commands if isinstance(c, m.Report)]
    (check,) = [c for c in report.checks if c.check_id is CheckId.DS_REVOCATION]
    assert check.outcome is Outcome.UNDETERMINED
    assert check.detail.startswith("waiver UTO-CRL-1 until 2027-01-22; ")
    assert [c for c in report.checks if "waiver" in c.detail] == [check]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ABORTED, Outcome.NOT_SUPPORTED])
def test_only_what_could_not_be_determined_is_waived(outcome: Outcome) -> None:
    evidence = chip(DS_REVOCATION=outcome)
    assert isinstance(end_of(m.ChipInspected(SESSION_ID, evidence)), m.AwaitingOfficer)


def test_another_state_another_check_or_an_unsigned_claim_is_not_covered() -> None:
    other = replace(LATE, document=replace(DOCUMENT, issuing_state="BGD"))
    deviates = chip(DS_REVOCATION=Outcome.UNDETERMINED, MRZ_DG1=Outcome.UNDETERMINED)
    unsigned = chip(DS_REVOCATION=Outcome.UNDETERMINED, DG_HASHES=Outcome.FAILED)
    for evidence, findings in (
        (other, {CheckId.DS_REVOCATION}),
        (deviates, {CheckId.MRZ_DG1}),
        (unsigned, {CheckId.DG_HASHES, CheckId.DS_REVOCATION}),
    ):
        state = end_of(m.ChipInspected(SESSION_ID, evidence))
        assert isinstance(state, m.AwaitingOfficer)
        assert set(state.findings) == findings


def test_a_check_that_does_not_count_needs_no_waiver_on_the_record() -> None:
    noted = policy(
        WAIVER
        + """
[[rules]]
name = "r"
when = {issuing_states = ["UTO"]}
obligations = {"ELECTRONIC.PA.DS_REVOCATION" = "evaluatory"}
"""
    )
    state = end_of(m.ChipInspected(SESSION_ID, LATE), rules=noted)
    assert isinstance(state, m.Passing)
    assert state.session.chip == LATE


def test_what_is_no_revocation_may_be_waived_for_thirty_days() -> None:
    longer = WAIVER.replace("PA.DS_REVOCATION", "COM_SOD").replace("01-22", "02-14")
    assert policy(longer).waivers[0].period.last_day == "2027-02-14"
    with pytest.raises(PolicyInvalid, match="is more than 30 days after from"):
        policy(longer.replace("02-14T06:00:00", "02-14T06:00:01"))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"UTO-CRL-1"', '""', "name: is not a text on one line"),
        ('"UTO"', '"uto"', "issuing_state: 'uto' is no State"),
        ('"UTO"', "3", "issuing_state: 3 is no State"),
        ("PA.DS_REVOCATION", "PA.DG_HASHES", "check: may not be waived: it shows whose"),
        ("ELECTRONIC.PA.DS_REVOCATION", "BIOMETRIC.FACE", "check: is not of the document"),
        ("ELECTRONIC.PA.DS_REVOCATION", "SEAL.FORMAT", "check: is no check of a lane"),
        ('"ELECTRONIC.PA.DS_REVOCATION"', "3", "check: is no check of a lane"),
        ("01-22T06", "01-22T07", "until: is more than 7 days after from"),
        ("2027-01-22T06:00:00+06:00", "2027-01-15T00:00:00Z", "until: is not after from"),
        ("2027-01-15T00:00:00Z", "2027-01-15", "from: is not a moment such as"),
        ("2027-01-15T00:00:00Z", "2027-01-15T00:00:00", "from: is not a moment such as"),
        ("The CRL is late.", "x" * 201, "reason: is longer than 200 characters"),
        (', "S. Begum"', "", "approved_by: are not 2 officers"),
        ('"S. Begum"', '"a.  rahman "', "approved_by: are not 2 officers"),
        ('["A. Rahman", "S. Begum"]', "2", "approved_by: is not a list of texts"),
        ('"S. Begum"', '"S.\\nBegum"', "approved_by: is not a text on one line"),
        ("reason =", "because =", "because: unknown key"),
        ('reason = "The CRL is late."', "", "reason: is missing"),
    ],
)
def test_a_bad_waiver_is_told_in_one_line(old: str, new: str, fault: str) -> None:
    assert old in WAIVER
    with pytest.raises(PolicyInvalid) as caught:
        policy(WAIVER.replace(old, new))
    assert str(caught.value).startswith(f"waivers.1.{fault}")
    assert "\n" not in str(caught.value)


def test_two_waivers_of_one_name_could_not_be_told_apart() -> None:
    with pytest.raises(PolicyInvalid, match=r"^waivers\.2\.name: another waiver has it$"):
        policy(WAIVER + WAIVER)
