"""What an officer's form decides, what it lacks, and what is written down of it."""

import itertools
from pathlib import Path

import pytest

from egate.console.cases.decision_form import DecisionFaulty, Wanted, entry_of, read_form
from egate.console.cases.judging import against_the_traveller, decisions_of
from egate.console.cases.open_cases import OpenCase
from egate.console.cases.reason_codes import ReasonTable
from egate.console.cases.writing_down import Deciding, entries_of
from egate.console.desk.writing import DeskStation
from egate.domain.decision import Decision, IdentityConfirmed, decision_faults
from egate.domain.desk_record import desk_record_faults
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId
from egate.ports.case_facts import CaseFacts
from egate.ports.case_hits import CaseHit
from egate.settings import SettingsError, load
from tests.case_samples import AT, BAN, CROSSING, DOCUMENT, GATE, LIKE, THRESHOLDS, record
from tests.conftest import ROOT

REASONS = load(ReasonTable, ROOT / "config" / "reason_codes.toml")
STATION = DeskStation("BDDAC-DESK-1", "BDDAC", "DAC-D-12", "SB")
NOW = UtcSeconds(AT + 60.0)
CLEAR = {"decision": "clear", "reason_code": "FACE.COMPARED", "biometric_veto": "ok"}
SECOND = {"second_id": "sb-2001", "second_password": "p", "second_code": "123456"}


def case(*hits: CaseHit, found: CrossingRecord | None) -> OpenCase:
    return OpenCase(GATE, CROSSING, CaseFacts(found, THRESHOLDS), hits, {"sb-1042": AT})


LOOKS = case(found=record(CheckId.FACE_QUALITY))
LISTED = case(BAN, LIKE, found=record(CheckId.WATCHLIST))


def faults(form: dict[str, str], about: OpenCase) -> dict[str, str]:
    with pytest.raises(DecisionFaulty) as raised:
        entries_of(read_form(form, about, REASONS), about, deciding())
    return {name: key.removeprefix("case.fault.") for name, key in raised.value.faults.items()}


def deciding() -> Deciding:
    ids = (f"0197f000-0000-7000-9000-{number:012x}" for number in itertools.count(1))
    return Deciding(STATION, "sb-1042", NOW, lambda: next(ids))


def of_hits(about: OpenCase, *answers: str) -> dict[str, str]:
    shown = {f"entry-{n}": entry_of(each) for n, each in enumerate(about.stopping)}
    return shown | {f"identity-{n}": each for n, each in enumerate(answers)}


def wanted(form: dict[str, str], about: OpenCase) -> Wanted:
    return read_form(form, about, REASONS)


def test_a_cleared_traveller_has_crossed_with_what_the_gate_read() -> None:
    (entry,) = entries_of(wanted(CLEAR, LOOKS), LOOKS, deciding())
    decision, crossing = entry.decision, entry.crossing
    assert decision is not None
    assert crossing is not None
    assert decision_faults(decision) == () == desk_record_faults(crossing)
    assert (decision.seen_at, decision.decided_at) == (AT, NOW)
    assert crossing.supersedes == decision.crossing_id == CROSSING
    assert crossing.decision_id == decision.decision_id
    assert (crossing.status, crossing.verdict) == (CrossingStatus.COMPLETED, RecordVerdict.ADMIT)
    assert (crossing.document, crossing.similarity) == (DOCUMENT, 0.71)
    assert (crossing.gate_id, crossing.entered_by) == ("BDDAC-DESK-1", "sb-1042")
    assert crossing.findings == ()


@pytest.mark.parametrize("decision", ["secondary", "retry", "release"])
def test_what_leaves_the_attempt_open_makes_no_crossing(decision: str) -> None:
    form = {"decision": decision, "reason_code": "LANE.FAULT"}
    (entry,) = entries_of(wanted(form, LOOKS), LOOKS, deciding())
    assert entry.crossing is None
    assert entry.decision is not None
    assert decision_faults(entry.decision) == ()


def test_an_exit_ban_is_denied_by_its_order_with_a_decision_for_each_entry() -> None:
    form = {
        "decision": "deny_exit",
        "reason_code": "LIST.ORDER",
        "legal_basis": "Writ 4437/2021",
        "notice_given": "paper",
        **SECOND,
        **of_hits(LISTED, "not_same_person", "same"),
    }
    at_hand, further = entries_of(wanted(form, LISTED), LISTED, deciding())
    assert at_hand.crossing is not None
    assert further.crossing is None
    assert at_hand.crossing.status is CrossingStatus.DENIED_EXIT
    decisions = [each.decision for each in (at_hand, further)]
    assert [each and decision_faults(each) for each in decisions] == [(), ()]
    assert [
        each and (each.watchlist, each.watchlist_revision, each.identity_confirmed)
        for each in decisions
    ] == [
        ("WANTED", "c" * 16, IdentityConfirmed.SAME),
        ("EXIT_BAN", "b" * 16, IdentityConfirmed.NOT_SAME_PERSON),
    ]
    assert {each and each.second_officer_id for each in decisions} == {"sb-2001"}
    assert at_hand.content != further.content


