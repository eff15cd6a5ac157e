"""Deviation lists as bytes: what is read, what is refused, and whom an entry names."""

import hashlib
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.signature import SignatureAlgorithmRejected
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication import deviation_list
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_documents import (
    DeviationDocuments,
    DocumentIdentity,
    normal_number,
)
from egate.emrtd.passive_authentication.deviation_list import DeviationDescription, DeviationList
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import signed_data
from hardware_mocks.tlv import encode
from tests.deviation_forge import (
    TYPE,
    by_digest,
    by_issuer_and_serial,
    by_key_identifier,
    content,
    description,
    deviation,
    documents,
    list_signer,
    listed,
    signed,
)
from tests.trust_forge import NOW, SHA256, Forge

BD = Forge()
MOCK_SIGNER = BD.signer().certificate
SIGNER = Certificate.parse(MOCK_SIGNER.raw)
OTHER = Certificate.parse(BD.csca().raw)
DAY = date(2024, 5, 17)
DOCUMENT = DocumentIdentity("P", ("BG0123456",), SIGNER, DAY)
WRONG_HASH = description("2.2", 2)
YEAR_2024 = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC))
YEAR_2023 = (datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, tzinfo=UTC))


def names(named: bytes, document: DocumentIdentity = DOCUMENT, hash_oid: str | None = None) -> bool:
    found = listed(deviation(named, WRONG_HASH), hash_oid=hash_oid).describe(document)
    assert found in ((), (DeviationDescription(f"{TYPE}2.2", 2),))
    return bool(found)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (documents(numbers=["BG0123456"]), True),
        (documents(numbers=["XX0000000", "bg 012345-6"]), True),
        (documents(numbers=["BG0123457"]), False),
        (documents(numbers=[]), False),
        (documents(numbers=[""]), False),
        (documents(signer=by_issuer_and_serial(MOCK_SIGNER)), True),
        (documents(signer=by_issuer_and_serial(MOCK_SIGNER, 7)), False),
        (documents(signer=by_key_identifier(MOCK_SIGNER.key_identifier)), True),
        (documents(signer=by_key_identifier(b"other")), False),
        (documents(kind="P"), True),
        (documents(kind="P<"), True),
        (documents(kind="PD"), False),
        (documents(kind="I"), False),
        (documents(issued=YEAR_2024), True),
        (documents(issued=YEAR_2023), False),
        # All conditions of an entry must hold (9303-12 §10).
        (documents(kind="P", numbers=["BG0123456"], issued=YEAR_2024), True),
        (documents(kind="I", numbers=["BG0123456"]), False),
        (documents(numbers=["BG0123456"], issued=YEAR_2023), False),
        (documents(signer=by_key_identifier(b"other"), numbers=["BG0123456"]), False),
        # An entry that says nothing of which documents, or something new, names none.
        (documents(), False),
        (documents(numbers=["BG0123456"], more=encode(0x86, b"new")), False),
    ],
    ids=lambda value: str(value) if isinstance(value, bool) else "entry",  # keys are new each time
)
def test_whom_an_entry_names(named: bytes, expected: bool) -> None:  # noqa: FBT001  a table
    assert names(named) is expected


def test_a_signer_by_its_hash() -> None:
    digest = documents(signer=by_digest(hashlib.sha256(SIGNER.raw).digest()))
    assert names(digest, hash_oid=SHA256)
    assert not names(digest, hash_oid="1.3.14.3.2.26")
    assert not names(digest)  # nobody knows which hash it is
    assert not names(digest, DocumentIdentity("P", (), OTHER, None), hash_oid=SHA256)


def test_a_date_of_issue_that_is_not_known() -> None:
    unknown = DocumentIdentity("P", ("BG0123456",), SIGNER, None)
    assert not names(documents(issued=YEAR_2024), unknown)
    assert not names(documents(issued=YEAR_2024, kind="P"), unknown)
    assert names(documents(issued=YEAR_2024, numbers=["BG0123456"]), unknown)
    by_signer = documents(signer=by_issuer_and_serial(MOCK_SIGNER), issued=YEAR_2023)
    assert names(by_signer, unknown)
    assert not names(by_signer)


def test_a_document_of_which_little_is_known() -> None:
    nothing = DocumentIdentity("", (), None, None)
    for named in (
        documents(numbers=["BG0123456"]),
        documents(kind="P"),
        documents(signer=by_issuer_and_serial(MOCK_SIGNER)),
    ):
        assert not names(named, nothing)
    unnumbered = DocumentIdentity("P", ("<<",), None, None)
    assert not names(documents(numbers=["", "-"]), unnumbered)
    either = DocumentIdentity("P", ("OTHER", "BG0123456"), None, None)
    assert names(documents(numbers=["BG0123456"]), either)


def test_what_is_read_of_a_description() -> None:
    told = description("1.2", "2.5.29.35", text=der.printable("see note 7"))
    for_us = description("5", use=encode(0xA1, der.utf8("of no concern")))
    unknown = der.sequence(der.oid("1.2.3"), encode(0xA0, der.sequence()))
    broken = der.sequence(der.oid(f"{TYPE}2.1"), encode(0xA0, b""))
    everything = documents(numbers=["BG0123456"])
    found = listed(deviation(everything, told, for_us, unknown, broken)).describe(DOCUMENT)
    assert set(found) == {
        DeviationDescription(f"{TYPE}1.2", "2.5.29.35", "see note 7"),
        DeviationDescription(f"{TYPE}5"),
        DeviationDescription("1.2.3"),
        DeviationDescription(f"{TYPE}2.1"),
    }
    # A document that is named counts as named, though nothing is said of it.
    silent = listed(deviation(everything)).describe(DOCUMENT)
    assert silent == (DeviationDescription("2.23.136.1.1.7"),)


