"""Hits of a case as messages of the wire."""

from egate.ports.case_hits import CaseHit, PersonListed
from egate.wire.v1 import gate_pb2 as wire


def encode_hit(hit: CaseHit) -> wire.CaseHit:
    return wire.CaseHit(
        list=hit.list_name,
        version=hit.version,
        entry_id=hit.entry_id,
        revision=hit.revision,
        action=hit.action,
        match=hit.match,
        score=hit.score,
        legal_basis=hit.legal_basis,
        order_reference=hit.order_reference,
        authority=hit.authority,
        court=hit.court,
        instruction=hit.instruction,
        contact=hit.contact,
        valid_from=hit.valid_from,
        valid_to=hit.valid_to,
        persons=[
            wire.PersonListed(
                names=each.names,
                date_of_birth=each.date_of_birth,
                nationality=each.nationality,
                sex=each.sex,
            )
            for each in hit.persons
        ],
    )


def decode_hit(message: wire.CaseHit) -> CaseHit:
    return CaseHit(
        list_name=message.list,
        version=message.version,
        entry_id=message.entry_id,
        revision=message.revision,
        action=message.action,
        match=message.match,
        score=message.score if message.HasField("score") else None,
        legal_basis=message.legal_basis,
        order_reference=message.order_reference,
        authority=message.authority,
        court=message.court,
        instruction=message.instruction,
        contact=message.contact,
        valid_from=message.valid_from,
        valid_to=message.valid_to,
        persons=tuple(
            PersonListed(tuple(each.names), each.date_of_birth, each.nationality, each.sex)
            for each in message.persons
        ),
    )
