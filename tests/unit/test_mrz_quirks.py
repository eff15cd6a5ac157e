"""What documents in the field print otherwise than the specimens do, each on a whole zone."""

import datetime as dt

import pytest

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.layout import MrzFormat
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz, parse

TODAY = dt.date(2026, 7, 1)


def td1(  # noqa: PLR0913 - one argument a field
    *,
    code: str = "I<",
    state: str = "UTO",
    number: str = "D231458907",
    optional: str = "",
    birth: str = "740812",
    sex: str = "F",
    names: str = "ERIKSSON<<ANNA",
) -> Mrz:
    """A card with right check digits; ``number`` is ten characters, with its check digit."""
    upper = f"{code}{state}{number}{optional}".ljust(30, "<")
    middle = f"{birth}{check_digit(birth)}{sex}3004157{state}".ljust(29, "<")
    composite = check_digit(upper[5:] + middle[:7] + middle[8:15] + middle[18:29])
    return parse((upper, middle + composite, names.ljust(30, "<")), TODAY)


def td2(*, number: str = "D231458907", optional: str = "", birth: str = "740812") -> Mrz:
    upper = "I<UTOERIKSSON<<ANNA".ljust(36, "<")
    lower = f"{number}UTO{birth}{check_digit(birth)}F3004157{optional}".ljust(35, "<")
    composite = check_digit(lower[:10] + lower[13:20] + lower[21:35])
    return parse((upper, lower + composite), TODAY)


# --- document numbers ---


@pytest.mark.parametrize("tail", ["4", "734", "73456789012"])
def test_td1_numbers_longer_than_nine_characters_open_their_chip(tail: str) -> None:
    number = f"D23145890{tail}"
    mrz = td1(number="D23145890<", optional=tail + check_digit(number))
    assert mrz.is_valid
    assert mrz.document_number == number
    key = MrzKey.from_mrz(mrz)
    assert key.mrz_information() == (number + check_digit(number) + "7408122" + "3004157").encode()


@pytest.mark.parametrize("tail", ["4", "734", "73456"])
def test_td2_numbers_longer_than_nine_characters_open_their_chip(tail: str) -> None:
    number = f"D23145890{tail}"
    mrz = td2(number="D23145890<", optional=tail + check_digit(number))
    assert mrz.is_valid
    assert mrz.document_number == number
    assert MrzKey.from_mrz(mrz).mrz_information().startswith(number.encode())


def test_a_tail_that_fills_the_optional_field_needs_no_filler_behind_it() -> None:
    number = "D23145890" + "12345678901234"
    mrz = td1(number="D23145890<", optional="12345678901234" + check_digit(number))
    assert mrz.is_valid
    assert mrz.document_number == number
    assert mrz.optional_data == ()


def test_the_tail_ends_at_the_next_filler() -> None:
    mrz = td1(number="D23145890<", optional="7349<XYZ<12")
    assert mrz.is_valid
    assert mrz.document_number == "D23145890734"
    assert mrz.optional_data == ("XYZ<12",)


@pytest.mark.parametrize("number", ["029067<<<", "L898902C<", "7<<<<<<<<"])
def test_short_numbers_are_padded_and_the_key_keeps_the_padding(number: str) -> None:
    for mrz in (td1(number=number + check_digit(number)), td2(number=number + check_digit(number))):
        assert mrz.is_valid
        assert mrz.document_number == number.rstrip("<")
        assert MrzKey.from_mrz(mrz).mrz_information().startswith(number.encode())


def test_the_old_belgian_card_checks_the_filler_too() -> None:
    lines = (
        "IDBEL000590240<6013<<<<<<<<<<<",
        "8512017F1311048BEL851201002007",
        "REINARTZ<<ULRIKE<KATIA<E<<<<<<",
    )
    mrz = parse(lines, TODAY)
    assert mrz.is_valid
    assert mrz.document_number == "000590240601"


@pytest.mark.parametrize(
    ("tail", "wrong"), [("ZZ72", []), ("ZZ70", []), ("ZZ71", ["document_number"])]
)
def test_portuguese_cards_count_the_filler_or_not(tail: str, wrong: list[str]) -> None:
    mrz = td1(state="PRT", number="000024759<", optional=tail)
    assert [name for name, right in mrz.check_digits.items() if not right] == wrong


def test_no_other_state_counts_the_filler() -> None:
    assert not td1(number="000024759<", optional="ZZ72").is_valid


# --- States, codes, sexes ---


def test_germany_is_one_letter() -> None:
    mrz = td1(state="D<<")
    assert mrz.is_valid
    assert (mrz.issuing_state, mrz.nationality) == ("D", "D")


@pytest.mark.parametrize("code", ["AC", "I<", "ID", "C<", "IP", "A1"])
def test_codes_of_cards_and_of_crew_members(code: str) -> None:
    mrz = td1(code=code)
    assert mrz.is_valid
    assert mrz.document_code == code.rstrip("<")
    assert MrzKey.from_mrz(mrz)


@pytest.mark.parametrize(("sex", "value"), [("M", "M"), ("F", "F"), ("X", "X"), ("<", "")])
def test_sexes_of_cards(sex: str, value: str) -> None:
    mrz = td1(sex=sex)
    assert mrz.is_valid
    assert mrz.sex == value


