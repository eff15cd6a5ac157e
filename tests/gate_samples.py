"""Samples of states, events and evidence for the tests of the gate."""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from egate.domain.evidence import (
    AccessProtocol,
    BackgroundEvidence,
    ChipEvidence,
    FaceEvidence,
    TravelDocument,
)
from egate.domain.policy.decide import Admit
from egate.domain.policy.parse import parse_policy
from egate.domain.policy.policy import Policy
from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import PAGE_CHECKS, CheckId, CheckResult, Outcome

ROOT = Path(__file__).resolve().parent.parent
POLICY: Policy = parse_policy(
    tomllib.loads((ROOT / "config" / "policy.toml").read_text()), "standard"
)

SESSION_ID = m.SessionId("01890000-0000-7000-8000-000000000001")
KIOSK_SESSION = m.SessionId("01890000-0000-7000-8000-00000000beef")
OTHER_ID = m.SessionId("01890000-0000-7000-8000-00000000ffff")
ENTERED_AT = UtcSeconds(1_800_000_000.0)

DOCUMENT = TravelDocument(
    document_code="P",
    issuing_state="UTO",
    document_number="L898902C3",
    date_of_expiry="2032-04-15",
    primary_identifier="ERIKSSON",
    secondary_identifier="ANNA MARIA",
    nationality="UTO",
    date_of_birth="1974-08-12",
    sex="F",
)
SECRETS = ("L898902C3", "ERIKSSON", "ANNA", "1974", "740812", "320415", "2032-04-15")

OPTICAL = (CheckId.OPTICAL_MRZ_CHECK_DIGITS, CheckId.OPTICAL_MRZ_EXPIRY, CheckId.ELIGIBILITY)
FACIAL = (CheckId.FACE_CAPTURE, CheckId.FACE_QUALITY, CheckId.PAD, CheckId.FACE, CheckId.PORTRAIT)
OWN = {CheckId.ELIGIBILITY, CheckId.SERVICE}
BACKGROUND = tuple(c for c in CheckId if c.startswith("BACKGROUND.") and c not in OWN)
PAGE = (*PAGE_CHECKS, CheckId.PORTRAIT)
ELECTRONIC = tuple(
    c for c in CheckId if c.startswith(("ELECTRONIC.", "COMBINED.")) and c not in PAGE
)


def results(
    checks: Iterable[CheckId], outcome: Outcome = Outcome.SUCCESSFUL, **others: Outcome
) -> tuple[CheckResult, ...]:
    """Every check of ``checks`` with ``outcome``, but ``others`` (by name) as given."""
    return tuple(CheckResult(c, others.get(c.name, outcome)) for c in checks)


def chip(**others: Outcome) -> ChipEvidence:
    return ChipEvidence(
        AccessProtocol.BAC,
        results(ELECTRONIC, **others),
        DOCUMENT,
        signer="UT:01",
        csca_ski="ab",
        trust_store_version="5a" * 32,
        gate_seconds=0.2,
    )


def face(similarity: float = 0.8, **others: Outcome) -> FaceEvidence:
    return FaceEvidence(results(FACIAL, **others), similarity, POLICY.profile.min_similarity, 0.1)


NOTHING_AGAINST = BackgroundEvidence(results(BACKGROUND))

ENTERED = m.TravellerEntered(SESSION_ID, ENTERED_AT, Direction.ENTRY, m.Flow.ONE_STEP)
MRZ_READ = m.MrzRead(SESSION_ID, DOCUMENT, results(OPTICAL))
CHIP_INSPECTED = m.ChipInspected(SESSION_ID, chip())
FACE_COMPARED = m.FaceCompared(SESSION_ID, face())
PAGE_INSPECTED = m.PageInspected(SESSION_ID, results(PAGE_CHECKS))
BACKGROUND_CHECKED = m.BackgroundChecked(SESSION_ID, NOTHING_AGAINST, DOCUMENT)

TOKEN_REDEEMED = m.TokenRedeemed(SESSION_ID, KIOSK_SESSION, chip(), NOTHING_AGAINST)


def new(flow: m.Flow = m.Flow.ONE_STEP) -> m.Session:
    return m.Session(SESSION_ID, ENTERED_AT, Instant(0.0), Direction.ENTRY, flow)


def entered(flow: m.Flow, session: m.SessionId = SESSION_ID) -> m.TravellerEntered:
    return m.TravellerEntered(session, ENTERED_AT, Direction.ENTRY, flow)


NEW = new()
PRESENTED = replace(NEW, document=DOCUMENT, optical=results(OPTICAL), attempts=1)
INSPECTED = replace(PRESENTED, chip=chip(), face=face(), background=NOTHING_AGAINST)
BETWEEN = replace(INSPECTED, flow=m.Flow.TWO_STEP, face=None)
CAMERA_LOST = m.Lane(frozenset({"camera"}))
ADMITTED = Admit(POLICY.version)

