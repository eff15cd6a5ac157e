"""A person's name as parts that can be compared, whoever wrote it and however."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from egate.lists.names.folding import Word, fold
from egate.lists.names.sound import Reading, readings
from egate.lists.names.spellings import (
    COMMON_WEIGHT,
    LIGHT,
    LINKS,
    SPELLINGS,
    TITLES,
    UNVOWELLED_SPELLINGS,
)

_MRZ_NAME_CHARACTERS: Final = 39
"""Of the name field of a TD3 MRZ (9303-4 §4.2.3); a longer name is cut there."""
_INITIAL_WEIGHT: Final = 0.5
_LONG: Final = 6
_REMEMBERED: Final = 1 << 14
"""Of words that came before: a gate has some ten megabytes for them."""
_LONG_LIGHT: Final = tuple(
    spelling for spelling, usual in SPELLINGS.items() if usual in LIGHT and len(spelling) >= _LONG
)

# What follows -ur, -ul in the names that it joins: Mahbub-ur-Rahman, Anwar-ul-Islam.
_SECONDS: Final = (
    "RAHMAN|REHMAN|RAHAMAN|ROHMAN|RAHIM|RASHID|RAZZAQ|RAZZAK|ISLAM|HAQUE|HAQ|HOQUE|HUQ|HUDA|HODA"
    "|ALAM|KARIM|KABIR|AMIN|ABEDIN|AREFIN|HASAN|HASSAN|MOMEN|MUMIN|KADER|QADIR|AZIZ|MALEK|MALIK"
    "|BARI|BASHAR|KALAM|KHAIR|AHSAN|ANAM|FARAH|HAI|MANNAN|SATTAR|SALAM|GHANI|GONI|JALIL|LATIF"
)
_LINKED: Final = re.compile(rf"(.{{3,}}?)(?:UR|OOR|OUR|UL|OOL|AL|EL|US)({_SECONDS})")
_STEM: Final = re.compile(r"(.{4,}?)(?:UR|OOR|OUR|UL|OOL|OUL)")
_SERVANT: Final = re.compile(r"ABD(?:[AEIOU]|OU)[LRSNZDT](?!L?LA)(.{3,})")
_FAITH: Final = re.compile(r"(.{3,}?)(?:U|O|E|OU|AL)?D(?:D[IE]+|H?[IE])NE?")
_OF_GOD: Final = re.compile(r"(.{3,}?)(?:U|O|A|OU)LLAH?")


class NamePart(NamedTuple):
    """One word of a name, in its usual spelling, and how it may be heard."""

    text: str
    readings: tuple[Reading, ...]
    weight: float
    unvowelled: bool

    @property
    def sounds(self) -> str:
        """As the word is usually heard."""
        return self.readings[0].sounds

    @property
    def keys(self) -> set[str]:
        """Return the consonants of all its readings."""
        return {each.consonants for each in self.readings}

    def __repr__(self) -> str:
        """Tell nothing of a person."""
        return "NamePart()"


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a name, in the order in which they were written.

    Args:
        parts: never empty.
        cut: the name fills the field of a machine readable zone, so its end may be missing.

    """

    parts: tuple[NamePart, ...] = field(repr=False)
    cut: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the name that ``text`` writes.

        Raises:
            UnusableName: see `fold`.

        """
        words = fold(text)
        filled = sum(len(each.text) + 1 for each in words) >= _MRZ_NAME_CHARACTERS
        return cls(tuple(usual_part(*each) for each in usual_words(words)), cut=filled)


def usual_words(words: tuple[Word, ...]) -> list[Word]:
    """Return ``words`` without titles and links, split and spelt in the usual way."""
    apart = [Word(each, word.unvowelled) for word in words for each in _apart(word.text)]
    named = [each for each in apart if each.text not in TITLES] or apart
    told = [each for each in named if each.text not in LINKS]
    kept = told if len(told) > 1 else named
    spelt = []
    for each in kept:
        stem = _STEM.fullmatch(each.text) if len(kept) > 1 else None
        usual = usual_spelling(each.text)
        if each.unvowelled:
            usual = UNVOWELLED_SPELLINGS.get(each.text, usual)
        text = stem.group(1) if stem and usual == each.text else usual
        spelt.append(Word(text, each.unvowelled))
    return spelt


@lru_cache(maxsize=_REMEMBERED)
def usual_spelling(text: str) -> str:
    """Return the first of the spellings of a word, the word itself where it has no others.

    A long word that is often left out may be mistyped: it must not pass for a part of its own.
    """
    if text in SPELLINGS or len(text) < _LONG - 1:
        return SPELLINGS.get(text, text)
    near = process.extractOne(text, _LONG_LIGHT, scorer=OSA.distance, score_cutoff=1)
    return SPELLINGS[near[0]] if near else text


def part_of(text: str, unvowelled: bool) -> NamePart:  # noqa: FBT001 - the fields of a Word
    """Return a usual word with what it is compared by."""
    weight = COMMON_WEIGHT if text in LIGHT else _INITIAL_WEIGHT if len(text) == 1 else 1.0
    return NamePart(text, readings(text), weight, unvowelled)


usual_part = lru_cache(maxsize=_REMEMBERED)(part_of)
"""The same, remembered: for the words of travellers, and of those whom they are compared with."""


@lru_cache(maxsize=_REMEMBERED)
def _apart(text: str) -> tuple[str, ...]:
    """Split what some write as one word: Abdulkarim, Mahbuburrahman, Nasiruddin, Habibullah."""
    if text in SPELLINGS:
        return (text,)
    if servant := _SERVANT.fullmatch(text):
        return ("ABD", servant.group(1))
    if linked := _LINKED.fullmatch(text):
        return linked.groups()
    if faithful := _FAITH.fullmatch(text):
        return (faithful.group(1), "DIN")
    if godly := _OF_GOD.fullmatch(text):
        return (godly.group(1), "ULLAH")
    return (text,)
