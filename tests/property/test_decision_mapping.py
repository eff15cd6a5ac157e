"""An officer's decision survives the wire unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.decision import (
    BiometricVeto,
    Decision,
    DocumentSeen,
    IdentityConfirmed,
    Notice,
    OfficerDecision,
)
from egate.domain.time import UtcSeconds
from egate.reporting.decision_mapping import decode_decision, encode_decision
from egate.reporting.wire_values import RecordMalformed
from egate.wire.v1 import decision_pb2 as wire

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.floats(946_684_800.0, 4_102_444_800.0).map(UtcSeconds)
DECISIONS = st.builds(
    OfficerDecision,
    *[TEXT] * 6,
    decision=st.sampled_from(Decision),
    reason_code=TEXT,
    seen_at=MOMENTS,
    decided_at=MOMENTS,
    biometric_veto=st.none() | st.sampled_from(BiometricVeto),
    reason_text=TEXT,
    legal_basis=TEXT,
    documents_seen=st.lists(st.builds(DocumentSeen, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    watchlist=TEXT,
    watchlist_entry_id=TEXT,
    watchlist_revision=TEXT,
    identity_confirmed=st.none() | st.sampled_from(IdentityConfirmed),
    second_officer_id=TEXT,
    offload_until=TEXT,
    notice_given=st.none() | st.sampled_from(Notice),
    superseded_by=TEXT,
)


@given(DECISIONS)
def test_a_decision_comes_back_as_it_was(decision: OfficerDecision) -> None:
    payload = encode_decision(decision)
    assert decode_decision(payload) == decision
    assert encode_decision(decode_decision(payload)) == payload


@given(st.binary(max_size=200))
def test_any_bytes_are_a_decision_or_malformed(payload: bytes) -> None:
    try:
        decode_decision(payload)
    except RecordMalformed:
        return


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (wire.OfficerDecision(), "decision"),
        (wire.OfficerDecision(decision=99), "decision"),  # type: ignore[arg-type]
        (wire.OfficerDecision(decision=1, biometric_veto=99), "biometric_veto"),  # type: ignore[arg-type]
        (wire.OfficerDecision(decision=1, identity_confirmed=99), "identity_confirmed"),  # type: ignore[arg-type]
        (wire.OfficerDecision(decision=1, notice_given=99), "notice_given"),  # type: ignore[arg-type]
    ],
)
def test_an_unknown_value_is_named(change: wire.OfficerDecision, field: str) -> None:
    with pytest.raises(RecordMalformed, match=rf"^{field}: "):
        decode_decision(change.SerializeToString())


@given(DECISIONS)
def test_what_does_not_fit_is_refused_without_its_value(decision: OfficerDecision) -> None:
    values = {name: getattr(decision, name) for name in OfficerDecision.__slots__}
    with pytest.raises(RecordMalformed) as caught:
        encode_decision(OfficerDecision(**(values | {"reason_text": "\ud800"})))
    assert "\ud800" not in str(caught.value)
