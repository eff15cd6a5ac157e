"""What an officer's decision must say, field by field."""

from dataclasses import replace

import pytest

from egate.domain.decision import (
    BiometricVeto,
    Decision,
    DocumentSeen,
    IdentityConfirmed,
    Notice,
    OfficerDecision,
    decision_faults,
)
from egate.domain.time import UtcSeconds

ID = "0197f000-0000-7000-8000-0000000000d1"
OTHER_ID = "0197f000-0000-7000-8000-0000000000d2"
CROSSING = "0197f000-0000-7000-8000-000000000001"
PASSPORT = DocumentSeen("P", "BGD", "BX0123456")
DECIDED = UtcSeconds(1_795_000_000.0)  # 2026-11-18
REVISION = "0123456789abcdef"

CLEARED = OfficerDecision(
    decision_id=ID,
    crossing_id=CROSSING,
    officer_id="sb-1042",
    officer_authority="SB",
    border_crossing_point="BDDAC",
    station="DAC-D-12",
    decision=Decision.CLEAR,
    reason_code="FACE.COMPARED",
    seen_at=UtcSeconds(DECIDED - 40.0),
    decided_at=DECIDED,
    biometric_veto=BiometricVeto.OK,
    reason_text="পাসপোর্টের ছবি মিলেছে\nseen twice",
    notice_given=Notice.TOLD,
)


def decision(**changes: object) -> OfficerDecision:
    return replace(CLEARED, **changes)  # type: ignore[arg-type]


def about_entry(**changes: object) -> OfficerDecision:
    given: dict[str, object] = {
        "watchlist": "EXIT_BAN",
        "watchlist_entry_id": "WP 4437/2021",
        "identity_confirmed": IdentityConfirmed.UNSURE,
        "second_officer_id": "sb-2001",
    }
    return decision(**(given | changes))


def offload(**changes: object) -> OfficerDecision:
    given: dict[str, object] = {
        "decision": Decision.OFFLOAD,
        "legal_basis": "Passport Order 1973, art. 3",
        "documents_seen": (PASSPORT,),
        "offload_until": "2026-11-25",
    }
    return decision(**(given | changes))


def somebody_else(**changes: object) -> OfficerDecision:
    given: dict[str, object] = {
        "identity_confirmed": IdentityConfirmed.NOT_SAME_PERSON,
        "watchlist_revision": REVISION,
        "documents_seen": (PASSPORT,),
    }
    return about_entry(**(given | changes))


@pytest.mark.parametrize(
    "sound",
    [
        CLEARED,
        decision(superseded_by=OTHER_ID, biometric_veto=None, notice_given=None, reason_text=""),
        decision(decision=Decision.REFUSE_ENTRY, legal_basis="Control of Entry Act 1952"),
        about_entry(),
        about_entry(watchlist_revision=REVISION, identity_confirmed=IdentityConfirmed.SAME),
        somebody_else(),
        offload(),
        offload(offload_until="2026-12-19"),
        offload(offload_until="2026-11-17"),  # a day earlier, west of Greenwich
    ],
)
def test_what_an_officer_may_decide(sound: OfficerDecision) -> None:
    assert decision_faults(sound) == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (decision(decision_id="1"), "decision_id"),
        (decision(crossing_id=""), "crossing_id"),
        (decision(officer_id=""), "officer_id"),
        (decision(officer_authority="police"), "officer_authority"),
        (decision(border_crossing_point="Dhaka"), "border_crossing_point"),
        (decision(station=""), "station"),
        (decision(superseded_by=ID), "superseded_by"),
        (decision(superseded_by="x"), "superseded_by"),
        (decision(seen_at=UtcSeconds(DECIDED + 1.0)), "seen_at"),
        (decision(seen_at=UtcSeconds(-1.0)), "seen_at"),
        (decision(decided_at=UtcSeconds(1e15)), "decided_at"),
        (decision(decided_at=UtcSeconds(253_402_300_000.0)), "decided_at"),  # 10000 in Dhaka
        (decision(reason_code="because"), "reason_code"),
        (decision(reason_text="A" * 501), "reason_text"),
        (decision(reason_text="A\x07"), "reason_text"),
        (decision(legal_basis="A" * 201), "legal_basis"),
        *(
            (decision(decision=each, legal_basis=" "), "legal_basis")
            for each in (Decision.REFUSE_ENTRY, Decision.DENY_EXIT)
        ),
        (offload(legal_basis=""), "legal_basis"),
        (decision(second_officer_id="two words"), "second_officer_id"),
        (decision(second_officer_id="SB-1042"), "second_officer_id"),
        (about_entry(second_officer_id=""), "second_officer_id"),
        (about_entry(watchlist_entry_id="A" * 65), "watchlist_entry_id"),
        (about_entry(watchlist_entry_id="A\n"), "watchlist_entry_id"),
        (about_entry(watchlist=""), "watchlist"),
        (about_entry(watchlist="exit ban"), "watchlist"),
        (decision(watchlist="EXIT_BAN"), "watchlist"),
        (about_entry(watchlist_revision="1"), "watchlist_revision"),
        (decision(watchlist_revision=REVISION), "watchlist_revision"),
        (about_entry(identity_confirmed=None), "identity_confirmed"),
        (decision(identity_confirmed=IdentityConfirmed.SAME), "identity_confirmed"),
        (somebody_else(watchlist_revision=""), "watchlist_revision"),
        (somebody_else(documents_seen=()), "documents_seen"),
        (offload(documents_seen=()), "documents_seen"),
        (offload(documents_seen=(PASSPORT,) * 9), "documents_seen"),
        (offload(documents_seen=(replace(PASSPORT, document_code="p"),)), "documents_seen"),
        (offload(documents_seen=(replace(PASSPORT, issuing_state=""),)), "documents_seen"),
        (offload(documents_seen=(replace(PASSPORT, document_number="-"),)), "documents_seen"),
        (offload(offload_until=""), "offload_until"),
        (decision(offload_until="2026-11-25"), "offload_until"),
        (offload(offload_until="soon"), "offload_until"),
        (offload(offload_until="20261125"), "offload_until"),
        (offload(offload_until="2026-11-16"), "offload_until"),
        (offload(offload_until="2026-12-20"), "offload_until"),
        (offload(decided_at=UtcSeconds(-1e15), seen_at=UtcSeconds(0.0)), "decided_at"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(wrong: OfficerDecision, field: str) -> None:
    fault = decision_faults(wrong)[0]
    assert fault.startswith(f"{field}: ")
    assert "BX0123456" not in fault
    assert len(decision_faults(wrong)) == 1 or field == "decided_at"


def test_nothing_personal_is_in_its_words() -> None:
    shown = repr(somebody_else(legal_basis="a court's order"))
    for secret in ("BX0123456", "পাসপোর্ট", "seen twice", "court"):
        assert secret not in shown