STATES: tuple[m.State, ...] = (
    m.Idle(),
    m.ReadingMrz(NEW, Instant(20.0)),
    m.ReadingMrz(new(m.Flow.TOKEN_GATE), Instant(20.0)),
    m.ReadingMrz(NEW, Instant(20.0), unreadable=POLICY.placements - 1),
    m.Inspecting(PRESENTED, Instant(1.0), Instant(30.0)),
    m.Inspecting(PRESENTED, Instant(1.0), Instant(30.0), lost=POLICY.placements - 1),
    m.Inspecting(replace(INSPECTED, face=None), Instant(1.0), Instant(30.0)),
    m.Inspecting(replace(BETWEEN, background=None), Instant(1.0), Instant(30.0)),
    m.Inspecting(replace(BETWEEN, background=None, flow=m.Flow.KIOSK), Instant(1.0), Instant(30.0)),
    m.Entering(BETWEEN, Instant(5.0), Instant(15.0)),
    m.Entering(BETWEEN, Instant(5.0), Instant(15.0), inside=True),
    m.Entering(replace(BETWEEN, face=face()), Instant(5.0), Instant(15.0), inside=True),
    m.Verifying(BETWEEN, Instant(8.0), Instant(25.0)),
    m.Passing(INSPECTED, ADMITTED, Instant(5.0), Instant(15.0)),
    m.Passing(replace(BETWEEN, face=face()), ADMITTED, Instant(5.0), Instant(15.0)),
    m.Passing(replace(INSPECTED, watched=False), ADMITTED, Instant(5.0), Instant(15.0)),
    m.Directing(SESSION_ID, Instant(6.0)),
    m.AwaitingOfficer(SESSION_ID, (CheckId.FACE.value,)),
    m.AwaitingOfficer(SESSION_ID, (CheckId.FACE.value,), m.Lane(mode=m.LaneMode.DISABLED)),
    m.AwaitingOfficer(
        SESSION_ID,
        (CheckId.FACE.value,),
        occupancy=m.Occupancy(inside=True, way_back_at=Instant(9.0)),
    ),
    m.AwaitingOfficer(SESSION_ID, (CheckId.FACE.value,), occupancy=m.Occupancy(inside=True)),
    m.Releasing(),
    m.Releasing(CAMERA_LOST),
    m.Evacuating(),
    m.Evacuating(raised=True, lane=CAMERA_LOST),
    m.OutOfService(CAMERA_LOST),
    m.OutOfService(m.Lane(mode=m.LaneMode.DISABLED)),
)
EVENTS: tuple[m.Event, ...] = (
    ENTERED,
    entered(m.Flow.TWO_STEP),
    entered(m.Flow.KIOSK),
    entered(m.Flow.TOKEN_GATE),
    m.SecondPersonDetected(),
    m.TravellerLeft(),
    m.TravellerInside(),
    m.EntryClosed(),
    m.PassageConfirmed(),
    m.PassageConfirmed(left_behind=True),
    m.WrongWayDetected(),
    m.LaneUnwatched(0.6),
    m.LaneUnwatched(1.2),
    m.ReleaseRequested(),
    m.OpeningExpired(SESSION_ID),
    MRZ_READ,
    m.MrzUnreadable(SESSION_ID),
    CHIP_INSPECTED,
    m.ChipInspected(SESSION_ID, chip(DG_HASHES=Outcome.FAILED)),
    m.ChipInspected(SESSION_ID, chip(ACCESS=Outcome.FAILED)),
    m.ChipReadFailed(SESSION_ID, "the chip left the field"),
    FACE_COMPARED,
    m.FaceCompared(SESSION_ID, face(0.1, FACE=Outcome.FAILED)),
    PAGE_INSPECTED,
    m.PageInspected(SESSION_ID, results(PAGE_CHECKS, OPTICAL_UV=Outcome.FAILED)),
    BACKGROUND_CHECKED,
    TOKEN_REDEEMED,
    m.TokenRefused(SESSION_ID, "no kiosk prepared it"),
    m.DeadlineReached(Instant(-1.0)),
    m.DeviceFailed("camera"),
    m.DeviceFailed("barrier"),
    m.DeviceRestored("camera"),
    m.EmergencyRaised(),
    m.EmergencyRaised(by_input=True),
    m.EmergencyInputEnded(),
    m.OfficerReset(),
    m.OfficerReset(SESSION_ID),
    m.OfficerReset(OTHER_ID),
    *(m.LaneModeOrdered(mode) for mode in m.LaneMode),
    m.DirectionOrdered(Direction.EXIT),
    m.DirectionOrdered(None),
    m.ConditionsChanged(frozenset()),
    m.ConditionsChanged(frozenset({m.Condition.NO_OFFICER})),
    m.PolicyRenewed(),
    m.ConditionsChanged(frozenset({m.Condition.LISTS_STALE, m.Condition.CENTRE_AWAY})),
    m.ConditionsChanged(frozenset({m.Condition.LISTS_OLD})),
    m.ConditionsChanged(frozenset({m.Condition.DISK_FULL, m.Condition.DOCUMENT_LEFT})),
)
FINAL_FORM: tuple[m.Event, ...] = (
    ENTERED,
    MRZ_READ,
    CHIP_INSPECTED,
    FACE_COMPARED,
    BACKGROUND_CHECKED,
)
IN_TWO_STEPS: tuple[m.Event, ...] = (
    entered(m.Flow.TWO_STEP),
    MRZ_READ,
    CHIP_INSPECTED,
    BACKGROUND_CHECKED,
    m.TravellerInside(),
    m.EntryClosed(),
    FACE_COMPARED,
)
