"""From a name in any script to words of A to Z: what 9303-3 prints into a machine readable zone.

Latin letters go by the transliteration of ICAO Doc 9303-3 §6 A; letters of other scripts
by the romanisation of anyascii, letter by letter and without context: it neither knows the
short vowels that Arabic and Hebrew do not write nor Bangla's inherent one. Such words are
marked, and compared by their consonants.
"""

import re
import unicodedata
from typing import Final, NamedTuple

from anyascii import anyascii

MAX_CHARACTERS: Final = 256
"""The longest name taken; MRTDs have at most 39 in the zone (9303-4 §4.2.3)."""
MAX_WORDS: Final = 24


class UnusableName(ValueError):
    """The text is no name that can be compared; says why, and never what it was."""


class Word(NamedTuple):
    """One word of a name in A to Z; ``unvowelled`` where its script leaves vowels out."""

    text: str
    unvowelled: bool

    def __repr__(self) -> str:
        """Tell nothing of a person."""
        return "Word()"


# ICAO Doc 9303-3 §6 A; letters not here lose their marks.
_LATIN: Final = str.maketrans(
    {
        "Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Ö": "OE", "Ø": "OE", "Ü": "UE",
        "Þ": "TH", "Đ": "D", "Ħ": "H", "Ĳ": "IJ", "ĸ": "Q", "Ł": "L", "Ŋ": "N", "Œ": "OE",
        "Ŧ": "T", "ẞ": "SS", "Ə": "E",
    }
)  # fmt: skip
# What a reader of machine print confuses, in a name where no digit belongs.
_DIGITS: Final = str.maketrans("01589", "OISBG")
# Written between the parts of one word, and left out by 9303-3 §4.6.
_WITHIN_A_WORD: Final = frozenset("'`´ʻʼʽʾʿˈ\u2018\u2019\u02b9\u02ba\u0640\u200c\u200d")  # noqa: RUF001
_UNVOWELLED: Final = re.compile(
    "[\u0590-\u08ff\u0900-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff]"
)
# Of scripts that leave vowels out: the article, and the letter of a long u.
_ARTICLE: Final = re.compile("^AL(?=.{3})")
_LONG_VOWEL: Final = re.compile("(?<=.)W")
_ASCII_WORD: Final = re.compile("[A-Za-z0-9]+")
_WORD: Final = re.compile("[A-Z0-9]+")


def fold(name: str) -> tuple[Word, ...]:
    """Return the words of ``name`` in their order.

    Args:
        name: as written by people or in a machine readable zone, where ``<`` fills.

    Raises:
        UnusableName: it has more than 256 characters, more than 24 words, or no letter.

    """
    if len(name) > MAX_CHARACTERS:
        raise UnusableName(f"a name has at most {MAX_CHARACTERS} characters")
    words: list[Word] = []
    for written in _separated(name):
        unvowelled = _UNVOWELLED.search(written) is not None
        latin = _in_latin(written)
        if unvowelled:
            latin = [_LONG_VOWEL.sub("U", _ARTICLE.sub("", each)) for each in latin]
        words += (Word(each, unvowelled) for each in latin)
    if len(words) > MAX_WORDS:
        raise UnusableName(f"a name has at most {MAX_WORDS} words")
    if not words:
        raise UnusableName("a name has letters")
    return tuple(words)


def _separated(name: str) -> list[str]:
    """Split at everything but letters, their marks and digits."""
    if name.isascii():  # as most are
        return _ASCII_WORD.findall(name.replace("'", "").replace("`", ""))
    composed = unicodedata.normalize("NFKC", name)
    kept = (
        each if unicodedata.category(each)[0] in "LM" or each.isdecimal() else " "
        for each in composed
        if each not in _WITHIN_A_WORD
    )
    return "".join(kept).split()


def _in_latin(written: str) -> list[str]:
    if written.isascii():
        latin = written.upper()
    else:
        latin = anyascii(written.upper().translate(_LATIN)).upper()
        latin = "".join(each for each in latin if each not in _WITHIN_A_WORD)
    found = _WORD.findall(latin)
    return [each.translate(_DIGITS) for each in found if not each.isdecimal()]
