"""An officer's decision as bytes: ``dip.egate.v1.OfficerDecision``, and back."""

from types import MappingProxyType
from typing import Final

from google.protobuf.message import DecodeError, EncodeError

from egate.domain.decision import (
    BiometricVeto,
    Decision,
    DocumentSeen,
    IdentityConfirmed,
    Notice,
    OfficerDecision,
)
from egate.reporting.wire_values import RecordMalformed, decode_moment, encode_moment, named
from egate.wire.v1 import decision_pb2 as wire

MAX_DECISIONS: Final = 50
MAX_DECISION_BYTES: Final = 16 << 10
_DECISIONS: Final = MappingProxyType(
    {
        Decision.CLEAR: wire.DECISION_CLEAR,
        Decision.SECONDARY: wire.DECISION_SECONDARY,
        Decision.REFUSE_ENTRY: wire.DECISION_REFUSE_ENTRY,
        Decision.DENY_EXIT: wire.DECISION_DENY_EXIT,
        Decision.OFFLOAD: wire.DECISION_OFFLOAD,
        Decision.RETRY: wire.DECISION_RETRY,
        Decision.RELEASE: wire.DECISION_RELEASE,
    }
)
_VETOES: Final = MappingProxyType(
    {BiometricVeto.OK: wire.BIOMETRIC_VETO_OK, BiometricVeto.NOK: wire.BIOMETRIC_VETO_NOK}
)
_IDENTITIES: Final = MappingProxyType(
    {
        IdentityConfirmed.SAME: wire.IDENTITY_CONFIRMED_SAME,
        IdentityConfirmed.NOT_SAME_PERSON: wire.IDENTITY_CONFIRMED_NOT_SAME_PERSON,
        IdentityConfirmed.UNSURE: wire.IDENTITY_CONFIRMED_UNSURE,
    }
)
_NOTICES: Final = MappingProxyType({Notice.TOLD: wire.NOTICE_TOLD, Notice.PAPER: wire.NOTICE_PAPER})


def encode_decision(decision: OfficerDecision) -> bytes:
    """Return the bytes of ``decision``, the same for the same decision.

    Raises:
        RecordMalformed: a text is no Unicode, or a time is none.

    """
    try:
        return _to_wire(decision).SerializeToString(deterministic=True)
    except (ValueError, OverflowError, TypeError, EncodeError) as error:
        # Not chained: protobuf quotes the value in its message.
        raise RecordMalformed(f"a field does not fit: {type(error).__name__}") from None


def decode_decision(payload: bytes) -> OfficerDecision:
    """Return the decision that ``payload`` holds.

    Raises:
        RecordMalformed: the bytes are no decision, or a value is unknown to this version.

    """
    try:
        message = wire.OfficerDecision.FromString(payload)
    except DecodeError:
        raise RecordMalformed("not an officer's decision") from None
    return OfficerDecision(
        decision_id=message.decision_id,
        crossing_id=message.crossing_id,
        officer_id=message.officer_id,
        officer_authority=message.officer_authority,
        border_crossing_point=message.border_crossing_point,
        station=message.station,
        decision=named("decision", _DECISIONS, message.decision),
        reason_code=message.reason_code,
        seen_at=decode_moment(message.seen_at),
        decided_at=decode_moment(message.decided_at),
        biometric_veto=(
            named("biometric_veto", _VETOES, message.biometric_veto)
            if message.biometric_veto
            else None
        ),
        reason_text=message.reason_text,
        legal_basis=message.legal_basis,
        documents_seen=tuple(
            DocumentSeen(each.document_code, each.issuing_state, each.document_number)
            for each in message.documents_seen
        ),
        watchlist=message.watchlist,
        watchlist_entry_id=message.watchlist_entry_id,
        watchlist_revision=message.watchlist_revision,
        identity_confirmed=(
            named("identity_confirmed", _IDENTITIES, message.identity_confirmed)
            if message.identity_confirmed
            else None
        ),
        second_officer_id=message.second_officer_id,
        offload_until=message.offload_until,
        notice_given=(
            named("notice_given", _NOTICES, message.notice_given) if message.notice_given else None
        ),
        superseded_by=message.superseded_by,
    )


def _to_wire(decision: OfficerDecision) -> wire.OfficerDecision:
    veto, identity, notice = (
        decision.biometric_veto,
        decision.identity_confirmed,
        decision.notice_given,
    )
    return wire.OfficerDecision(
        decision_id=decision.decision_id,
        crossing_id=decision.crossing_id,
        officer_id=decision.officer_id,
        officer_authority=decision.officer_authority,
        border_crossing_point=decision.border_crossing_point,
        station=decision.station,
        decision=_DECISIONS[decision.decision],
        biometric_veto=_VETOES[veto] if veto else wire.BIOMETRIC_VETO_UNSPECIFIED,
        reason_code=decision.reason_code,
        reason_text=decision.reason_text,
        legal_basis=decision.legal_basis,
        documents_seen=[
            wire.DocumentSeen(
                document_code=each.document_code,
                issuing_state=each.issuing_state,
                document_number=each.document_number,
            )
            for each in decision.documents_seen
        ],
        watchlist=decision.watchlist,
        watchlist_entry_id=decision.watchlist_entry_id,
        watchlist_revision=decision.watchlist_revision,
        identity_confirmed=(
            _IDENTITIES[identity] if identity else wire.IDENTITY_CONFIRMED_UNSPECIFIED
        ),
        second_officer_id=decision.second_officer_id,
        seen_at=encode_moment(decision.seen_at),
        decided_at=encode_moment(decision.decided_at),
        notice_given=_NOTICES[notice] if notice else wire.NOTICE_UNSPECIFIED,
        offload_until=decision.offload_until,
        superseded_by=decision.superseded_by,
    )
