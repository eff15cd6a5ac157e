"""Obligations, findings, and a policy file that says what is wrong with it."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.policy.decide import Admit, Refer, Verdict, decide, face_check
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.session.case import case_of
from egate.domain.session.flow import Condition, Service
from egate.emrtd.checks import LANE_CHECKS, CheckId, CheckResult, Outcome
from tests.gate_samples import INSPECTED, POLICY, ROOT

TEXT = (ROOT / "config" / "policy.toml").read_text("utf-8")
STANDARD = "profiles.standard"
SIMILARITY = "min_similarity = 0.45"
EYES = "min_eye_distance_px = 50.0"
CASE = case_of(INSPECTED)
NEEDED = [c for c, o in POLICY.obligations.items() if o is not Obligation.EVALUATORY]
GOOD = dict.fromkeys(NEEDED, Outcome.SUCCESSFUL)


def verdict(outcomes: Mapping[CheckId, Outcome], similarity: float | None = 0.8) -> Verdict:
    return decide([CheckResult(c, o) for c, o in outcomes.items()], similarity, POLICY, CASE)


def test_all_good_is_admitted_under_the_policys_name() -> None:
    assert verdict(GOOD) == Admit(POLICY.version)


@pytest.mark.parametrize("check_id", NEEDED)
@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.SUCCESSFUL])
def test_each_check_that_counts_counts(check_id: CheckId, outcome: Outcome) -> None:
    tolerated = (
        POLICY.obligations[check_id] is Obligation.OPTIONAL and outcome is Outcome.NOT_SUPPORTED
    )
    expected = Admit(POLICY.version) if tolerated else Refer(POLICY.version, frozenset({check_id}))
    assert verdict(GOOD | {check_id: outcome}) == expected


@pytest.mark.parametrize("check_id", NEEDED)
def test_a_missing_result_counts_against(check_id: CheckId) -> None:
    outcomes = {c: o for c, o in GOOD.items() if c is not check_id}
    assert verdict(outcomes) == Refer(POLICY.version, frozenset({check_id}))


def test_a_gap_that_a_failure_explains_is_no_finding_of_its_own() -> None:
    outcomes = {CheckId.ACCESS: Outcome.ABORTED}
    assert verdict(outcomes) == Refer(POLICY.version, frozenset({CheckId.ACCESS}))


@pytest.mark.parametrize("similarity", [None, 0.41, float("nan")])
def test_a_face_check_without_the_similarity_is_not_believed(similarity: float | None) -> None:
    assert verdict(GOOD, similarity) == Refer(POLICY.version, frozenset({CheckId.FACE}))


def test_the_gates_policy_needs_what_makes_a_document_and_its_holder_genuine() -> None:
    mandatory = {c for c, o in POLICY.obligations.items() if o is Obligation.MANDATORY}
    passive_authentication = {c for c in CheckId if c.startswith("ELECTRONIC.PA.")}
    assert len(passive_authentication) == 6
    assert mandatory >= passive_authentication | {
        CheckId.OPTICAL_MRZ_CHECK_DIGITS,
        CheckId.OPTICAL_MRZ_EXPIRY,
        CheckId.ACCESS,
        CheckId.COM_SOD,
        CheckId.MRZ_DG1,
        CheckId.FACE_CAPTURE,
        CheckId.FACE_QUALITY,
        CheckId.FACE,
        CheckId.SINGLE_PERSON,
    }
    for check_id in (CheckId.ACTIVE_AUTHENTICATION, CheckId.CHIP_AUTHENTICATION):
        assert POLICY.obligations[check_id] is Obligation.OPTIONAL
    assert POLICY.obligations.keys() == set(LANE_CHECKS)


def test_of_two_results_the_worse_counts() -> None:
    checks = [CheckResult(c, o) for c, o in GOOD.items()]
    checks.insert(0, CheckResult(CheckId.DG_HASHES, Outcome.FAILED))
    assert decide(checks, 0.8, POLICY, CASE) == Refer(
        POLICY.version, frozenset({CheckId.DG_HASHES})
    )


def test_nothing_is_referred() -> None:
    assert isinstance(decide([], None, POLICY, CASE), Refer)


@given(
    st.dictionaries(st.sampled_from(LANE_CHECKS), st.sampled_from(Outcome)),
    st.none() | st.floats(-1, 1),
)
def test_only_complete_success_admits(
    outcomes: dict[CheckId, Outcome], similarity: float | None
) -> None:
    admitted = isinstance(verdict(outcomes, similarity), Admit)
    complete = all(POLICY.obligations[c].is_met_by(outcomes.get(c)) for c in POLICY.obligations)
    alike = similarity is not None and similarity >= POLICY.profile.min_similarity
    assert admitted == (complete and alike)


@pytest.mark.parametrize(("similarity", "outcome"), [(0.45, "successful"), (0.4499, "failed")])
def test_faces_match_from_the_threshold_on(similarity: float, outcome: str) -> None:
    assert face_check(similarity, POLICY).outcome == outcome


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('version = "2026-11.9"', "version = 3", "version: is not a text"),
        ("placements = 3", "placements = 0", "placements: is not a whole number from 1 to 10"),
        ("placements = 3", "placements = inf", "placements: is not a whole number from 1 to 10"),
        ("placements = 3", "placement = 3", "placement: unknown key"),
        ("placements = 3", "", "placements: is missing"),
        ('own_state = "BGD"', 'own_state = "Bd"', "own_state: is not three capital letters"),
        ('own_state = "BGD"', "own_state = 3", "own_state: is not three capital letters"),
        ("release = 15.0", "release = 16.0", "seconds.release: is not above 0 and at most 15"),
        ("opening = 5.0", "opening = 6.0", "seconds.opening: is not above 0 and at most 5"),
        ("look = 0.3", "look = 0.6", "seconds.look: is not above 0 and at most 0.5"),
        ("look = 0.3", "look = 0.1", "seconds.look: is not at least 0.2"),
        ("unwatched = 0.8", "unwatched = 3.0", "seconds.unwatched: is not above 0 and at most 2"),
        ("unwatched = 0.8", "", "seconds.unwatched: is missing"),
        ('lists_old = "feeder"', 'lists_old = "open"', "conditions.lists_old: is none of full"),
        ('lists_old = "feeder"', "", "conditions.lists_old: is missing"),
        (SIMILARITY, "min_similarity = nan", f"{STANDARD}.min_similarity: is not above 0"),
        (SIMILARITY, "min_similarity = 1.1", f"{STANDARD}.min_similarity: is not above 0 and at"),
        (SIMILARITY, 'min_similarity = "x"', f"{STANDARD}.min_similarity: is not a number"),
        (SIMILARITY, "min_similarity = true", f"{STANDARD}.min_similarity: is not a number"),
        (SIMILARITY, "", f"{STANDARD}.min_similarity: is missing"),
        (SIMILARITY, f"{SIMILARITY}\nmood = 1", f"{STANDARD}.mood: unknown key"),
        ("max_pad_score = 0.35", "max_pad_score = nan", f"{STANDARD}.max_pad_score: is not from"),
        ("face_attempts = 2", "face_attempts = 3", f"{STANDARD}.face_attempts: is not a whole"),
        ("frames = 3", "frames = 0", f"{STANDARD}.frames: is not a whole number from 1 to 3"),
        ("frame_seconds = 6.0", "frame_seconds = 31", f"{STANDARD}.frame_seconds: is not above 0"),
        ("face_seconds = 10.0", "face_seconds = 0", f"{STANDARD}.face_seconds: is not above 0"),
        ("face_seconds = 10.0", "face_seconds = 15", f"{STANDARD}.face_seconds: the attempts take"),
        (EYES, "min_eye_distance_px = inf", f"{STANDARD}.quality.min_eye_distance_px: is not a n"),
        (EYES, 'min_eye_distance_px = "x"', f"{STANDARD}.quality.min_eye_distance_px: is not a n"),
        ("[profiles.standard.quality]", "[profiles.standard.qualms]", f"{STANDARD}.qualms: unkn"),
        ("[profiles.strict]", "[profiles.strict]\nmood = 1", "profiles.strict.mood: unknown key"),
        ("mrz = 20.0", "mrz = 0", "seconds.mrz: is not above 0 and at most 600"),
        ("mrz = 20.0", "", "seconds.mrz: is missing"),
        ("mrz = 20.0", "mrz = 20.0\nlunch = 1", "seconds.lunch: unknown key"),
        ("[seconds]", "[second]", "second: unknown key"),
        ('ACCESS" = "mandatory"', 'ACCESS" = "maybe"', "obligations.ELECTRONIC.ACCESS: is none of"),
        ('"BIOMETRIC.PAD" =', '"BIOMETRIC.MOOD" =', "obligations.BIOMETRIC.MOOD: unknown key"),
        ('"OPTICAL.UV" = "evaluatory"', "", "obligations.OPTICAL.UV: is missing"),
    ],
)
def test_a_bad_policy_is_told_in_one_line(old: str, new: str, fault: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(tomllib.loads(TEXT.replace(old, new, 1)), "standard")
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("said", "left"), [("", Service.FULL), ("closing", Service.CLOSING)])
def test_a_policy_of_before_holds_and_a_new_one_weighs_broken_evidence(
    said: str, left: Service
) -> None:
    content = tomllib.loads(TEXT)
    if said:
        content["conditions"]["evidence_broken"] = said
    policy = parse_policy(content, "standard")
    assert policy.services[Condition.EVIDENCE_BROKEN] is left


@pytest.mark.parametrize(
    ("said", "counts"),
    [("", Obligation.EVALUATORY), ("mandatory", Obligation.MANDATORY)],
)
def test_so_does_one_of_before_seals_were_verified(said: str, counts: Obligation) -> None:
    content = tomllib.loads(TEXT)
    del content["obligations"]["OPTICAL.SEAL"]
    if said:
        content["obligations"]["OPTICAL.SEAL"] = said
    assert parse_policy(content, "standard").obligations[CheckId.OPTICAL_SEAL] is counts


def test_a_table_that_is_none_is_told() -> None:
    content = tomllib.loads(TEXT) | {"seconds": 3}
    with pytest.raises(PolicyInvalid, match="seconds: is not a table"):
        parse_policy(content, "standard")


def test_a_profile_that_is_none_is_told() -> None:
    content = tomllib.loads(TEXT)
    with pytest.raises(PolicyInvalid, match=r"^profiles\.mild: is missing$"):
        parse_policy(content, "mild")
    content["profiles"]["mild"] = 1
    with pytest.raises(PolicyInvalid, match=r"^profiles\.mild: is not a table$"):
        parse_policy(content, "standard")


def test_a_lane_chooses_its_profile() -> None:
    strict = parse_policy(tomllib.loads(TEXT), "strict").profile
    standard = POLICY.profile
    assert (standard.name, strict.name) == ("standard", "strict")
    assert strict.min_similarity > standard.min_similarity
    assert strict.max_pad_score < standard.max_pad_score
    assert face_check(0.46, POLICY).outcome is Outcome.SUCCESSFUL
    assert face_check(0.47, replace(POLICY, profile=strict)).outcome is Outcome.FAILED
