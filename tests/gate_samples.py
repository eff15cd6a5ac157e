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
from egate.domain.session import model as m
from egate.domain.time import Instant, UtcSeconds
from egate.emrtd.checks import CheckId, CheckResult, Outcome

ROOT = Path(__file__).resolve().parent.parent
POLICY: Policy = parse_policy(
    tomllib.loads((ROOT / "config" / "policy.toml").read_text()), "standard"
)

SESSION_ID = m.SessionId("01890000-0000-7000-8000-000000000001")
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

OPTICAL = (CheckId.OPTICAL_MRZ_CHECK_DIGITS, CheckId.OPTICAL_MRZ_EXPIRY)
FACIAL = (CheckId.FACE_CAPTURE, CheckId.FACE_QUALITY, CheckId.PAD, CheckId.FACE, CheckId.PORTRAIT)
BACKGROUND = tuple(c for c in CheckId if c.startswith("BACKGROUND."))
ELECTRONIC = tuple(
    c for c in CheckId if c.startswith(("ELECTRONIC.", "COMBINED.")) and c is not CheckId.PORTRAIT
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


BACKGROUND_OF_NONE = BackgroundEvidence(results(BACKGROUND, Outcome.NOT_SUPPORTED))

ENTERED = m.TravellerEntered(SESSION_ID, ENTERED_AT)
MRZ_READ = m.MrzRead(SESSION_ID, DOCUMENT, results(OPTICAL))
CHIP_INSPECTED = m.ChipInspected(SESSION_ID, chip())
FACE_COMPARED = m.FaceCompared(SESSION_ID, face())
BACKGROUND_CHECKED = m.BackgroundChecked(SESSION_ID, BACKGROUND_OF_NONE)

NEW = m.Session(SESSION_ID, ENTERED_AT, Instant(0.0))
PRESENTED = replace(NEW, document=DOCUMENT, optical=results(OPTICAL), attempts=1)
INSPECTED = replace(PRESENTED, chip=chip(), face=face(), background=BACKGROUND_OF_NONE)

STATES: tuple[m.State, ...] = (
    m.Idle(),
    m.ReadingMrz(NEW, Instant(20.0)),
    m.ReadingMrz(NEW, Instant(20.0), unreadable=POLICY.placements - 1),
    m.Inspecting(PRESENTED, Instant(1.0), Instant(30.0)),
    m.Inspecting(PRESENTED, Instant(1.0), Instant(30.0), lost=POLICY.placements - 1),
    m.Inspecting(replace(INSPECTED, face=None), Instant(1.0), Instant(30.0)),
    m.Passing(INSPECTED, Admit(POLICY.version), Instant(5.0), Instant(15.0)),
    m.AwaitingOfficer(SESSION_ID, (CheckId.FACE.value,)),
    m.AwaitingOfficer(SESSION_ID, (CheckId.FACE.value,), m.Lane(closed=True)),
    m.Evacuating(),
    m.Evacuating(raised=True, lane=m.Lane(frozenset({"camera"}))),
    m.OutOfService(m.Lane(frozenset({"camera"}))),
    m.OutOfService(m.Lane(closed=True)),
)
EVENTS: tuple[m.Event, ...] = (
    ENTERED,
    m.SecondPersonDetected(),
    m.TravellerLeft(),
    m.PassageConfirmed(),
    MRZ_READ,
    m.MrzUnreadable(SESSION_ID),
    CHIP_INSPECTED,
    m.ChipInspected(SESSION_ID, chip(DG_HASHES=Outcome.FAILED)),
    m.ChipInspected(SESSION_ID, chip(ACCESS=Outcome.FAILED)),
    m.ChipReadFailed(SESSION_ID, "the chip left the field"),
    FACE_COMPARED,
    m.FaceCompared(SESSION_ID, face(0.1, FACE=Outcome.FAILED)),
    BACKGROUND_CHECKED,
    m.DeadlineReached(Instant(-1.0)),
    m.DeviceFailed("camera"),
    m.DeviceFailed("barrier"),
    m.DeviceRestored("camera"),
    m.EmergencyRaised(),
    m.EmergencyRaised(by_input=True),
    m.EmergencyInputEnded(),
    m.OfficerReset(),
    m.LaneClosed(),
    m.LaneOpened(),
)
FINAL_FORM: tuple[m.Event, ...] = (
    ENTERED,
    MRZ_READ,
    CHIP_INSPECTED,
    FACE_COMPARED,
    BACKGROUND_CHECKED,
)
