"""The 23 rows of the decision policy, one line each: the verdict, and the same kind words.

What this version cannot find out itself (lists, stays, a scanned page) is given as evidence.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import pytest

from egate.domain.evidence import BackgroundEvidence
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.parse import parse_policy
from egate.domain.record import CrossingStatus, Direction, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.machine import step
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, Outcome
from tests.gate_samples import (
    BACKGROUND,
    DOCUMENT,
    ENTERED_AT,
    OPTICAL,
    ROOT,
    SESSION_ID,
    chip,
    face,
    results,
)

RULES: Final = """
[[rules]]
name = "every chip of this State proves itself"
when = {issuing_states = ["UTO"]}
obligations = {"ELECTRONIC.CHIP_AUTHENTICATION" = "mandatory"}
"""
TEXT = (ROOT / "config" / "policy.toml").read_text("utf-8")
OF_FILE = parse_policy(tomllib.loads(TEXT + RULES), "standard")
LISTS = (CheckId.DOCUMENT_STATUS, CheckId.WATCHLIST, CheckId.PAD)
SCANNER = (CheckId.OPTICAL_IR, CheckId.OPTICAL_UV)
# As a lane is run that has lists, stays and a page scanner.
POLICY = replace(
    OF_FILE,
    obligations=OF_FILE.obligations
    | dict.fromkeys(LISTS, Obligation.MANDATORY)
    | dict.fromkeys(SCANNER, Obligation.OPTIONAL),
)
OK, FAILED, UNKNOWN, NONE, BROKEN = (
    Outcome.SUCCESSFUL,
    Outcome.FAILED,
    Outcome.UNDETERMINED,
    Outcome.NOT_SUPPORTED,
    Outcome.ABORTED,
)
C = CheckId
IN, OUT = Direction


@dataclass(frozen=True)
class Row:
    """One line of the table: what is otherwise than in a faultless visit, and what is found."""

    row: int
    outcomes: dict[CheckId, Outcome]
    findings: set[CheckId]
    direction: Direction = IN
    state: str = "BGD"
    similarity: float = 0.8
    instead: tuple[m.Event, ...] = ()


def visit(row: Row) -> tuple[m.Event, ...]:
    others = {check_id.name: outcome for check_id, outcome in row.outcomes.items()}
    document = replace(DOCUMENT, issuing_state=row.state, nationality=row.state)
    return (
        m.TravellerEntered(SESSION_ID, ENTERED_AT, row.direction, m.Flow.ONE_STEP),
        *row.instead,
        m.MrzRead(SESSION_ID, document, results((*OPTICAL, *SCANNER), **others)),
        m.ChipInspected(SESSION_ID, replace(chip(**others), document=document)),
        m.FaceCompared(SESSION_ID, face(row.similarity, **others)),
        m.BackgroundChecked(SESSION_ID, background(others), document),
    )


def background(others: dict[str, Outcome]) -> BackgroundEvidence:
    return BackgroundEvidence(results(BACKGROUND, **others))


def run(events: Iterable[m.Event]) -> tuple[m.State, list[m.Command]]:
    state: m.State = m.Idle()
    told: list[m.Command] = []
    for event in events:
        taken = step(state, event, Instant(0.0), POLICY)
        state = taken.state
        told += taken.commands
    return state, told


UNREADABLE = (m.MrzUnreadable(SESSION_ID),) * 3
TAILGATE = (m.SecondPersonDetected(),)

ROWS = [
    Row(0, {}, set()),
    Row(0, {}, set(), OUT),
    Row(0, {}, set(), IN, "UTO"),
    Row(0, {}, set(), OUT, "UTO"),
    Row(1, {C.ELIGIBILITY: FAILED}, {C.ELIGIBILITY}),
    Row(1, {C.ELIGIBILITY: UNKNOWN}, {C.ELIGIBILITY}),
    Row(2, {C.OPTICAL_MRZ_CHECK_DIGITS: FAILED}, {C.OPTICAL_MRZ_CHECK_DIGITS}),
    Row(2, {}, {C.OPTICAL_MRZ_CHECK_DIGITS}, instead=UNREADABLE),
    Row(3, {C.OPTICAL_MRZ_EXPIRY: FAILED}, {C.OPTICAL_MRZ_EXPIRY}),
    Row(3, {C.OPTICAL_MRZ_EXPIRY: UNKNOWN}, {C.OPTICAL_MRZ_EXPIRY}),
    Row(4, {C.OPTICAL_UV: FAILED}, {C.OPTICAL_UV}),
    Row(4, {C.OPTICAL_IR: UNKNOWN}, {C.OPTICAL_IR}),
    Row(4, {C.OPTICAL_UV: NONE, C.OPTICAL_IR: NONE}, set()),
    Row(5, {C.ACCESS: BROKEN}, {C.ACCESS}),
    Row(5, {C.ACCESS: FAILED}, {C.ACCESS}),
    Row(6, {C.SOD_SIGNATURE: FAILED}, {C.SOD_SIGNATURE}),
    Row(6, {C.DG_HASHES: FAILED}, {C.DG_HASHES}),
    Row(7, {C.CERTIFICATE_PATH: UNKNOWN}, {C.CERTIFICATE_PATH}),
    Row(7, {C.DS_VALIDITY: FAILED}, {C.DS_VALIDITY}),
    Row(8, {C.DS_REVOCATION: FAILED}, {C.DS_REVOCATION}),
    Row(8, {C.DS_REVOCATION: UNKNOWN}, {C.DS_REVOCATION}),
    Row(9, {C.CHIP_AUTHENTICATION: FAILED}, {C.CHIP_AUTHENTICATION}),
    Row(9, {C.ACTIVE_AUTHENTICATION: FAILED}, {C.ACTIVE_AUTHENTICATION}),
    Row(9, {C.CHIP_AUTHENTICATION: NONE, C.ACTIVE_AUTHENTICATION: NONE}, set()),
    Row(9, {C.CHIP_AUTHENTICATION: NONE}, {C.CHIP_AUTHENTICATION}, IN, "UTO"),
    Row(10, {C.MRZ_DG1: FAILED}, {C.MRZ_DG1}),
    Row(10, {C.MRZ_DG1: UNKNOWN}, {C.MRZ_DG1}),
    Row(10, {C.COUNTRY: FAILED}, {C.COUNTRY}),
    Row(10, {C.COM_SOD: FAILED}, {C.COM_SOD}),
    Row(11, {C.DEVIATION: FAILED}, {C.DEVIATION}),
    Row(11, {C.DEVIATION: NONE}, set()),
    Row(12, {C.DOCUMENT_STATUS: FAILED}, {C.DOCUMENT_STATUS}),
    Row(12, {C.DOCUMENT_STATUS: UNKNOWN}, {C.DOCUMENT_STATUS}),
    Row(13, {C.WATCHLIST: FAILED}, {C.WATCHLIST}),
    Row(13, {C.WATCHLIST: UNKNOWN}, {C.WATCHLIST}),
    Row(14, {C.AUTHORISATION: FAILED}, {C.AUTHORISATION}, IN, "UTO"),
    Row(14, {C.AUTHORISATION: UNKNOWN}, {C.AUTHORISATION}, IN),
    Row(15, {C.STAY: FAILED}, {C.STAY}, OUT, "UTO"),
    Row(15, {C.STAY: UNKNOWN}, {C.STAY}, OUT, "UTO"),
    Row(16, {C.CLEARANCE: BROKEN}, {C.CLEARANCE}, OUT),
    Row(16, {C.CLEARANCE: UNKNOWN}, {C.CLEARANCE}, OUT),
    Row(17, {C.STAY: FAILED}, {C.STAY}, OUT),  # offloaded, or seen a moment ago
    Row(17, {C.STAY: UNKNOWN}, {C.STAY}, IN),  # its earlier crossings are not known
    Row(18, {}, set(), IN, "UTO"),  # there is no flight match in this version
    Row(19, {C.FACE_CAPTURE: BROKEN}, {C.FACE_CAPTURE}),
    Row(19, {C.FACE_QUALITY: FAILED}, {C.FACE_QUALITY}),
    Row(20, {C.PAD: FAILED}, {C.PAD}),
    Row(20, {C.PAD: UNKNOWN}, {C.PAD}),
    Row(21, {C.FACE: FAILED}, {C.FACE}, similarity=0.1),
    Row(21, {}, {C.FACE}, similarity=0.1),
    Row(22, {}, {C.SINGLE_PERSON}, instead=TAILGATE),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row {row.row}")
def test_each_row_has_its_verdict_and_the_same_kind_words(row: Row) -> None:
    state, told = run(visit(row))
    last_shown = [c.message for c in told if isinstance(c, m.Show)][-1]
    exits = [
        c
        for c in told
        if isinstance(c, m.SetBarrier) and c.position is not m.BarrierPosition.CLOSED
    ]
    if row.findings:
        assert isinstance(state, m.AwaitingOfficer)
        assert set(state.findings) == row.findings
        assert last_shown is m.TravellerMessage.OFFICER_WILL_HELP
        assert not exits
    else:
        assert isinstance(state, m.Passing)
        assert last_shown is m.TravellerMessage.PLEASE_PASS
        assert len(exits) == 1


def test_every_row_up_to_the_lanes_sensors_is_in_the_table() -> None:
    assert {row.row for row in ROWS} == set(range(23))


def test_row_23_what_was_opened_and_not_passed_is_no_crossing() -> None:
    state, _ = run(visit(ROWS[0]))
    assert isinstance(state, m.Passing)
    _, told = run((*visit(ROWS[0]), m.DeadlineReached(state.deadline)))
    (report,) = [c for c in told if isinstance(c, m.Report)]
    assert report.verdict is RecordVerdict.ADMIT
    assert report.status is not CrossingStatus.COMPLETED
    assert not report.passage_confirmed
