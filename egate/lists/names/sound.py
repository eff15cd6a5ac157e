"""How a word of A to Z is heard: spellings of one sound become one letter.

The rules follow what the romanisations in use do with one sound (Hunterian and everyday
Bangla; BGN/PCGN, French and English for Arabic and Russian), so that a word keeps its form
from one to the other. They lose differences on purpose; nothing is decided by them alone.
"""

import re
from typing import Final, NamedTuple

# Each group is named by what its letters are heard as; H falls silent before no vowel.
_CONSONANTS: Final = re.compile(
    "(?P<X>TSCH|TCH|CHH|CZ|CH(?![RL]))"
    "|(?P<S>SCH|SH)"
    "|(?P<J>DZH|DJ|DZ|ZH|JH|Z)"
    "|(?P<F>PH)"
    "|(?P<K>CK|KH|CH|QU(?=[AEIOU])|Q|C(?=[AOULR]))"
    "|(?P<KS>X)"
    "|(?P<G>GH)"
    "|(?P<B>BH|V|W(?=[AEIOUY]))"
    "|(?P<D>DH)"
    "|(?P<T>TH)"
    "|(?P<R>RH)"
    "|(?P<U>W)"
    "|(?P<SILENT>(?<=.)H(?![AEIOUY]))"
)
_VOWELS: Final = re.compile("[AEIOUY]+")
_DOUBLED: Final = re.compile(r"(.)\1+")


# What romanisations in use write for another sound than most do: French CH is what others write
# SH; TH is the Arabic letter that others write S, DH one that they write Z; a W or V that ends a
# syllable is a vowel to one and a consonant to the other; and a word may end like the link -ur,
# -ul to its neighbour, which others write apart.
_OTHERWISE: Final = (
    (re.compile("(?<!C)CH+(?![RL])"), "SH"),
    (re.compile("TH"), "S"),
    (re.compile("DH"), "Z"),
    (re.compile("W(?![AEIOUY])"), "V"),
    (re.compile("(?<=.{3})(?:[UO]|OO|OU)[RL]$"), ""),
)
_MOST_READINGS: Final = 4


class Reading(NamedTuple):
    """One way in which a word may be heard."""

    sounds: str
    consonants: str

    def __repr__(self) -> str:
        """Tell nothing of a person."""
        return "Reading()"


def readings(text: str) -> tuple[Reading, ...]:
    """Return the ways in which ``text`` may be heard, the usual one first; never none."""
    spelt = [text]
    for letters, other in _OTHERWISE:
        spelt += [changed for each in spelt if (changed := letters.sub(other, each)) != each]
    sounds = dict.fromkeys(heard(each) for each in spelt[:_MOST_READINGS] if each)
    return tuple(Reading(each, skeleton(each)) for each in sounds)


def heard(text: str) -> str:
    """Return the sounds of ``text``, with one letter for a run of vowels."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub(_vowel, _CONSONANTS.sub(_consonant, text)))


def skeleton(sounds: str) -> str:
    """Return the consonants of ``sounds``; a vowel counts only where the word begins."""
    first = "A" if sounds[:1] in "AIU" else ""
    return first + "".join(each for each in sounds if each not in "AIU")


def _consonant(letters: re.Match[str]) -> str:
    heard_as = letters.lastgroup or ""
    return "" if heard_as == "SILENT" else heard_as


def _vowel(run: re.Match[str]) -> str:
    letters = run.group()
    if "U" in letters or "O" in letters:
        return "U"
    return "A" if set(letters) == {"A"} else "I"
