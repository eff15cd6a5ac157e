"""What a gate found of a referred traveller, as a message of the wire and back."""

from egate.ports.case_facts import CaseFacts, CaseThresholds
from egate.reporting.mapping import decode_record, encode_record
from egate.reporting.optical_mapping import decode_findings, encode_findings
from egate.wire.v1 import gate_pb2 as wire


def encode_case(facts: CaseFacts) -> wire.GetCaseResponse:
    demanded = facts.thresholds
    return wire.GetCaseResponse(
        record=encode_record(facts.record) if facts.record else None,
        thresholds=wire.CaseThresholds(
            policy_version=demanded.policy_version,
            profile=demanded.profile,
            min_similarity=demanded.min_similarity,
            max_pad_score=demanded.max_pad_score,
            min_portrait_similarity=demanded.min_portrait_similarity,
        ),
        case_officer_id=facts.officer_id,
        optical_findings=encode_findings(facts.optical_findings),
    )


def decode_case(message: wire.GetCaseResponse) -> CaseFacts:
    """Return what ``message`` says; raises RecordMalformed for a record of a newer version."""
    demanded = message.thresholds
    return CaseFacts(
        record=decode_record(message.record) if message.HasField("record") else None,
        thresholds=CaseThresholds(
            policy_version=demanded.policy_version,
            profile=demanded.profile,
            min_similarity=demanded.min_similarity,
            max_pad_score=demanded.max_pad_score,
            min_portrait_similarity=demanded.min_portrait_similarity,
        ),
        officer_id=message.case_officer_id,
        optical_findings=decode_findings(message.optical_findings),
    )
