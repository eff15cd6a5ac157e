"""The checks of the page's pictures in a session: taken along, and waited for where they count."""

from dataclasses import replace

import pytest

from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.machine import step
from egate.domain.time import Instant
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from tests.gate_samples import (
    BACKGROUND_CHECKED,
    CHIP_INSPECTED,
    ENTERED,
    FACE_COMPARED,
    MRZ_READ,
    OPTICAL,
    OTHER_ID,
    PAGE_INSPECTED,
    POLICY,
    SESSION_ID,
    entered,
    face,
    results,
)

NOW = Instant(100.0)
FINAL = (CHIP_INSPECTED, FACE_COMPARED, BACKGROUND_CHECKED)
FORGED = m.PageInspected(SESSION_ID, results(PAGE_CHECKS, OPTICAL_UV=Outcome.FAILED))
DULL = {CheckId.OPTICAL_UV: Obligation.MANDATORY}
COUNTS = replace(POLICY, obligations={**POLICY.obligations, **DULL})
OPTIONAL = replace(
    POLICY, obligations={**POLICY.obligations, CheckId.OPTICAL_UV: Obligation.OPTIONAL}
)
WITHOUT_SCANNER = replace(
    MRZ_READ, checks=(*results(OPTICAL), *results(PAGE_CHECKS, Outcome.NOT_SUPPORTED))
)


def play(policy: Policy, *events: m.Event, state: m.State | None = None) -> m.State:
    state = state or m.Idle()
    for event in events:
        state = step(state, event, NOW, policy).state
    return state


def record_of(state: m.State, policy: Policy = POLICY) -> dict[CheckId, Outcome]:
    taken = step(state, m.PassageConfirmed(), NOW, policy)
    (report,) = [c for c in taken.commands if isinstance(c, m.Report)]
    return {check.check_id: check.outcome for check in report.checks}


def test_the_page_is_inspected_from_the_moment_that_its_mrz_is_read() -> None:
    for flow in m.Flow:
        state = play(POLICY, entered(flow))
        assert m.InspectPage(SESSION_ID) in step(state, MRZ_READ, NOW, POLICY).commands


def test_what_counts_nowhere_is_not_waited_for_and_stops_nobody() -> None:
    state = play(POLICY, ENTERED, MRZ_READ, *FINAL)
    assert isinstance(state, m.Passing)
    state = play(POLICY, ENTERED, MRZ_READ, FORGED, *FINAL)
    assert isinstance(state, m.Passing)
    assert record_of(state)[CheckId.OPTICAL_UV] is Outcome.FAILED


@pytest.mark.parametrize("policy", [COUNTS, OPTIONAL], ids=["mandatory", "optional"])
def test_a_check_that_counts_is_waited_for(policy: Policy) -> None:
    waiting = play(policy, ENTERED, MRZ_READ, *FINAL)
    assert isinstance(waiting, m.Inspecting)
    assert isinstance(play(policy, PAGE_INSPECTED, state=waiting), m.Passing)
    referred = play(policy, FORGED, state=waiting)
    assert isinstance(referred, m.AwaitingOfficer)
    assert referred.findings == (CheckId.OPTICAL_UV,)


def test_nobody_waits_longer_than_for_the_rest() -> None:
    waiting = play(COUNTS, ENTERED, MRZ_READ, *FINAL)
    assert isinstance(waiting, m.Inspecting)
    late = play(COUNTS, m.DeadlineReached(waiting.deadline), state=waiting)
    assert isinstance(late, m.AwaitingOfficer)
    assert late.findings == (CheckId.OPTICAL_UV,)


def test_the_page_may_be_what_fills_the_last_gap_or_the_first() -> None:
    first = play(COUNTS, ENTERED, MRZ_READ, PAGE_INSPECTED, *FINAL)
    between = play(COUNTS, ENTERED, MRZ_READ, FINAL[0], PAGE_INSPECTED, *FINAL[1:])
    assert isinstance(first, m.Passing)
    assert isinstance(between, m.Passing)


def test_in_a_lane_without_a_scanner_nobody_waits() -> None:
    assert isinstance(play(POLICY, ENTERED, WITHOUT_SCANNER, *FINAL), m.Passing)
    assert isinstance(play(OPTIONAL, ENTERED, WITHOUT_SCANNER, *FINAL), m.Passing)
    referred = play(COUNTS, ENTERED, WITHOUT_SCANNER, *FINAL)
    assert isinstance(referred, m.AwaitingOfficer)
    assert referred.findings == (CheckId.OPTICAL_UV,)


def test_the_page_of_another_traveller_is_nothing_to_this_one() -> None:
    waiting = play(COUNTS, ENTERED, MRZ_READ, *FINAL)
    for stranger in (PAGE_INSPECTED, FORGED):
        assert play(COUNTS, replace(stranger, session=OTHER_ID), state=waiting) == waiting


def test_at_two_doors_the_page_counts_before_the_first_one_opens() -> None:
    outside = (entered(m.Flow.TWO_STEP), MRZ_READ, CHIP_INSPECTED, BACKGROUND_CHECKED)
    assert isinstance(play(COUNTS, *outside), m.Inspecting)
    assert isinstance(play(COUNTS, *outside, FORGED), m.AwaitingOfficer)
    assert isinstance(play(COUNTS, *outside, PAGE_INSPECTED), m.Entering)


def test_at_two_doors_the_printed_portrait_counts_at_the_second_one() -> None:
    portrait = {CheckId.PORTRAIT: Obligation.MANDATORY}
    policy = replace(POLICY, obligations={**POLICY.obligations, **portrait})
    outside = (entered(m.Flow.TWO_STEP), MRZ_READ, CHIP_INSPECTED, BACKGROUND_CHECKED)
    inside = play(policy, *outside, m.TravellerInside(), m.EntryClosed())
    assert isinstance(inside, m.Verifying)
    differs = m.FaceCompared(SESSION_ID, face(PORTRAIT=Outcome.FAILED))
    assert isinstance(play(policy, differs, state=inside), m.AwaitingOfficer)
    assert isinstance(play(policy, FACE_COMPARED, state=inside), m.Passing)


def test_at_two_doors_what_comes_later_is_taken_along() -> None:
    outside = (entered(m.Flow.TWO_STEP), MRZ_READ, CHIP_INSPECTED, BACKGROUND_CHECKED)
    stepping_in = play(POLICY, *outside, FORGED, m.TravellerInside(), m.EntryClosed())
    passing = play(POLICY, FACE_COMPARED, state=stepping_in)
    assert record_of(passing)[CheckId.OPTICAL_UV] is Outcome.FAILED
    enclosed = play(POLICY, *outside, m.TravellerInside(), m.EntryClosed(), FORGED)
    passing = play(POLICY, FACE_COMPARED, state=enclosed)
    assert record_of(passing)[CheckId.OPTICAL_UV] is Outcome.FAILED
