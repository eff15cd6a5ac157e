"""The report on paper: whole in both languages, and Bangla as it is written."""

import re
from datetime import date, datetime

import pytest

from egate.central.statistics import pdf
from egate.central.statistics.document import Code, Column, Document, Language, Share, Table, Words
from egate.central.statistics.pdf import as_pdf

pdf._load_fonts()
FONTS = ("HindSiliguri-Regular", "HindSiliguri-Bold")


def document(rows: int, text: str = "চুক্তির কর্মসম্পাদন সূচক") -> Document:
    words = Words("Indicator of the agreement", text)
    columns = tuple(Column(key, words) for key in ("a", "b", "c"))
    row = (Code("BDDAC-A-01"), words, Share(0.5))
    return Document(
        words,
        words,
        date(2023, 1, 1),
        date(2023, 1, 31),
        datetime(2023, 2, 1, 8, 0),  # noqa: DTZ001 - local times are shown
        (Table("x", words, columns, (row,) * rows), Table("y", words, columns, ())),
        (words,),
    )


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", content))


@pytest.mark.parametrize("language", Language)
def test_a_long_table_goes_on_over_pages(language: Language) -> None:
    short, long = as_pdf(document(2), language), as_pdf(document(200), language)
    assert short.startswith(b"%PDF-")
    assert pages(short) == 1
    assert 5 <= pages(long) <= 9
    assert all(font.encode() in short for font in FONTS)


def test_the_same_report_is_the_same_file() -> None:
    assert as_pdf(document(3), Language.BANGLA) == as_pdf(document(3), Language.BANGLA)
    assert as_pdf(document(3), Language.BANGLA) != as_pdf(document(3), Language.ENGLISH)


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("conjunct", ["ক্ষ", "জ্ঞ", "ন্দ্র", "ষ্ট্র", "স্ত্র", "ক্ত", "ঞ্জ", "ম্প"])
def test_conjuncts_are_one_glyph(conjunct: str, font: str) -> None:
    assert len(pdf._shaped(conjunct, font, 8.5)) == 1


@pytest.mark.parametrize("font", FONTS)
def test_a_vowel_sign_goes_before_its_letter(font: str) -> None:
    (first, second) = pdf._shaped("কি", font, 8.5)
    assert (first, second) == ("ি", "ক")
    # Both halves of a vowel sign, around its letter.
    before, letter, after = pdf._shaped("কো", font, 8.5)
    assert (letter, after) == ("ক", "া")
    assert before not in {"ো", "ক", "া"}


@pytest.mark.parametrize("font", FONTS)
def test_the_fonts_have_both_scripts_and_the_signs_of_the_report(font: str) -> None:
    characters = "০১২৩৪৫৬৭৮৯।·%,.:;()'=+-_•\N{EN DASH}AZaz09"
    glyphs = pdf.pdfmetrics.getFont(font).face.charToGlyph
    assert not [each for each in characters if ord(each) not in glyphs]


def test_no_line_is_wider_than_its_place() -> None:
    text = "সকল চেকপোস্ট কেন্দ্রীয় সার্ভারের সঙ্গে সংযোগের প্রস্তাব " * 5
    for width in (60.0, 120.0, 400.0):
        lines = pdf._lines(text, FONTS[0], 8.5, width)
        assert " ".join(lines).split() == text.split()
        assert all(pdf._width(line, FONTS[0], 8.5) <= width for line in lines if " " in line)


def test_a_table_never_leaves_the_page() -> None:
    rows = [["word " * 40, "BDDAC-A-01", "1"], ["x", "y " * 60, "2"]]
    assert sum(pdf._widths(rows)) == pytest.approx(pdf._INNER)
    assert sum(pdf._widths([["a", "b"]])) < pdf._INNER
