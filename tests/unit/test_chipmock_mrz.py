"""The printed zones against the specimens of 9303-4 appendix B and 9303-11 appendix D.2."""

from dataclasses import replace

import pytest

from hardware_mocks.chip import mrz

ERIKSSON = mrz.ZoneFields(
    document_code="P",
    issuing_state="UTO",
    surname="Eriksson",
    given_names="Anna Maria",
    document_number="L898902C3",
    nationality="UTO",
    date_of_birth="740812",
    sex="F",
    date_of_expiry="120415",
    optional="ZE184226B",
)
STEVENSON = mrz.ZoneFields(
    document_code="I",
    issuing_state="UTO",
    surname="Stevenson",
    given_names="Peter John",
    document_number="D23145890734",
    nationality="UTO",
    date_of_birth="340712",
    sex="M",
    date_of_expiry="950712",
)
ANNA = mrz.ZoneFields(
    document_code="I",
    issuing_state="UTO",
    surname="Eriksson",
    given_names="Anna Maria",
    document_number="L898902C",
    nationality="UTO",
    date_of_birth="690806",
    sex="F",
    date_of_expiry="940623",
)


def test_the_passport_of_utopia() -> None:
    assert mrz.zone("TD3", ERIKSSON) == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )


# The two zones of L898902C are printed with composite digits 8 and 1 in appendix D.2; by
# 9303-5 and 9303-6 §4.2 both are 2, and nothing that appendix D derives depends on them.
@pytest.mark.parametrize(
    ("document_type", "fields", "lines", "information"),
    [
        (
            "TD2",
            STEVENSON,
            ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"),
            "D23145890734934071279507122",
        ),
        (
            "TD2",
            ANNA,
            ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C<3UTO6908061F9406236<<<<<<<2"),
            "L898902C<369080619406236",
        ),
        (
            "TD1",
            STEVENSON,
            (
                "I<UTOD23145890<7349<<<<<<<<<<<",
                "3407127M9507122UTO<<<<<<<<<<<2",
                "STEVENSON<<PETER<JOHN<<<<<<<<<",
            ),
            "D23145890734934071279507122",
        ),
        (
            "TD1",
            ANNA,
            (
                "I<UTOL898902C<3<<<<<<<<<<<<<<<",
                "6908061F9406236UTO<<<<<<<<<<<2",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            ),
            "L898902C<369080619406236",
        ),
    ],
)
def test_the_cards_of_appendix_d(
    document_type: mrz.DocumentType,
    fields: mrz.ZoneFields,
    lines: tuple[str, ...],
    information: str,
) -> None:
    assert mrz.zone(document_type, fields) == lines
    assert mrz.mrz_information(lines) == information
    assert mrz.numbered_document(lines) == information[:-14]


def test_optional_data_after_a_long_number_is_kept_apart() -> None:
    lines = mrz.zone("TD1", replace(STEVENSON, optional="ABC"))
    assert lines[0] == "I<UTOD23145890<7349<ABC<<<<<<<"
    assert mrz.mrz_information(lines).startswith("D231458907349340712")


def test_optional_data_of_a_short_number_is_no_part_of_it() -> None:
    lines = mrz.zone("TD2", replace(ANNA, optional="1234567"))
    assert mrz.mrz_information(lines) == "L898902C<369080619406236"


def test_unknown_dates_are_fillers() -> None:
    lines = mrz.zone("TD3", replace(ERIKSSON, date_of_birth="74<<<<"))
    assert lines[1][13:20] == "74<<<<1"  # 7 * 7 + 4 * 3 = 61


@pytest.mark.parametrize(
    ("document_type", "fields"),
    [
        ("TD3", STEVENSON),  # no long numbers in passports
        ("TD2", replace(STEVENSON, document_number="D2314589073412345")),
        ("TD1", replace(ERIKSSON, optional="Z" * 16)),
        ("TD3", replace(ERIKSSON, issuing_state="UTOPIA")),
        ("TD3", replace(ERIKSSON, surname="MÜLLER")),
        ("TD3", replace(ERIKSSON, document_number="L 8989")),
    ],
)
def test_what_cannot_be_printed(document_type: mrz.DocumentType, fields: mrz.ZoneFields) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of the reasons
        mrz.zone(document_type, fields)
