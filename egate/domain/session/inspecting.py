"""Chip, face, background and page in parallel; the last slot that fills decides."""

from dataclasses import replace
from typing import Final

from egate.domain.evidence import ChipEvidence, FaceEvidence
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingStatus, StepDuration
from egate.domain.session import model as m
from egate.domain.session.case import case_of, document_of
from egate.domain.session.deciding import conclude_document
from egate.domain.session.endings import LET_OUT, and_report, at_rest
from egate.domain.session.fallback import with_background
from egate.domain.session.page import is_page_awaited, with_page
from egate.domain.session.reports import refer_second_person, refer_unadmitted, undecided
from egate.domain.session.waived import with_waivers_named
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, CheckResult, Outcome

# The face's own time ends first, so that its evidence says what was wrong.
_WEIGHING_SECONDS: Final = 3.0


def in_inspecting(state: m.Inspecting, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    session = state.session
    match event:
        case m.ChipReadFailed(session.id, reason):
            return _chip_read_failed(state, reason, now, policy)
        case m.DeadlineReached():
            return _conclude(_timed_out(state), now, policy)
        case m.SecondPersonDetected():
            return refer_second_person(session, state.lane, policy)
        case m.ReleaseRequested():  # by somebody between the barriers whom nobody saw
            return refer_second_person(session, state.lane, policy, LET_OUT)
        case m.PassageConfirmed():
            return refer_unadmitted(session, state.lane, policy)
        case m.TravellerLeft():
            abandoned = undecided(session, CrossingStatus.ABANDONED, policy)
            return and_report(at_rest(state.lane, policy), abandoned)
        case _:
            return _slot_filled(state, event, now, policy)


def _slot_filled(state: m.Inspecting, event: m.Event, now: Instant, policy: Policy) -> m.Step:
    session = state.session
    match event:
        case m.ChipInspected(session.id, evidence):
            return _chip_inspected(state, evidence, now, policy)
        case m.FaceCompared(session.id, face):
            return _face_compared(state, face, now, policy)
        case m.PageInspected(session.id, checks):
            filled = with_page(session, checks)
            return _decide_when_complete(replace(state, session=filled), now, policy)
        case m.BackgroundChecked(session.id, background, document) if document == document_of(
            session
        ):
            filled = with_background(session, background, state.lane)
            return _decide_when_complete(replace(state, session=filled), now, policy)
        case m.TokenRedeemed(session.id, prepared, chip, background):
            filled = replace(session, background=background, prepared=prepared)
            return _chip_inspected(replace(state, session=filled), chip, now, policy)
        case m.TokenRefused(session.id, reason):
            return _chip_inspected(state, _chip_never_read(reason), now, policy)
        case _:
            return m.Step(state)


def _chip_inspected(
    state: m.Inspecting, evidence: ChipEvidence, now: Instant, policy: Policy
) -> m.Step:
    done = StepDuration("chip", now - state.since, evidence.gate_seconds)
    session = replace(state.session, steps=(*state.session.steps, done))
    session = with_waivers_named(session, evidence, policy)
    commands: tuple[m.Command, ...] = ()
    if document_of(session) != document_of(state.session):  # what was asked about another is moot
        session = replace(session, background=None)
        commands = (m.CheckBackground(session),)
    # A slow chip must not take the traveller's time before the camera.
    looking = policy.profile.face_seconds * policy.profile.face_attempts + _WEIGHING_SECONDS
    deadline = max(state.deadline, Instant(now + looking))
    state = replace(state, session=session, deadline=deadline)
    access = policy.obligations_of(case_of(session))[CheckId.ACCESS]
    closed = [c for c in evidence.checks if c.check_id is CheckId.ACCESS]
    if not all(access.is_met_by(check.outcome) for check in closed):
        return _conclude(state, now, policy)  # without a portrait no face can be compared
    look_up = m.TravellerMessage.LOOK_AT_CAMERA if session.flow.compares_face_at_once else None
    if look_up:
        commands = (m.Show(look_up), *commands)
    return _decide_when_complete(state, now, policy, commands)


def _chip_read_failed(state: m.Inspecting, reason: str, now: Instant, policy: Policy) -> m.Step:
    state = replace(state, lost=state.lost + 1)
    if state.lost >= policy.placements:
        return _chip_inspected(state, _chip_never_read(reason), now, policy)
    session = replace(state.session, attempts=state.session.attempts + 1)
    deadline = Instant(now + policy.inspection_seconds)
    return m.Step(
        replace(state, session=session, deadline=deadline),
        (m.Show(m.TravellerMessage.PLACE_DOCUMENT_AGAIN), m.InspectChip(session.id)),
    )


def _face_compared(
    state: m.Inspecting, evidence: FaceEvidence, now: Instant, policy: Policy
) -> m.Step:
    done = StepDuration("face", now - state.since, evidence.gate_seconds)
    session = replace(
        state.session,
        face=evidence,
        steps=(*state.session.steps, done),
        single_person=state.session.single_person and not evidence.several_faces,
    )
    return _decide_when_complete(replace(state, session=session), now, policy)


def _timed_out(state: m.Inspecting) -> m.Inspecting:
    session = state.session
    if session.chip is None:
        session = replace(session, chip=_chip_never_read("the time ran out"))
    elif session.face is None and session.flow.compares_face_at_once:
        check = CheckResult(CheckId.FACE, Outcome.ABORTED, "the time ran out")
        session = replace(session, face=FaceEvidence((check,)))
    return replace(state, session=session)


def _chip_never_read(reason: str) -> ChipEvidence:
    return ChipEvidence(None, (CheckResult(CheckId.ACCESS, Outcome.ABORTED, reason),))


def _decide_when_complete(
    state: m.Inspecting,
    now: Instant,
    policy: Policy,
    meanwhile: tuple[m.Command, ...] = (),
) -> m.Step:
    session = state.session
    face_awaited = session.flow.compares_face_at_once and session.face is None
    awaited = face_awaited or is_page_awaited(session, policy)
    if not awaited and None not in (session.chip, session.background):
        return _conclude(state, now, policy)
    return m.Step(state, meanwhile)


def _conclude(state: m.Inspecting, now: Instant, policy: Policy) -> m.Step:
    return conclude_document(state.session, state.lane, now, policy)
