"""Question and answer survive the wire; what is odd is refused without being told."""

from dataclasses import replace

import pytest
from hypothesis import given

from egate.domain.authorisation.background import check_background
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.authorisation.traveller import Known, Traveller
from egate.domain.time import UtcSeconds
from egate.reporting.authorisation_mapping import (
    decode_answer,
    decode_question,
    encode_answer,
    encode_question,
)
from egate.reporting.wire_values import RecordMalformed
from egate.wire.v1 import authorisation_pb2 as wire
from tests.authorisation_samples import ARRIVING, RULES, VISA, answer
from tests.property.test_authorisation_laws import known_things, travellers

CROSSING_ID = "0197f000-0000-7000-8000-000000000001"
ENTERING = encode_answer(answer(authorisations=(VISA,)))


@given(travellers, known_things)
def test_question_and_answer_survive_the_wire(traveller: Traveller, known: Known) -> None:
    assert decode_question(encode_question(traveller, CROSSING_ID)) == traveller
    found = check_background(traveller, known, RULES)
    assert decode_answer(encode_answer(found)) == found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("crossing_id", "SECRET"),
        ("crossing_id", ""),
        ("issuing_state", "SECRET"),
        ("document_number", ""),
        ("document_number", "SECRET " * 1000),
        ("document_code", "SECRET"),
        ("nationality", "secret"),
        ("border_crossing_point", "SECRET"),
        ("direction", 0),
        ("direction", 77),
        ("purpose", 77),
    ],
)
def test_a_question_that_is_none_names_its_field_alone(field: str, value: object) -> None:
    question = encode_question(ARRIVING, CROSSING_ID)
    setattr(question, field, value)
    with pytest.raises(RecordMalformed) as refused:
        decode_question(question)
    assert str(refused.value).startswith(f"{field}: ")
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(("seconds", "nanos"), [(0, 0), (-1, 0), (2**62, 0), (1_790_000_000, -1)])
def test_a_time_of_another_century(seconds: int, nanos: int) -> None:
    question = encode_question(ARRIVING, CROSSING_ID)
    question.occurred_at.seconds, question.occurred_at.nanos = seconds, nanos
    with pytest.raises(RecordMalformed, match="occurred_at: "):
        decode_question(question)


@pytest.mark.parametrize(
    "traveller",
    [
        replace(ARRIVING, document=DocumentKey("SRB", "\ud800")),
        replace(ARRIVING, at=UtcSeconds(1e300)),
    ],
    ids=["text", "time"],
)
def test_what_does_not_fit_the_wire(traveller: Traveller) -> None:
    with pytest.raises(RecordMalformed, match="does not fit"):
        encode_question(traveller, CROSSING_ID)


def answered(**changes: str) -> wire.CheckResponse:
    message = wire.CheckResponse.FromString(ENTERING.SerializeToString())
    for name, value in changes.items():
        setattr(message.grant, name, value)
    return message


def test_answers_of_another_version() -> None:
    twice = answered()
    twice.checks.append(twice.checks[0])
    few = answered()
    del few.checks[0]
    for odd in (twice, few, answered(kind="new"), answered(authorised_until="tomorrow")):
        with pytest.raises(RecordMalformed):
            decode_answer(odd)
