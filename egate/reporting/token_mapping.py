"""What a kiosk found, as bytes and back."""

from egate.domain.evidence import AccessProtocol, BackgroundEvidence, ChipEvidence
from egate.domain.session.states import SessionId
from egate.ports.tokens import MAX_PORTRAIT_BYTES, Prepared
from egate.reporting.wire_values import (
    RecordMalformed,
    decode_checks,
    decode_document,
    decode_grant,
    decode_lists_used,
    encode_checks,
    encode_document,
    encode_grant,
    encode_lists_used,
    member,
)
from egate.wire.v1 import token_pb2 as wire


def encode_prepared(prepared: Prepared) -> wire.PreparedTraveller:
    """Return ``prepared`` for the wire; the kiosk's own record has how long it took."""
    chip = prepared.chip
    return wire.PreparedTraveller(
        crossing_id=prepared.crossing_id,
        chip=wire.InspectedChip(
            access=chip.access or "",
            checks=encode_checks(chip.checks),
            document=encode_document(chip.document),
            signer=chip.signer,
            csca_ski=chip.csca_ski,
            trust_store_version=chip.trust_store_version,
        ),
        background=encode_checks(prepared.background.checks),
        portrait=prepared.portrait,
        lists_used=encode_lists_used(prepared.background.lists_used),
        grant=encode_grant(prepared.background.grant),
        fallback_reasons=prepared.background.fallback_reasons,
    )


def decode_prepared(message: wire.PreparedTraveller) -> Prepared:
    """Return what ``message`` says.

    Raises:
        RecordMalformed: a value is unknown to this version, or the portrait is too large.

    """
    if len(message.portrait) > MAX_PORTRAIT_BYTES:
        raise RecordMalformed(f"portrait: more than {MAX_PORTRAIT_BYTES} bytes")
    chip = message.chip
    return Prepared(
        crossing_id=SessionId(message.crossing_id),
        chip=ChipEvidence(
            access=member("access", AccessProtocol, chip.access) if chip.access else None,
            checks=decode_checks(chip.checks),
            document=decode_document(chip.document) if chip.HasField("document") else None,
            signer=chip.signer,
            csca_ski=chip.csca_ski,
            trust_store_version=chip.trust_store_version,
        ),
        background=BackgroundEvidence(
            checks=decode_checks(message.background),
            lists_used=decode_lists_used(message.lists_used),
            grant=decode_grant(message.grant) if message.HasField("grant") else None,
            fallback_reasons=tuple(message.fallback_reasons),
        ),
        portrait=message.portrait,
    )