def test_each_field_that_lacks_has_words() -> None:
    stopped = {"decision": "deny_exit", "reason_code": "LIST.ORDER", "legal_basis": "x", **SECOND}
    same = of_hits(LISTED, "same", "unsure")
    assert faults({}, LOOKS) == {"decision": "decision"}
    assert faults({"decision": "jail"}, LOOKS) == {"decision": "decision"}
    assert faults({"decision": "refuse_entry"}, LOOKS) == {"decision": "direction"}
    assert faults({"decision": "clear"}, LOOKS) == {
        "reason_code": "reason_code",
        "biometric_veto": "biometric_veto",
    }
    assert faults(CLEAR | {"biometric_veto": "nok"}, LOOKS) == {"biometric_veto": "another_face"}
    assert faults(CLEAR | {"reason_code": "OTHER"}, LOOKS) == {"reason_text": "reason_text"}
    assert faults(CLEAR | {"reason_text": "x" * 501}, LOOKS) == {"reason_text": "reason_text"}
    assert faults(CLEAR | {"reason_code": "TICKET.NONE"}, LOOKS) == {"reason_code": "reason_code"}
    assert faults(CLEAR | {"notice_given": "sung"}, LOOKS) == {"notice_given": "notice_given"}
    assert faults(stopped | same | {"legal_basis": " "}, LISTED) == {"legal_basis": "legal_basis"}
    assert faults(stopped | of_hits(LISTED, "same"), LISTED) == {"identity-1": "identity"}
    assert faults(stopped | same | {"entry-1": "WANTED/W-77/old"}, LISTED) == {"hits": "hits"}
    assert faults(stopped | same | {"second_id": "SB-1042"}, LISTED) == {"second_id": "second_id"}
    offload = stopped | same | {"decision": "offload", "offload_until": "2030-01-01"}
    assert faults(offload, LISTED) == {"offload_until": "offload_until"}


def test_two_decide_about_an_entry_and_against_a_failed_check() -> None:
    alone = {"second_id": "second_id"}
    clear = CLEAR | {"reason_code": "HIT.OTHER_PERSON"}
    assert faults(clear | of_hits(LISTED, "not_same_person", "unsure"), LISTED) == alone
    compared = case(found=record(CheckId.FACE, similarity=0.3))
    assert faults(CLEAR, compared) == alone
    assert [each.check_id for each in against_the_traveller(compared)] == [CheckId.FACE]
    assert not wanted(CLEAR, LOOKS).needs_second
    away = {"decision": "secondary", "reason_code": "IDENTITY.DOUBT", **of_hits(LISTED)}
    assert not wanted(away, LISTED).needs_second


def test_what_makes_no_record_is_sent_to_the_desk() -> None:
    unread = case(found=record(CheckId.ACCESS, similarity=None, document=None))
    form = {"decision": "clear", "reason_code": "DOCUMENT.EXAMINED"} | SECOND
    assert faults(form, unread) == {"decision": "document"}
    unwritten = case(found=None)
    assert Decision.CLEAR not in decisions_of(unwritten)
    retry = {"decision": "retry", "reason_code": "CAPTURE.AGAIN"}
    (entry,) = entries_of(wanted(retry, unwritten), unwritten, deciding())
    assert entry.decision is not None
    assert entry.decision.documents_seen == ()


def test_hostile_values_are_words_at_fields_and_no_error() -> None:
    hostile = CLEAR | {"reason_text": ["a"], "reason_code": {"a": 1}, "legal_basis": 7}
    assert faults(hostile, LOOKS) == {"reason_code": "reason_code"}  # type: ignore[arg-type]


def test_nothing_personal_is_in_what_is_printed() -> None:
    shown = repr(wanted(CLEAR | SECOND | {"reason_text": "secret words"}, LOOKS)) + repr(LISTED)
    for secret in ("secret words", "123456", "KARIM", "BX0123456", "Writ"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("OTHER", "FACE.COMPARED"), "one code stands twice"),
        (('decisions = ["clear"]\n', ""), ""),
        (('"release"', '"secondary"'), "none is for release"),
    ],
)
def test_the_office_s_table_is_whole(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    text = (ROOT / "config" / "reason_codes.toml").read_text().replace(*change)
    (tmp_path / "reasons.toml").write_text(text)
    if not fault:
        assert (
            load(ReasonTable, tmp_path / "reasons.toml").find("FACE.COMPARED", Decision.CLEAR)
            is None
        )
        return
    with pytest.raises(SettingsError, match=fault):
        load(ReasonTable, tmp_path / "reasons.toml")


def test_decisions_are_of_the_direction() -> None:
    entering = case(found=record(CheckId.FACE, direction=Direction.ENTRY))
    assert Decision.REFUSE_ENTRY in decisions_of(entering)
    assert Decision.DENY_EXIT not in decisions_of(entering)
    assert Decision.REFUSE_ENTRY not in decisions_of(LOOKS)
