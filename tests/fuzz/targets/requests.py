"""Requests to services, as the centre and gates examine them before anything is kept."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from egate.central.acceptance import CrossingRow, Refusal, examine
from egate.central.decisions import _order as order_of
from egate.central.decisions import _settled as settled_by
from egate.central.decisions import examine_decision
from egate.central.desk_acceptance import examine_of_desk
from egate.central.images import _fault as fault_of_image
from egate.central.inquiries.searching import InquiryRefused, searched
from egate.central.lists.acts import ActRefused, Maker
from egate.central.lists.entry_mapping import decode_rows, kind_named
from egate.central.lists.incoming_rows import IncomingRows
from egate.central.lists.shelf import NotKept, Shelf
from egate.central.service_reports import _columns as columns_of_spans
from egate.central.service_reports import _is_sound as is_sound
from egate.central.special_branch.day_files import _line as line_of_day_file
from egate.central.special_branch.person_queries import _document as person_of
from egate.central.special_branch.remote_system import _crossing as told_of
from egate.central.statistics.facts import _fact as fact_of
from egate.domain.authorisation.background import check_background
from egate.domain.authorisation.traveller import Known
from egate.domain.decision import Decision, IdentityConfirmed
from egate.domain.policy.entries import PolicyInvalid
from egate.lists.errors import ListRefused
from egate.policy_files.changes import received_change
from egate.policy_files.signatures import Signature, sign
from egate.ports.lists import PartOf
from egate.ports.special_branch import CrossingMessage
from egate.reporting.authorisation_mapping import (
    decode_answer,
    decode_question,
    encode_answer,
    encode_question,
)
from egate.reporting.decision_mapping import decode_decision, encode_decision
from egate.reporting.mapping import RecordMalformed, decode, encode, parse
from egate.wire.v1 import (
    authorisation_pb2,
    crossing_pb2,
    decision_pb2,
    image_pb2,
    inquiry_pb2,
    list_entry_pb2,
    list_pb2,
    person_query_pb2,
    policy_change_pb2,
    service_report_pb2,
)
from tests.authorisation_samples import ARRIVING, CITIZEN_DEPARTING, RULES
from tests.case_samples import CROSSING, GATE, photographs, record
from tests.fuzz.messages import filled, messages_damaged
from tests.fuzz.scratch import scratch
from tests.fuzz.target import Damage, Target
from tests.list_samples import SIGNER
from tests.policy_officers import OFFICERS
from tests.records_harness import DESK
from tests.unit.test_decision import CLEARED, about_entry, offload, somebody_else

_NOW: Final = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
_KEYS: Final = {name: key.public_key() for name, key in OFFICERS.items()}
_SPANS: Final = 5
_ROWS: Final = 500
Take = Callable[[Any], object]


class NotReadable(AssertionError):
    """What was accepted cannot be handed on."""


def _taken(kind: type[Message], take: Take, raw: bytes) -> None:
    """Let ``take`` have the message in ``raw``; what is none, gRPC refuses itself."""
    try:
        message = kind.FromString(raw)
    except DecodeError:
        return
    take(message)


def _record(
    examine_it: Callable[[bytes, str], CrossingRow | Refusal], sender: str, raw: bytes
) -> None:
    """Accept a record, and do with it what is done with every record that was accepted."""
    row = examine_it(raw, sender)
    if isinstance(row, Refusal):
        return
    message = CrossingMessage(1, str(row.crossing_id), _NOW, row.payload)
    line_of_day_file(message)
    told_of(message).SerializeToString()
    fact_of({**row._asdict(), "clock_suspect": False}, parse(row.payload))
    try:
        decode(row.payload)
    except RecordMalformed:  # of a newer gate; the console says so
        return


def _decision(raw: bytes) -> None:
    """Examine a decision, and do with it what follows for lists."""
    examined = examine_decision(raw)
    if isinstance(examined, str):
        return
    if decode_decision(encode_decision(examined)) != examined:
        raise NotReadable("a decision")
    with suppress(ActRefused, ListRefused):
        if examined.decision is Decision.OFFLOAD:
            order_of(examined)
        if examined.identity_confirmed is IdentityConfirmed.NOT_SAME_PERSON:
            settled_by(examined)


def _question(request: authorisation_pb2.CheckRequest) -> None:
    traveller = decode_question(request)
    answer = encode_answer(check_background(traveller, Known(), RULES))
    decode_answer(answer)


def _rows(request: list_entry_pb2.ProposeEntryRequest) -> None:
    Maker(request.act.officer_id, request.act.reason)
    kind = kind_named(request.list)
    incoming = IncomingRows(kind)
    incoming._batch(iter(decode_rows(request.rows[:_ROWS], kind)))
    incoming._entries()


def _search(request: inquiry_pb2.FindCrossingsRequest) -> None:
    searched(request, _NOW).criteria.encode()


def _spans(request: service_report_pb2.ReportStatusRequest) -> None:
    columns_of_spans([span for span in request.spans[:_SPANS] if is_sound(span)])


def _part(request: list_pb2.GetPartRequest) -> None:
    shelf = Shelf(scratch(), SIGNER.public_key())
    part = PartOf(
        request.list, request.version, request.delta, request.file, request.offset, request.length
    )
    with suppress(NotKept):
        shelf.read(part)


def _change(request: policy_change_pb2.PutChangeRequest) -> None:
    """Take a change in as it came, and once more with good signatures over what came."""
    content = request.content
    sent = [Signature(each.officer_id, each.value) for each in request.signatures]
    for signatures in (sent, [sign(content, key, name) for name, key in OFFICERS.items()]):
        try:
            received_change(Path("policy.changes"), content, signatures, _KEYS)
        except PolicyInvalid:
            continue


def _person(request: person_query_pb2.QueryPersonRequest) -> None:
    person_of(request.document)


_CHANGE: Final = """\
number = 7
policy_version = "2026-11.9"
key = "profiles.standard.min_similarity"
value = 0.42
from = 2026-11-22T10:00:00+06:00
until = 2026-11-23T10:00:00+06:00
reason = "fog"
proposed_by = "a.rahman"
"""


def _changes() -> Sequence[Message]:
    content = _CHANGE.encode()
    request = policy_change_pb2.PutChangeRequest(content=content)
    for name, key in OFFICERS.items():
        request.signatures.add(officer_id=name, value=sign(content, key, name).value)
    return (request,)


def _entries() -> Sequence[Message]:
    request = list_entry_pb2.ProposeEntryRequest(list="EXIT_BAN")
    request.act.officer_id, request.act.reason = "sb-1", "writ"
    request.rows.add(
        entry_id="E-1", legal_basis="CrPC s. 496", order_reference="Writ 1", authority="SB",
        valid_from="2026-01-01", court="High Court", document_type="P", issuing_state="BGD",
        document_number="A0123456", name="Md. Abdul Karim", date_of_birth="1974-08-12",
    )  # fmt: skip
    return (request,)


def _questions() -> Sequence[Message]:
    return tuple(encode_question(each, CROSSING) for each in (ARRIVING, CITIZEN_DEPARTING))


def _spans_sent() -> Sequence[Message]:
    request = service_report_pb2.ReportStatusRequest()
    span = request.spans.add(in_service=True, mode="open", software_version="0.1.0")
    span.since.seconds, span.until.seconds = 1_790_000_000, 1_790_000_060
    span.conditions.append("lists_stale")
    return (request,)


def _searches() -> Sequence[Message]:
    request = inquiry_pb2.FindCrossingsRequest(gate_id=GATE, statuses=[2], limit=20)
    request.since.FromDatetime(_NOW - dt.timedelta(days=2))
    by_document = inquiry_pb2.FindCrossingsRequest(issuing_state="BGD", document_number="A1")
    return request, by_document


def _pictures() -> Sequence[Message]:
    jpeg = photographs()[0].jpeg[:3000]
    return (image_pb2.PutImageRequest(crossing_id=CROSSING, kind=1, content=jpeg),)


def _parts() -> Sequence[Message]:
    return (list_pb2.GetPartRequest(list="OFFLOAD", version=1, file="entries", length=4096),)


def _whole(message: type[Message], made: Callable[[], Sequence[Message]]) -> Sequence[bytes]:
    samples = (message(), filled(message()), *made())
    return tuple(each.SerializeToString() for each in samples)


def _of(
    kind: type[Message],
    take: Take,
    refusals: tuple[type[Exception], ...] = (),
    made: Callable[[], Sequence[Message]] = tuple,
    share: int = 6,
) -> Target:
    samples = partial(_whole, kind, made)
    return Target(partial(_taken, kind, take), samples, refusals, messages_damaged(kind), share)


def _records() -> Sequence[bytes]:
    of_gate = record(gate_id=GATE)
    return (encode(of_gate), encode(record(gate_id=DESK)))


def _decisions() -> Sequence[bytes]:
    made = (CLEARED, about_entry(), offload(), somebody_else())
    return tuple(encode_decision(each) for each in made)


_MADE: Final[Mapping[type[Message], Callable[[], Sequence[Message]]]] = {
    authorisation_pb2.CheckRequest: _questions,
    list_entry_pb2.ProposeEntryRequest: _entries,
    inquiry_pb2.FindCrossingsRequest: _searches,
    service_report_pb2.ReportStatusRequest: _spans_sent,
    image_pb2.PutImageRequest: _pictures,
    list_pb2.GetPartRequest: _parts,
    policy_change_pb2.PutChangeRequest: _changes,
}


def samples_of(kind: type[Message]) -> Sequence[bytes]:
    """Return valid requests of ``kind``, beside those that are made up."""
    if kind is crossing_pb2.PutBatchRequest:
        return (crossing_pb2.PutBatchRequest(records=_records()).SerializeToString(),)
    if kind is decision_pb2.PutDecisionsRequest:
        return (decision_pb2.PutDecisionsRequest(decisions=_decisions()).SerializeToString(),)
    return tuple(each.SerializeToString() for each in _MADE.get(kind, tuple)())


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    damage: Damage = messages_damaged(crossing_pb2.CrossingRecord)
    of_decision = messages_damaged(decision_pb2.OfficerDecision)
    found = {
        "record of a gate": Target(partial(_record, examine, GATE), _records, (), damage, 16),
        "record of a desk": Target(
            partial(_record, examine_of_desk, DESK), _records, (), damage, 8
        ),
        "decision": Target(_decision, _decisions, (), of_decision, 8),
        "question": _of(authorisation_pb2.CheckRequest, _question, (RecordMalformed,), _questions),
        "entry": _of(
            list_entry_pb2.ProposeEntryRequest, _rows, (ActRefused, ListRefused), _entries
        ),
        "search": _of(inquiry_pb2.FindCrossingsRequest, _search, (InquiryRefused,), _searches),
        "times of service": _of(service_report_pb2.ReportStatusRequest, _spans, made=_spans_sent),
        "picture": _of(image_pb2.PutImageRequest, fault_of_image, made=_pictures),
        "part of a list": _of(list_pb2.GetPartRequest, _part, made=_parts),
        "person": _of(person_query_pb2.QueryPersonRequest, _person),
        "policy change": _of(policy_change_pb2.PutChangeRequest, _change, made=_changes),
    }
    return {f"request/{name}": target for name, target in found.items()}
