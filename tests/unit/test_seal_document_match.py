"""A seal against the paper it is on and the passport it belongs to."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.mrz.parse import Mrz, parse
from egate.emrtd.visible_digital_seal.document_match import check_mrz
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from hardware_mocks.chip.mrz import ZoneFields, td2, td3
from tests.seal_forge import (
    EMERGENCY,
    VISA_FEATURES,
    VISA_MRZ,
    SealForm,
    c40,
    with_check_digits,
)
from tests.trust_forge import TODAY

VISA = SealForm()
ETD_MRZ = ("PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F2606277<<<<<<<8")
ETD = SealForm(country="UTO", kind=EMERGENCY, features={2: c40("".join(ETD_MRZ))})


def checked(form: SealForm, lines: Sequence[str]) -> CheckResult:
    seal = VisibleDigitalSeal.parse(form.message() + b"\xff\x02\x01\x01")
    return check_mrz(seal, mrz_of(lines), TODAY)


def mrz_of(lines: Sequence[str]) -> Mrz:
    return parse(lines, TODAY)


def passport(number: str = "K1234567<", nationality: str = "IND", state: str = "IND") -> list[str]:
    second = f"{number}0{nationality}8001014F3001019".ljust(44, "<")
    spans = ((0, 9), (13, 19), (21, 27), (28, 42))
    second = with_check_digits(second, *spans)
    composite = with_check_digits(second[:10] + second[13:20] + second[21:43] + "0", (0, 39))
    return [f"P<{state}SPECIMEN<<RAHIMA".ljust(44, "<"), second[:43] + composite[-1]]


def test_the_visa_itself() -> None:
    assert checked(VISA, VISA_MRZ) == CheckResult(CheckId.SEAL_MRZ, Outcome.SUCCESSFUL)


def test_what_a_visas_seal_lacks_is_not_compared() -> None:
    longer = VISA_MRZ[1][:28] + "OPTIONAL".ljust(16, "<")
    assert checked(VISA, (VISA_MRZ[0], longer)).outcome is Outcome.SUCCESSFUL


def test_the_emergency_travel_document_itself() -> None:
    assert checked(ETD, ETD_MRZ) == CheckResult(CheckId.SEAL_MRZ, Outcome.SUCCESSFUL)


@pytest.mark.parametrize("place", range(36))
def test_any_changed_character_of_the_first_line(place: int) -> None:
    letter = "X" if ETD_MRZ[0][place] != "X" else "Y"
    lines = (ETD_MRZ[0][:place] + letter + ETD_MRZ[0][place + 1 :], ETD_MRZ[1])
    result = checked(ETD, lines)
    assert (result.check_id, result.outcome) == (CheckId.SEAL_MRZ, Outcome.FAILED)


def test_a_printed_mrz_with_a_wrong_check_digit() -> None:
    result = checked(VISA, (VISA_MRZ[0], "W" + VISA_MRZ[1][1:]))
    assert "check digit of the printed MRZ" in result.detail
    assert result.outcome is Outcome.FAILED


def test_the_seal_of_another_visa() -> None:
    second = with_check_digits("V7654321" + VISA_MRZ[1][8:], (0, 9))
    result = checked(VISA, (VISA_MRZ[0], second))
    assert (result.outcome, result.detail) == (
        Outcome.FAILED,
        "the printed MRZ is not the one in the seal",
    )


@pytest.mark.parametrize("state", ["IND", "GBR"])
def test_the_passport_that_the_visa_is_in(state: str) -> None:
    result = checked(VISA, passport(state=state))
    assert result == CheckResult(CheckId.SEAL_PASSPORT, Outcome.SUCCESSFUL)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (passport(number="K7654321<"), "another number"),
        (passport(nationality="NPL", state="NPL"), "another State"),
        ([passport()[0], "L" + passport()[1][1:]], "check digit of the passport"),
    ],
)
def test_another_passport(lines: Sequence[str], reason: str) -> None:
    result = checked(VISA, lines)
    assert (result.check_id, result.outcome) == (CheckId.SEAL_PASSPORT, Outcome.FAILED)
    assert reason in result.detail


def test_nothing_to_compare() -> None:
    result = checked(ETD, passport())
    assert (result.check_id, result.outcome) == (CheckId.SEAL_PASSPORT, Outcome.UNDETERMINED)
    broken = VISA.but(features=VISA_FEATURES | {1: b"", 5: b""})
    assert checked(broken, VISA_MRZ).outcome is Outcome.UNDETERMINED


def test_a_sticker_without_an_mrz_is_compared_by_its_number() -> None:
    features = {1: c40("K1234567<"), 2: c40("03359010"), 3: c40("21614")}
    sticker = SealForm(country="D<<", kind=(0xF8, 0x0A), features=features)
    assert checked(sticker, passport()).outcome is Outcome.SUCCESSFUL
    assert checked(sticker, passport("K7654321<")).outcome is Outcome.FAILED


def test_no_detail_is_personal() -> None:
    for lines in (VISA_MRZ, passport(), passport("K7654321<")):
        assert not any(word in checked(VISA, lines).detail for word in ("K12", "K76", "RAHIMA"))


PERMIT = ZoneFields(
    "PU", "UTO", "ERIKSSON", "ANNA MARIA", "D23145890", "UTO", "740812", "F", "260627"
)


def of_a_sheet(sealed: ZoneFields, printed: ZoneFields) -> CheckResult:
    """Compare the seal of an emergency travel document with a TD3 on its sheet."""
    form = SealForm(country="UTO", kind=EMERGENCY, features={2: c40("".join(td2(sealed)))})
    return checked(form, td3(printed))


@pytest.mark.parametrize("optional", ["", "1234567890"])
def test_a_sheet_with_a_passports_zone(optional: str) -> None:
    result = of_a_sheet(PERMIT, replace(PERMIT, optional=optional))
    assert result == CheckResult(CheckId.SEAL_MRZ, Outcome.SUCCESSFUL)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("surname", "ERIKSEN"),
        ("given_names", "ANNA"),
        ("given_names", "ANNA MARIA EVA"),
        ("document_number", "D23145891"),
        ("nationality", "BGD"),
        ("date_of_birth", "740813"),
        ("sex", "M"),
        ("date_of_expiry", "270627"),
        ("issuing_state", "BGD"),
    ],
)
def test_a_sheet_whose_zone_says_something_else(field: str, value: str) -> None:
    result = of_a_sheet(PERMIT, replace(PERMIT, **{field: value}))
    assert (result.check_id, result.outcome) == (CheckId.SEAL_MRZ, Outcome.FAILED)


@pytest.mark.parametrize(
    ("surname", "given_names"),
    [
        ("CHOWDHURY", "MOHAMMAD ABDULLAH AL MAMUN"),
        ("WOLFESCHLEGELSTEINHAUSENBERGER", "ADOLPH BLAINE"),
        ("WOLFESCHLEGELSTEINHAUSENBERGERDORFF", "ADA"),
    ],
)
def test_a_name_that_the_seal_has_no_room_for(surname: str, given_names: str) -> None:
    long = replace(PERMIT, surname=surname, given_names=given_names)
    assert of_a_sheet(long, long).outcome is Outcome.SUCCESSFUL
    other = replace(long, surname=f"X{surname[1:]}")
    assert of_a_sheet(long, other).outcome is Outcome.FAILED


def test_a_sheet_with_a_wrong_check_digit() -> None:
    first, second = td3(PERMIT)
    form = SealForm(country="UTO", kind=EMERGENCY, features={2: c40("".join(td2(PERMIT)))})
    wrong = second[:9] + str((int(second[9]) + 1) % 10) + second[10:]
    assert checked(form, (first, wrong)).detail == "a check digit of the printed MRZ is wrong"
