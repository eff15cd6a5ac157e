"""A crossing record survives the wire unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.evidence import (
    AccessProtocol,
    BackgroundEvidence,
    CheckId,
    CheckResult,
    ChipEvidence,
    InspectedVisa,
    ListUsed,
    Outcome,
    StayGrant,
    TravelDocument,
)
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
    StepDuration,
)
from egate.domain.session.states import SessionId
from egate.domain.time import UtcSeconds
from egate.ports.tokens import Prepared
from egate.reporting.mapping import RecordMalformed, decode, encode
from egate.reporting.token_mapping import decode_prepared, encode_prepared
from egate.wire.v1 import crossing_pb2 as wire

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.floats(946_684_800.0, 4_102_444_800.0).map(UtcSeconds)
UINT32 = st.integers(0, 2**32 - 1)
CHECKS = st.lists(
    st.builds(CheckResult, st.sampled_from(CheckId), st.sampled_from(Outcome), TEXT, UINT32),
    max_size=4,
).map(tuple)
LISTS = st.lists(
    st.builds(ListUsed, TEXT, st.integers(0, 2**64 - 1), MOMENTS, TEXT), max_size=2
).map(tuple)
GRANTS = st.none() | st.builds(StayGrant, TEXT, TEXT, st.none() | UINT32, TEXT)
REASONS = st.lists(TEXT, max_size=2).map(tuple)

RECORDS = st.builds(
    CrossingRecord,
    crossing_id=st.uuids().map(str),
    gate_id=TEXT,
    gate_seq=st.integers(0, 2**64 - 1),
    direction=st.sampled_from(Direction),
    border_crossing_point=TEXT,
    occurred_at=MOMENTS,
    recorded_at=MOMENTS,
    verdict=st.sampled_from(RecordVerdict),
    status=st.sampled_from(CrossingStatus),
    policy_version=TEXT,
    software_version=TEXT,
    document=st.none() | st.builds(TravelDocument, *[TEXT] * 9),
    access=st.none() | st.sampled_from(AccessProtocol),
    signer=TEXT,
    csca_ski=TEXT,
    trust_store_version=TEXT,
    checks=CHECKS,
    similarity=st.none() | FINITE,
    threshold=st.none() | FINITE,
    findings=st.lists(TEXT, max_size=3).map(tuple),
    passage_confirmed=st.booleans(),
    attempts=UINT32,
    prepared_crossing_id=TEXT,
    steps=st.lists(st.builds(StepDuration, TEXT, FINITE, FINITE), max_size=3).map(tuple),
    capture_mode=st.sampled_from(CaptureMode),
    fallback_reasons=REASONS,
    lists_used=LISTS,
    grant=GRANTS,
    supersedes=TEXT,
    decision_id=TEXT,
    entered_by=TEXT,
    visas=st.lists(st.builds(InspectedVisa, TEXT, TEXT, TEXT, CHECKS), max_size=2).map(tuple),
)
PREPARED = st.builds(
    Prepared,
    TEXT.map(SessionId),
    st.builds(ChipEvidence, st.none() | st.sampled_from(AccessProtocol), CHECKS),
    st.builds(BackgroundEvidence, CHECKS, LISTS, GRANTS, REASONS),
    st.binary(max_size=9),
)


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: CrossingRecord) -> None:
    assert decode(encode(record)) == record


@given(RECORDS)
def test_the_same_record_gives_the_same_bytes(record: CrossingRecord) -> None:
    assert encode(decode(encode(record))) == encode(record)


@given(PREPARED)
def test_what_a_kiosk_found_comes_back_as_it_was(prepared: Prepared) -> None:
    assert decode_prepared(encode_prepared(prepared)) == prepared


@given(RECORDS)
def test_a_record_says_plainly_that_it_was_made_under_fallback(record: CrossingRecord) -> None:
    message = wire.CrossingRecord.FromString(encode(record))
    assert message.entered_under_fallback is bool(record.fallback_reasons)


def test_a_record_of_before_capture_modes_is_a_gates() -> None:
    assert decode(KNOWN.SerializeToString()).capture_mode is CaptureMode.EGATE


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_malformed(payload: bytes) -> None:
    try:
        decode(payload)
    except RecordMalformed:
        return


KNOWN = wire.CrossingRecord(
    direction=wire.DIRECTION_EXIT,
    status=wire.CROSSING_STATUS_COMPLETED,
    checks=[wire.CheckResult(check_id="ELECTRONIC.ACCESS", outcome=wire.OUTCOME_SUCCESSFUL)],
)


def test_fields_of_a_newer_version_are_ignored() -> None:
    unknown_field = b"\xfa\x07\x03abc"  # number 127, length-delimited
    assert decode(KNOWN.SerializeToString() + unknown_field) == decode(KNOWN.SerializeToString())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (wire.CrossingRecord(direction=7), "direction"),  # type: ignore[arg-type]
        (wire.CrossingRecord(verdict=9), "verdict"),  # type: ignore[arg-type]
        (wire.CrossingRecord(status=99), "status"),  # type: ignore[arg-type]
        (wire.CrossingRecord(capture_mode=9), "capture_mode"),  # type: ignore[arg-type]
        (wire.CrossingRecord(access="PACE-XX"), "access"),
        (wire.CrossingRecord(checks=[wire.CheckResult(check_id="X", outcome=1)]), "check_id"),  # type: ignore[arg-type]
        (wire.CrossingRecord(checks=[wire.CheckResult(check_id="BIOMETRIC.PAD")]), "outcome"),
    ],
)
def test_an_unknown_value_is_named(change: wire.CrossingRecord, field: str) -> None:
    message = wire.CrossingRecord.FromString(KNOWN.SerializeToString())
    message.MergeFrom(change)
    with pytest.raises(RecordMalformed, match=rf"^{field}: "):
        decode(message.SerializeToString())


@pytest.mark.parametrize(
    "fault", [{"gate_seq": -1}, {"gate_seq": 2**64}, {"attempts": 2**32}, {"gate_id": "\ud800"}]
)
def test_what_does_not_fit_is_refused_without_its_value(fault: dict[str, object]) -> None:
    good = decode(KNOWN.SerializeToString())
    values = {name: getattr(good, name) for name in CrossingRecord.__slots__}
    with pytest.raises(RecordMalformed) as caught:
        encode(CrossingRecord(**(values | fault)))
    assert "\ud800" not in str(caught.value)
