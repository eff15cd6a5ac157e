"""Whatever a record holds: valid XML 1.0, and the same log whoever the traveller was."""

import base64
import gc
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from egate.domain.evidence import InspectedVisa, ListUsed, StayGrant, TravelDocument
from egate.domain.inspection_log.profile import LogProfile
from egate.domain.record import CrossingRecord
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.reporting.inspection_log.writer import LogWriter
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from tests.centre_harness import record
from tests.inspection_log_samples import demo_records, log_of, valid

texts = st.text(max_size=40) | st.sampled_from(
    [
        "\x00\x01\x0b\x1f\x7f\ufffe\uffff",
        "]]></Reason><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;&lt;",
        '"><Transaction/>',
        "\u202e\u2028\r\n\t",
        "\U0010ffff" * 9,
        "\u0d3f\u0bbe" * 9,
    ]
)
numbers = st.floats()
moments = st.floats(-1e9, 1e12).map(UtcSeconds)
profiles = st.sampled_from(LogProfile)
documents = st.builds(TravelDocument, *([texts] * 9))
outcomes = st.sampled_from(Outcome)


def results(details: st.SearchStrategy[str]) -> st.SearchStrategy[CheckResult]:
    durations = st.integers(0, 2**32 - 1)
    return st.builds(CheckResult, st.sampled_from(CheckId), outcomes, details, durations)


hostile = st.builds(
    lambda **changes: record(1, **changes),
    document=st.none() | documents,
    signer=texts,
    csca_ski=texts,
    trust_store_version=texts,
    policy_version=texts,
    software_version=texts,
    border_crossing_point=texts,
    checks=st.lists(results(texts), max_size=8).map(tuple),
    findings=st.lists(texts, max_size=3).map(tuple),
    fallback_reasons=st.lists(texts, max_size=20).map(tuple),
    lists_used=st.lists(
        st.builds(ListUsed, texts, st.integers(0, 2**64 - 1), st.just(UtcSeconds(1e9)), texts)
    ).map(tuple),
    prepared_crossing_id=texts,
    supersedes=texts,
    similarity=st.none() | numbers,
    occurred_at=moments,
    attempts=st.integers(0, 2**32 - 1),
    gate_seq=st.integers(0, 2**64 - 1),
    visas=st.lists(
        st.builds(
            InspectedVisa, texts, texts, texts, st.lists(results(texts), max_size=3).map(tuple)
        ),
        max_size=9,
    ).map(tuple),
)


@given(hostile, profiles)
def test_any_record_gives_valid_xml(odd: CrossingRecord, profile: LogProfile) -> None:
    valid(log_of(odd, profile=profile))


@given(texts, profiles)
def test_hostile_texts_everywhere_at_once_give_valid_xml(text: str, profile: LogProfile) -> None:
    checks = tuple(CheckResult(each, Outcome.FAILED, text) for each in CheckId)
    valid(log_of(record(1, checks=checks, findings=(text,)), profile=profile))


def test_a_text_of_a_megabyte_is_told_by_a_line() -> None:
    large = "wrong check digit of date_of_birth, " + "\x00<&" * 350_000
    checks = (CheckResult(CheckId.OPTICAL_MRZ_CHECK_DIGITS, Outcome.FAILED, large),)
    log = log_of(record(1, checks=checks, policy_version=large))
    assert len(log) < 4_000
    valid(log)


def test_half_a_surrogate_pair_is_no_record() -> None:
    """Protobuf's own UTF-8 refuses it, so that none can come from a station."""
    checks = (CheckResult(CheckId.FACE, Outcome.FAILED, "?"),)
    raw = encode(record(1, checks=checks)).replace(b"\x1a\x01?", b"\x1a\x03\xed\xa0\x80")
    statistics = valid(log_of(raw))[-1]
    assert (statistics.get("transactions"), statistics.get("unreadable")) == ("0", "1")


# What of a document has a place in the log; all else of a record is free below.
KEPT = {"document_code", "issuing_state"}


@given(data=st.data(), profile=profiles)
def test_the_log_is_the_same_whoever_the_traveller_was(
    data: st.DataObject, profile: LogProfile
) -> None:
    base = data.draw(st.sampled_from(demo_records()))
    assert base.document is not None
    person = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
    fields = sorted(set(TravelDocument.__dataclass_fields__) - KEPT)
    drawn = {name: data.draw(person) for name in fields}
    # Background checks say why a traveller is stopped; their whole text is free.
    free = {check.check_id for check in base.checks if check.check_id.startswith("BACKGROUND.")}
    page = (CheckResult(CheckId.PATTERN, Outcome.FAILED, "the background is another"),)
    one, another = (InspectedVisa("V", "BGD", data.draw(person), page) for _ in range(2))
    base = replace(base, visas=(one,))
    other = replace(
        base,
        visas=(another,),
        document=replace(base.document, **drawn),
        similarity=data.draw(st.floats(-1, 1)),
        grant=data.draw(st.none() | st.builds(StayGrant, person, person, st.none(), person)),
        entered_by=data.draw(person),
        decision_id=data.draw(person),
        checks=tuple(
            replace(check, detail=f"{check.detail} {drawn['primary_identifier']}")
            if check.check_id in free
            else check
            for check in base.checks
        ),
    )
    assert log_of(other, profile=profile) == log_of(base, profile=profile)


@given(results(texts), st.text(st.characters(codec="utf-8"), min_size=1), profiles)
def test_a_text_that_is_not_known_is_never_passed_on(
    check: CheckResult, secret: str, profile: LogProfile
) -> None:
    marked = f"\u2603{secret}\u2603{base64.b64encode(secret.encode()).decode()}"
    log = log_of(record(1, checks=(replace(check, detail=marked),)), profile=profile)
    assert "\u2603" not in log.decode()


def test_every_field_of_a_record_was_thought_of() -> None:
    """A new field of the wire has to be told, or to be left out, on purpose."""
    told = {
        *("crossing_id", "gate_id", "gate_seq", "direction", "border_crossing_point"),
        *("occurred_at", "recorded_at", "verdict", "status", "access", "signer", "csca_ski"),
        *("checks", "findings", "passage_confirmed", "policy_version", "software_version"),
        *("attempts", "steps", "trust_store_version", "prepared_crossing_id", "capture_mode"),
        *("fallback_reasons", "lists_used", "supersedes", "document", "visas"),
    }
    left_out = {"similarity", "threshold", "entered_under_fallback", "grant"}
    left_out |= {"decision_id", "entered_by"}
    assert told | left_out == {field.name for field in wire.CrossingRecord.DESCRIPTOR.fields}


class Discarding:
    """A stream that keeps nothing but how much came."""

    def __init__(self) -> None:
        self.size = 0
        self.largest = 0

    def write(self, raw: bytes) -> int:
        self.size += len(raw)
        self.largest = max(self.largest, len(raw))
        return len(raw)


def test_more_transactions_need_no_more_memory() -> None:
    payloads = [encode(each) for each in demo_records()]
    stream = Discarding()
    writer = LogWriter(stream, LogProfile.STANDARD)  # type: ignore[arg-type]
    writer.begin("0.1.0")

    def kept_after(count: int) -> int:
        for number in range(count):
            writer.add(payloads[number % len(payloads)])
        gc.collect()
        return len(gc.get_objects())

    once = kept_after(34)
    assert kept_after(1_020) - once < 100  # not one object for ten transactions
    assert writer.tally.transactions == 1_054
    assert stream.size > 1_054 * 4_000
    assert stream.largest < 20_000  # each goes out before the next one comes
