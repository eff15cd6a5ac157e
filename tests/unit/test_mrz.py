"""Quirks of machine readable zones: dates, names, long numbers, and what is refused."""

import datetime as dt

import pytest

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.mrz_date import DateMalformed, birth_date, expiry_date
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz, parse

TODAY = dt.date(2026, 7, 1)
LINE_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def td3(**fields: str) -> Mrz:
    """A passport with right check digits whose fields differ from the specimen's."""
    names = fields.get("names", "ERIKSSON<<ANNA<MARIA").ljust(39, "<")
    number = fields.get("number", "L898902C3")
    birth = fields.get("birth", "740812")
    expiry = fields.get("expiry", "120415")
    optional = fields.get("optional", "").ljust(14, "<")
    parts = [number + check_digit(number), fields.get("nationality", "UTO")]
    parts += [birth + check_digit(birth), fields.get("sex", "F"), expiry + check_digit(expiry)]
    parts += [optional + fields.get("optional_check", check_digit(optional))]
    line = "".join(parts)
    composite = check_digit(line[0:10] + line[13:20] + line[21:43])
    state = fields.get("state", "UTO")
    return parse((f"{fields.get('code', 'P<')}{state}{names}", line + composite), TODAY)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("740812", "1974-08-12"),
        ("260701", "2026-07-01"),
        ("260702", "1926-07-02"),
        ("74<<<<", "1974-XX-XX"),
        ("7408<<", "1974-08-XX"),
        ("26<<<<", "2026-XX-XX"),
        ("2608<<", "1926-08-XX"),
        ("740000", "1974-XX-XX"),
        ("740800", "1974-08-XX"),
        ("000229", "2000-02-29"),
        ("<<<<<<", None),
    ],
)
def test_dates_of_birth_are_never_in_the_future(text: str, iso: str | None) -> None:
    assert birth_date(text, TODAY) == iso


@pytest.mark.parametrize("text", ["741312", "740230", "74<<12", "<<0812", "7A0812", "740A<<"])
def test_no_such_date_of_birth(text: str) -> None:
    with pytest.raises(DateMalformed):
        birth_date(text, TODAY)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("260701", "2026-07-01"),
        ("760630", "2076-06-30"),
        ("770101", "1977-01-01"),
        ("991231", "1999-12-31"),
        ("<<<<<<", None),
    ],
)
def test_dates_of_expiry_are_within_fifty_years(text: str, iso: str | None) -> None:
    assert expiry_date(text, TODAY) == iso


@pytest.mark.parametrize("text", ["26<<<<", "260231", "2607<<", "<<0701"])
def test_no_such_date_of_expiry(text: str) -> None:
    with pytest.raises(DateMalformed):
        expiry_date(text, TODAY)


@pytest.mark.parametrize(
    ("names", "identifiers"),
    [
        ("ERIKSSON<<ANNA<MARIA", ("ERIKSSON", "ANNA MARIA")),
        ("ARKFREITH", ("ARKFREITH", "")),
        ("<<ANNA<MARIA", ("", "ANNA MARIA")),
        ("SMITH<JONES<<ANNA<<MARIA", ("SMITH JONES", "ANNA MARIA")),
        ("PAPANDROPOULOUS<<JONATHON<ALEXANDER<TREV", ("PAPANDROPOULOUS", "JONATHON ALEXANDER TRE")),
    ],
)
def test_names_are_split_once(names: str, identifiers: tuple[str, str]) -> None:
    mrz = td3(names=names[:39])
    assert (mrz.primary_identifier, mrz.secondary_identifier) == identifiers
    assert mrz.is_valid


@pytest.mark.parametrize("check", ["<", "0"])
def test_an_empty_personal_number_has_either_check_digit(check: str) -> None:
    assert td3(optional_check=check).is_valid


def test_a_personal_number_with_a_filler_for_check_digit_is_wrong() -> None:
    mrz = td3(optional="ZE184226B", optional_check="<")
    assert not mrz.is_valid
    assert mrz.check_digits["optional_data"] is False


@pytest.mark.parametrize("sex", ["M", "F", "X", "<"])
def test_sexes(sex: str) -> None:
    mrz = td3(sex=sex)
    assert mrz.is_valid
    assert mrz.sex == sex.strip("<")


@pytest.mark.parametrize(
    ("fields", "malformed"),
    [
        ({"sex": "0"}, ("sex",)),
        ({"code": "0<"}, ("document_code",)),
        ({"state": "U0O"}, ("issuing_state",)),
        ({"nationality": "<<<"}, ("nationality",)),
        ({"names": "ER1KSSON<<ANNA"}, ("names",)),
        ({"names": ""}, ("names",)),
        ({"number": "<<<<<<<<<"}, ("document_number",)),
        ({"birth": "741312"}, ("date_of_birth",)),
        ({"expiry": "129999"}, ("date_of_expiry",)),
    ],
)
def test_right_check_digits_do_not_make_a_field_well_formed(
    fields: dict[str, str], malformed: tuple[str, ...]
) -> None:
    mrz = td3(**fields)
    assert all(mrz.check_digits.values())
    assert mrz.malformed == malformed
    assert not mrz.is_valid


def test_no_date_of_expiry() -> None:
    mrz = td3(expiry="<<<<<<")
    assert mrz.is_valid
    assert mrz.date_of_expiry is None


def test_a_german_code_is_one_letter() -> None:
    assert td3(state="D<<").issuing_state == "D"


@pytest.mark.parametrize(
    "line_1",
    [
        "I<UTOD23145890<<<<<<<<<<<<<<<<",  # no check digit at all
        "I<UTOD23145890<7A<<<<<<<<<<<<<",  # a letter as check digit
        "I<UTOD23145890<7340<<<<<<<<<<<",  # a wrong one
        "I<BELD23145890<7340<<<<<<<<<<<",
    ],
)
def test_a_long_number_needs_its_check_digit(line_1: str) -> None:
    mrz = parse((line_1, "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA".ljust(30, "<")), TODAY)
    assert mrz.check_digits["document_number"] is False
    with pytest.raises(MrzInvalid, match="check digit of document_number"):
        MrzKey.from_mrz(mrz)


def test_what_follows_a_long_number_is_optional_data() -> None:
    line_1 = "I<UTOD23145890<7349<XYZ<<<<<<<"
    mrz = parse(
        (line_1, "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER".ljust(30, "<")), TODAY
    )
    assert mrz.document_number == "D23145890734"
    assert mrz.optional_data == ("XYZ",)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("P<UTOERIKSSON",),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", LINE_2[:-1]),
        ("P<UTOÉRIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", LINE_2),
        ("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<", LINE_2),
    ],
)
def test_what_has_the_shape_of_no_mrz_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(MrzInvalid):
        parse(lines, TODAY)


def test_a_visa_opens_no_chip() -> None:
    lines = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
    with pytest.raises(MrzInvalid, match="no chip"):
        MrzKey.from_mrz(parse(lines, TODAY))


def test_line_2_alone_is_checked_too() -> None:
    with pytest.raises(MrzInvalid, match="44"):
        MrzKey.from_td3_line_2(LINE_2[:-1])
    with pytest.raises(MrzInvalid, match="date_of_birth"):
        MrzKey.from_td3_line_2(LINE_2.replace("740812", "740813"))


def test_a_key_hides_what_it_holds() -> None:
    assert repr(MrzKey.from_td3_line_2(LINE_2)) == "MrzKey()"


def test_check_digits_refuse_other_characters() -> None:
    with pytest.raises(MrzInvalid):
        check_digit("é")