# --- dates of birth ---


@pytest.mark.parametrize(
    ("birth", "iso"), [("<<<<<<", None), ("74<<<<", "1974-XX-XX"), ("7408<<", "1974-08-XX")]
)
def test_unknown_dates_of_birth_open_their_chip_as_they_are_printed(
    birth: str, iso: str | None
) -> None:
    for mrz in (td1(birth=birth), td2(birth=birth)):
        assert mrz.is_valid
        assert mrz.date_of_birth == iso
        assert (birth + check_digit(birth)).encode() in MrzKey.from_mrz(mrz).mrz_information()


# --- names ---


@pytest.mark.parametrize(
    ("names", "identifiers"),
    [
        ("<<ANNA<MARIA", ("", "ANNA MARIA")),
        ("ERIKSSON", ("ERIKSSON", "")),
        ("ERIKSSON<<ANNA<<MARIA", ("ERIKSSON", "ANNA MARIA")),
        ("ERIKSSON<VON<<ANNA<MARIA<TREVOR", ("ERIKSSON VON", "ANNA MARIA TREVO")),
    ],
)
def test_names_of_cards(names: str, identifiers: tuple[str, str]) -> None:
    mrz = td1(names=names[:30])
    assert mrz.is_valid
    assert (mrz.primary_identifier, mrz.secondary_identifier) == identifiers


# --- lengths ---


@pytest.mark.parametrize("change", [-1, 1])
def test_a_character_lost_or_doubled_is_refused_in_every_format(change: int) -> None:
    for lengths in ((44, 44), (36, 36), (30, 30, 30)):
        for line in range(len(lengths)):
            changed = [n + change * (index == line) for index, n in enumerate(lengths)]
            with pytest.raises(MrzInvalid, match="no MRZ has lines"):
                parse([("I" * n) for n in changed], TODAY)


# --- the French identity card of 1988 to 2021 ---


def test_the_french_card() -> None:
    lines = ("IDFRADOUEL<<<<<<<<<<<<<<<<<<<<932013", "0506932020438CHRISTIANE<<NI2906209F3")
    mrz = parse(lines, TODAY)
    assert mrz.format is MrzFormat.FRA_ID
    assert mrz.is_valid
    assert mrz.document_number == "050693202043"
    assert (mrz.primary_identifier, mrz.secondary_identifier) == ("DOUEL", "CHRISTIANE NI")
    assert (mrz.date_of_birth, mrz.sex, mrz.date_of_expiry) == ("1929-06-20", "F", None)
    assert (mrz.issuing_state, mrz.nationality) == ("FRA", "")
    assert mrz.optional_data == ("932013",)
    with pytest.raises(MrzInvalid, match="no chip"):
        MrzKey.from_mrz(mrz)


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ("0506932020439CHRISTIANE<<NI2906209F3", "document_number"),
        ("0506932020438CHRISTIANE<<NI2906208F3", "date_of_birth"),
        ("0506932020438CHRISTIANE<<NA2906209F3", "composite"),
    ],
)
def test_every_check_digit_of_the_french_card(line: str, check: str) -> None:
    mrz = parse(("IDFRADOUEL<<<<<<<<<<<<<<<<<<<<932013", line), TODAY)
    assert mrz.check_digits[check] is False
    assert not mrz.is_valid


def test_a_french_residence_permit_is_a_td2() -> None:
    upper = "IRFRAERIKSSON<<ANNA".ljust(36, "<")
    mrz = parse((upper, "D231458907UTO7408122F1204159<<<<<<<6"), TODAY)
    assert mrz.format is MrzFormat.TD2
    assert mrz.is_valid


# --- the Swiss driving licence ---

LICENCE = ("ABC123D<<", "FACHE123456789001<<410624<<<<<", "HUBER<<PETER<FRANZ<XAVER<<<<<<")


def test_the_swiss_licence() -> None:
    mrz = parse(LICENCE, TODAY)
    assert mrz.format is MrzFormat.CHE_DL
    assert mrz.is_valid
    assert (mrz.document_code, mrz.issuing_state) == ("FA", "CHE")
    assert mrz.document_number == "ABC123D"
    assert mrz.optional_data == ("123456789", "001")
    assert mrz.date_of_birth == "1941-06-24"
    assert (mrz.primary_identifier, mrz.secondary_identifier) == ("HUBER", "PETER FRANZ XAVER")
    with pytest.raises(MrzInvalid, match="no chip"):
        MrzKey.from_mrz(mrz)


@pytest.mark.parametrize(
    ("line", "at"), [(0, 7), (0, 8), (1, 17), (1, 18), *((1, at) for at in range(25, 30))]
)
def test_the_fillers_of_the_swiss_licence_stand_in_for_check_digits(line: int, at: int) -> None:
    lines = list(LICENCE)
    lines[line] = lines[line][:at] + "1" + lines[line][at + 1 :]
    mrz = parse(lines, TODAY)
    assert mrz.malformed == ("fillers",)
    assert not mrz.is_valid
