"""MRZs as published: the specimens of ICAO Doc 9303 and the shared vectors."""

import datetime as dt
import json
from pathlib import Path

import pytest

from egate.emrtd.mrz.layout import MrzFormat
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz, parse

TODAY = dt.date(2026, 7, 1)

TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)

# Shared vectors that their authors made to fail: a wrong check digit or misread characters.
WRONG = {
    "L898902C36UTO7408122F1204159ZE184226B<<<<<20",
    "L898902C36UTO740BIZZF12041S9ZE184226B<<<<<1O",
    "7SIOZSGMZOO90IBCHE<<<<<<<<<<<B",
    "8512018F1311048BEL851201002007",
    "I7I0GVA123451RO8ERTA<<<<<<<9IIZ3IIF2",
    "FACHE30S142IZBO97<<8OO12G<<<<<",
    "D231458907UT0740BIZZF12O4IS9<<<<<<<G",
    "D23145890<UTO7408122F1204159<<<<<<<6",
    "6802295F5007245SRB<<<<<<<<<<<6",
    "6802295F1907245SRB<<<<<<<<<<<6",
    "0105998<0512868BAD<<<<BAD<<<<0",
    "XX000000<0FRA1901012F16073021234567890<<<<70",
}
WRONG_LINE_1 = {"IDBEL000590240<6016<<<<<<<<<<<", "1710GVA123451ROBERTA<<<<<<<9112311F2"}


def test_the_passport_of_9303_4() -> None:
    assert parse(TD3, TODAY) == Mrz(
        format=MrzFormat.TD3,
        lines=TD3,
        document_code="P",
        issuing_state="UTO",
        document_number="L898902C3",
        document_number_field="L898902C3",
        nationality="UTO",
        date_of_birth="1974-08-12",
        date_of_expiry="2012-04-15",
        sex="F",
        primary_identifier="ERIKSSON",
        secondary_identifier="ANNA MARIA",
        optional_data=("ZE184226B",),
        check_digits={
            "document_number": True,
            "date_of_birth": True,
            "date_of_expiry": True,
            "optional_data": True,
            "composite": True,
        },
        malformed=(),
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            (
                "I<UTOD231458907<<<<<<<<<<<<<<<",
                "7408122F1204159UTO<<<<<<<<<<<6",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            ),
            (MrzFormat.TD1, "D23145890", "ERIKSSON"),
            id="9303-5",
        ),
        pytest.param(
            ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
            (MrzFormat.TD2, "D23145890", "ERIKSSON"),
            id="9303-6",
        ),
        pytest.param(
            (
                "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
            ),
            (MrzFormat.MRV_A, "L8988901C", "ERIKSSON"),
            id="9303-7 MRV-A",
        ),
        pytest.param(
            ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"),
            (MrzFormat.MRV_B, "L8988901C", "ERIKSSON"),
            id="9303-7 MRV-B",
        ),
        pytest.param(
            ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"),
            (MrzFormat.TD2, "D23145890734", "STEVENSON"),
            id="9303-11 D.2 long number",
        ),
    ],
)
def test_specimens_of_doc_9303(lines: tuple[str, ...], expected: tuple[str, ...]) -> None:
    mrz = parse(lines, TODAY)
    assert mrz.is_valid
    assert (mrz.format, mrz.document_number, mrz.primary_identifier) == expected


@pytest.mark.parametrize(
    ("lines", "information"),
    [
        (
            ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"),
            b"D23145890734934071279507122",
        ),
        (
            ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C<3UTO6908061F9406236<<<<<<<8"),
            b"L898902C<369080619406236",
        ),
        (
            (
                "I<UTOD23145890<7349<<<<<<<<<<<",
                "3407127M9507122UTO<<<<<<<<<<<2",
                "STEVENSON<<PETER<JOHN<<<<<<<<<",
            ),
            b"D23145890734934071279507122",
        ),
        (
            (
                "I<UTOL898902C<3<<<<<<<<<<<<<<<",
                "6908061F9406236UTO<<<<<<<<<<<1",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            ),
            b"L898902C<369080619406236",
        ),
    ],
)
def test_the_access_keys_of_9303_11_appendix_d(lines: tuple[str, ...], information: bytes) -> None:
    assert MrzKey.from_mrz(parse(lines, TODAY)).mrz_information() == information


def test_the_key_of_line_2_alone() -> None:
    assert MrzKey.from_td3_line_2(TD3[1]) == MrzKey.from_mrz(parse(TD3, TODAY))


def test_every_shared_vector_has_a_format_and_the_right_verdict(shared_data: Path) -> None:
    vectors = (shared_data / "mrz" / "vectors.jsonl").read_text().splitlines()
    assert len(vectors) > 60
    for vector in vectors:
        lines = tuple(json.loads(vector)["lines"])
        mrz = parse(lines, TODAY)
        assert mrz.is_valid is (lines[1] not in WRONG and lines[0] not in WRONG_LINE_1), lines
        assert mrz.issuing_state or not mrz.is_valid
        assert lines[0] not in repr(mrz)
