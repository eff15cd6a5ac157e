"""What a record that no gate made must say, field by field."""

from dataclasses import replace

import pytest

from egate.domain.desk_record import MOST_VISAS, desk_record_faults
from egate.domain.evidence import InspectedVisa, TravelDocument
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
)
from egate.domain.time import UtcSeconds
from tests.centre_harness import record

DAY = 86_400.0
ID = "0197f000-0000-7000-8000-0000000000aa"
PASSPORT = TravelDocument(
    "P", "BGD", "BX0123456", "2028-04-15", "RAHMAN", "MD ANISUR", "BGD", "1984-08-12", "M"
)
# A travel permit on paper: no zone, no second name, no expiry, a birthday that nobody knows.
PERMIT = TravelDocument("TP", "BGD", "TP 0042/26", "", "করিম", "", "BGD", "1974-XX-XX", "")

VISA = InspectedVisa("V", "BGD", "VS0042217", ())


def desk(**changes: object) -> CrossingRecord:
    made = record(
        1,
        verdict=RecordVerdict.ADMIT,
        status=CrossingStatus.COMPLETED,
        findings=(),
        document=PASSPORT,
        capture_mode=CaptureMode.DESK,
        entered_by="sb-1042",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def on_paper(**changes: object) -> CrossingRecord:
    given: dict[str, object] = {
        "capture_mode": CaptureMode.MANUAL_RETROSPECTIVE,
        "occurred_at": UtcSeconds(1_400_000_000.0),
        "fallback_reasons": ("power_cut",),
    }
    return desk(**(given | changes))


REFUSED: dict[str, object] = {
    "status": CrossingStatus.REFUSED_ENTRY,
    "verdict": RecordVerdict.NONE,
    "decision_id": ID,
}


@pytest.mark.parametrize(
    "sound",
    [
        desk(),
        desk(capture_mode=CaptureMode.MOBILE, document=PERMIT),
        desk(document=replace(PASSPORT, document_code="I", date_of_birth="1984-08-XX", sex="X")),
        desk(document=replace(PASSPORT, date_of_birth="XXXX-XX-XX")),
        desk(supersedes=ID, occurred_at=UtcSeconds(1_400_000_000.0)),
        desk(**REFUSED, document=None),
        desk(**(REFUSED | {"status": CrossingStatus.OFFLOADED}), direction=Direction.EXIT),
        desk(**(REFUSED | {"status": CrossingStatus.DENIED_EXIT}), direction=Direction.EXIT),
        desk(status=CrossingStatus.ABORTED, verdict=RecordVerdict.NONE),
        desk(visas=(VISA,) * MOST_VISAS),
        desk(visas=(replace(VISA, issuing_state="B6D", document_number=""),)),
        on_paper(),
        on_paper(document=PERMIT, direction=Direction.EXIT),
    ],
)
def test_what_a_desk_may_enter(sound: CrossingRecord) -> None:
    assert desk_record_faults(sound) == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (desk(capture_mode=CaptureMode.EGATE), "capture_mode"),
        (desk(entered_by=""), "entered_by"),
        (on_paper(entered_by="two words"), "entered_by"),
        (desk(supersedes="x"), "supersedes"),
        (desk(supersedes=desk().crossing_id), "supersedes"),
        (desk(fallback_reasons=("Centre away",)), "fallback_reasons"),
        (desk(fallback_reasons=("a",) * 9), "fallback_reasons"),
        (on_paper(fallback_reasons=()), "fallback_reasons"),
        (desk(status=CrossingStatus.REFERRED, verdict=RecordVerdict.NONE), "status"),
        (desk(**(REFUSED | {"status": CrossingStatus.DENIED_EXIT})), "status"),
        (desk(**REFUSED, direction=Direction.EXIT), "status"),
        (desk(verdict=RecordVerdict.NONE), "verdict"),
        (desk(**(REFUSED | {"verdict": RecordVerdict.ADMIT})), "verdict"),
        (desk(status=CrossingStatus.ABORTED, verdict=RecordVerdict.REFER), "verdict"),
        (desk(decision_id="x"), "decision_id"),
        (desk(**(REFUSED | {"decision_id": ""})), "decision_id"),
        (desk(occurred_at=UtcSeconds(desk().recorded_at + 1)), "occurred_at"),
        (desk(occurred_at=UtcSeconds(desk().recorded_at - DAY - 1)), "occurred_at"),
        (desk(document=None), "document"),
        (desk(visas=(VISA,) * (MOST_VISAS + 1)), "visas"),
        (desk(visas=(replace(VISA, document_code="P"),)), "visas.document_code"),
        (desk(visas=(replace(VISA, document_code="VXX"),)), "visas.document_code"),
        (desk(visas=(VISA, replace(VISA, issuing_state="BGDX"))), "visas.issuing_state"),
        (desk(visas=(replace(VISA, document_number="V" * 41),)), "visas.document_number"),
        (desk(visas=(replace(VISA, document_number="V\n"),)), "visas.document_number"),
        *(
            (desk(document=replace(PASSPORT, **{name: value})), f"document.{name}")  # type: ignore[arg-type]
            for name, value in [
                ("document_code", ""),
                ("document_code", "PASS"),
                ("issuing_state", "B1"),
                ("document_number", " <"),
                ("document_number", "A" * 41),
                ("document_number", "A\n"),
                ("primary_identifier", " "),
                ("primary_identifier", "A" * 101),
                ("primary_identifier", "A\u0007"),
                ("secondary_identifier", "A" * 101),
                ("nationality", ""),
                ("date_of_birth", ""),
                ("date_of_birth", "1984-02-30"),
                ("date_of_birth", "1984-XX-12"),
                ("date_of_birth", "12.08.1984"),
                ("date_of_expiry", "2028-04"),
                ("date_of_expiry", "2028-04-31"),
                ("sex", "W"),
            ]
        ),
    ],
)
def test_what_is_wrong_is_named_once_without_its_value(wrong: CrossingRecord, field: str) -> None:
    (fault,) = desk_record_faults(wrong)
    assert fault.startswith(f"{field}: ")
    assert wrong.entered_by not in fault or not wrong.entered_by
    for secret in ("RAHMAN", "BX0123456", "1984"):
        assert secret not in fault.partition("such as")[0]


def test_every_fault_is_named() -> None:
    nothing = TravelDocument(*[""] * 9)
    found = desk_record_faults(desk(entered_by="", document=nothing, verdict=RecordVerdict.NONE))
    assert [fault.partition(":")[0] for fault in found] == [
        "entered_by",
        "verdict",
        "document.document_code",
        "document.issuing_state",
        "document.document_number",
        "document.primary_identifier",
        "document.nationality",
        "document.date_of_birth",
    ]