def test_several_entries_name_one_document() -> None:
    found = listed(
        deviation(documents(numbers=["BG0123456"]), description("2.2", 2)),
        deviation(documents(numbers=["OTHER"]), description("4")),
        deviation(documents(signer=by_issuer_and_serial(MOCK_SIGNER)), description("2.3")),
    ).describe(DOCUMENT)
    assert {each.kind for each in found} == {f"{TYPE}2.2", f"{TYPE}2.3"}


def test_the_signed_list() -> None:
    entry = deviation(documents(numbers=["BG0123456"]), WRONG_HASH)
    found = DeviationList.of_signed(signed(entry, signer=list_signer(BD)))
    assert found.signed_at == NOW
    assert found.describe(DOCUMENT)
    other = signed_data("1.2.3", content(entry), list_signer(BD), NOW)
    with pytest.raises(Asn1Malformed, match="no deviation list"):
        DeviationList.of_signed(other)


@pytest.mark.parametrize(
    "numbers",
    [
        b"\x13",  # ends in a header
        b"\x13\x09BG01234",  # ends early
        b"\x04\x01A",  # no string
        b"\x13\x41" + b"A" * 65,  # no number is so long
        b"\x13\x80A\x00\x00",
    ],
)
def test_numbers_that_cannot_be(numbers: bytes) -> None:
    entry = deviation(der.sequence(encode(0xA5, numbers)), WRONG_HASH)
    with pytest.raises(Asn1Malformed):
        listed(entry)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        der.sequence(),
        der.sequence(der.integer(0)),
        der.sequence(der.integer(0), der.sequence(der.oid("1.2.3")), der.set_of([])),
        content(der.sequence()),
        content(deviation(documents(signer=encode(0xA1, der.integer(1))), WRONG_HASH)),
        content(deviation(documents(issued=YEAR_2024).replace(b"20240101", b"20241301"))),
        content(deviation(documents(), der.sequence(der.integer(1)))),
    ],
)
def test_what_is_no_list(raw: bytes) -> None:
    with pytest.raises(DocumentRejected):
        DeviationList.parse(raw)


def test_a_hash_that_no_state_may_use() -> None:
    with pytest.raises(SignatureAlgorithmRejected):
        listed(hash_oid="1.2.840.113549.2.5")


@pytest.mark.parametrize(
    ("limit", "raw"),
    [
        ("MAX_LIST_BYTES", content()),
        ("MAX_DEVIATIONS", content(*[deviation(documents(), WRONG_HASH)] * 3)),
        ("MAX_DESCRIPTIONS", content(deviation(documents(), *[WRONG_HASH] * 3))),
        (
            "MAX_DOCUMENT_NUMBERS",
            content(
                deviation(documents(numbers=["A", "B"]), WRONG_HASH),
                deviation(documents(numbers=["C"]), WRONG_HASH),
            ),
        ),
    ],
)
def test_limits(limit: str, raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    DeviationList.parse(raw)
    monkeypatch.setattr(deviation_list, limit, 2)
    with pytest.raises(Asn1Malformed, match="more than 2"):
        DeviationList.parse(raw)


def test_a_list_of_as_many_numbers_as_estonia_names() -> None:
    chosen = range(0, 10_000_000, 59)[:169_422]
    found = listed(deviation(documents(numbers=[f"K{each:07}" for each in chosen]), WRONG_HASH))
    (only,) = found.deviations
    assert only.documents.numbers is not None
    assert len(only.documents.numbers) == 169_422
    for number, expected in ((f"K{chosen[0]:07}", True), ("K10000000", False)):
        assert bool(found.describe(DocumentIdentity("P", (number,), None, None))) is expected


def test_numbers_are_shown_nowhere() -> None:
    entry = deviation(
        documents(numbers=["BG0123456"]), description("4", text=der.printable("ab12"))
    )
    shown = repr(listed(entry)) + repr(DOCUMENT)
    assert "BG0123456" not in shown
    assert "ab12" not in shown
    assert "2024" not in repr(DOCUMENT)


def test_a_period_of_one_day() -> None:
    day = datetime(2024, 5, 17, 23, tzinfo=UTC)
    assert names(documents(issued=(day, day)))
    assert not names(documents(issued=(day + timedelta(days=1), day + timedelta(days=2))))


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_it_is_read_or_refused(raw: bytes) -> None:
    whole = content(deviation(der.sequence(raw), WRONG_HASH))
    for each in (raw, whole):
        with suppress(DocumentRejected):
            DeviationList.parse(each).describe(DOCUMENT)


@given(st.text(alphabet="AZaz09 <-./'", max_size=12))
def test_a_number_is_found_however_it_is_spaced(number: str) -> None:
    plain = normal_number(number)
    assert plain.isalnum() or not plain
    assert normal_number(number.replace(" ", "<")) == plain
    named = DeviationDocuments(numbers=frozenset({plain} - {b""}))
    assert named.name(DocumentIdentity("", (number,), None, None), None) is bool(plain)
