"""What a visual zone must show for an MRZ, by the examples of 9303-3 and 9303-4."""

import re
from datetime import date

import pytest

from egate.emrtd.mrz.parse import Mrz, parse
from egate.optical.visual_zone.expected_text import expected_texts
from egate.optical.visual_zone.visual_field import VisualField, VisualFieldKind

TODAY = date(2026, 11, 23)
LINE_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"  # 9303-4 appendix B
Kind = VisualFieldKind


def mrz(names: str = "ERIKSSON<<ANNA<MARIA", line_2: str = LINE_2, state: str = "UTO") -> Mrz:
    return parse([f"P<{state}{names}".ljust(44, "<"), line_2], TODAY)


def patterns(
    kind: Kind, of: Mrz, date_format: str = "DD MMM YYYY", texts: dict[str, str] | None = None
) -> list[str]:
    """Return each expected text as a regular expression."""
    box = (0.0, 0.0, 10.0, 3.0)
    shown = VisualField(
        name="field", kind=kind, box=box, date_format=date_format, texts=texts or {}
    )
    written = {"*": ".*", "?": "."}
    return [
        "".join(
            written.get(sign.letter, sign.letter + "?" * sign.is_optional) for sign in text.signs
        )
        for text in expected_texts(shown, of)
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.DOCUMENT_NUMBER, "L898902C3"),
        (Kind.PRIMARY_IDENTIFIER, "ERIKSSON"),
        (Kind.SECONDARY_IDENTIFIER, "ANNAMARIA"),
        (Kind.NAME, "ERIKSSONANNAMARIA"),
        (Kind.NAME_GIVEN_FIRST, "ANNAMARIAERIKSSON"),
        (Kind.ISSUING_STATE, "UTO"),
        (Kind.NATIONALITY, "UTO"),
        (Kind.DATE_OF_BIRTH, "12AUG1974"),
        (Kind.DATE_OF_EXPIRY, "15APR2012"),
        (Kind.SEX, "F"),
        (Kind.PERSONAL_NUMBER, "ZE184226B"),
    ],
)
def test_each_field_of_the_specimen(kind: Kind, expected: str) -> None:
    assert expected in patterns(kind, mrz())


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("DD MM YY", {"120874"}),
        ("DD.MM.YYYY", {"12081974"}),
        ("YYYY-MM-DD", {"19740812"}),
        # 9303-3 Table 1: English, French, Spanish.
        ("DD MMM YYYY", {"12AUG1974", "12AOUT1974", "12AGO1974"}),
    ],
)
def test_dates_as_issuers_print_them(form: str, expected: set[str]) -> None:
    assert set(patterns(Kind.DATE_OF_BIRTH, mrz(), form)) == expected


@pytest.mark.parametrize(
    ("names", "state", "printed"),
    [
        ("SMITH<JONES<<SUSIE<MARGARET", "UTO", "SMITH-JONES, SUSIE MARGARET"),
        ("OCONNOR<<ENYA<SIOBHAN", "UTO", "O'CONNOR, ENYA SIOBHAN"),
        ("ARKFREITH", "UTO", "ARKFREITH"),
        # 9303-3 §6 A; the reader sees letters with marks as those without.
        ("MUELLER<<JOERG", "D<<", "MULLER JORG"),
        ("MUELLER<<JOERG", "D<<", "MUELLER JOERG"),
        ("NUNXXEZ<<JOSE", "ESP", "NUNEZ JOSE"),
        ("STRASSER<<UWE", "D<<", "STRA.ER UWE"),
        ("THORSSON<<BJOERN", "ISL", ".ORSSON BJORN"),
    ],
)
def test_names_as_they_are_printed(names: str, state: str, printed: str) -> None:
    (pattern,) = patterns(Kind.NAME, mrz(names, state=state))
    assert re.fullmatch(pattern, re.sub("[^A-Z.]", "", printed).replace(".", "#"))


@pytest.mark.parametrize(
    ("names", "printed"),
    [  # 9303-4 §4.2.3.2 to §4.2.3.4
        (
            "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
            "NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANG",
        ),
        (
            "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU",
            "NILAVADHANANANDA ARNPOL PETCH CHARONGUANG",
        ),
        (
            "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI",
            "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL DINGO POTOROO",
        ),
    ],
)
def test_names_that_lost_their_end(names: str, printed: str) -> None:
    assert len(names) == 39
    (pattern,) = patterns(Kind.NAME, mrz(names))
    assert re.fullmatch(pattern, printed.replace(" ", ""))
    assert not re.fullmatch(pattern, printed.replace(" ", "").replace("N", "M", 1))


def test_another_name_is_never_expected() -> None:
    (pattern,) = patterns(Kind.NAME, mrz("HOSSAIN<<RUBEL", state="BGD"))
    for other in ("HOSAINRUBEL", "HOSSAINRUBELL", "HOSSEINRUBEL", "HOSSAIN"):
        assert not re.fullmatch(pattern, other)


def test_a_state_in_full() -> None:
    of = mrz(state="BGD", line_2=LINE_2.replace("UTO", "BGD"))
    names = {"BGD": "BANGLADESHI"}
    assert patterns(Kind.NATIONALITY, of, texts=names) == ["BANGLADESHI"]
    assert patterns(Kind.NATIONALITY, mrz(), texts=names) == []


def test_what_the_mrz_does_not_say_is_not_compared() -> None:
    unknown = mrz(
        line_2=LINE_2.replace("7408122F1204159", "74<<<<6<1204159").replace("ZE184226B", "<" * 9)
    )
    for kind in (Kind.DATE_OF_BIRTH, Kind.SEX, Kind.PERSONAL_NUMBER):
        assert patterns(kind, unknown) == []


def test_nothing_personal_is_shown_by_accident() -> None:
    shown = VisualField(name="name", kind=Kind.NAME, box=(0, 0, 1, 1))
    assert "E" not in repr(expected_texts(shown, mrz())).replace("ExpectedText", "")
