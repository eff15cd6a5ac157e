"""How a word of A to Z is heard: spellings of one sound become one letter.

The rules follow what the romanisations in use do with one sound (Hunterian and everyday
Bangla; BGN/PCGN, French and English for Arabic and Russian), so that a word keeps its form
from one to the other. They lose differences on purpose; nothing is decided by them alone.
"""

import re
from functools import lru_cache
from typing import Final

_CONSONANTS: Final = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        ("X", "KS"),
        ("TSCH|TCH|CHH|CZ|CH(?![RL])", "X"),
        ("SCH|SH", "S"),
        ("DZH|DJ|DZ|ZH|JH", "J"),
        ("PH", "F"),
        ("CK|KH|QU(?=[AEIOU])|Q|CH(?=[RL])|C(?=[AOULR])", "K"),
        ("GH", "G"),
        ("BH", "B"),
        ("DH", "D"),
        ("TH", "T"),
        ("RH", "R"),
        ("Z", "J"),
        ("W(?![AEIOUY])", "U"),
        ("[WV]", "B"),
        ("(?<=.)H$|(?<=.)H(?![AEIOUY])", ""),
    )
)
_VOWELS: Final = re.compile("[AEIOUY]+")
_DOUBLED: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 16)
def heard(text: str) -> str:
    """Return the sounds of ``text``, with one letter for a run of vowels."""
    for pattern, letter in _CONSONANTS:
        text = pattern.sub(letter, text)
    return _DOUBLED.sub(r"\1", _VOWELS.sub(_vowel, text))


def skeleton(sounds: str) -> str:
    """Return the consonants of ``sounds``; a vowel counts only where the word begins."""
    first = "A" if sounds[:1] in "AIU" else ""
    return first + "".join(each for each in sounds if each not in "AIU")


def _vowel(run: re.Match[str]) -> str:
    letters = run.group()
    if "U" in letters or "O" in letters:
        return "U"
    return "A" if set(letters) == {"A"} else "I"
