"""Made-up persons with South Asian and Arabic names, and how others would write them.

Nothing here comes from the matcher's table of spellings. Names are built by rule from sounds:
Arabic ones from roots of three random consonants in the common patterns (faʿīl, fāʿil, mafʿūl,
fuʿayl ...), Bangla ones from random syllables. Each sound is then written as one of the
conventions in use writes it: for Arabic BGN/PCGN 1956, the everyday English and the French
one; for Bangla the Hunterian and the everyday one. Only the words that are put before or
after names (Md, Mst, Begum) are real, in the forms that identity cards bear. The commonest
words are borne by about four of a hundred persons, as the commonest surnames of Bangladesh.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

# A sound and how it is written; what comes first or often is repeated.
_WRITTEN: Final = {
    "A": ("a", "a", "a", "a", "aa"), "a": ("a", "a", "a", "a", "a", "e", "o"),
    "I": ("i", "i", "i", "ee", "ee"), "i": ("i", "i", "i", "e"),
    "U": ("u", "u", "oo", "ou"), "u": ("u", "u", "u", "o"),
    "ai": ("ai", "ay", "ei"), "au": ("au", "aw", "ou"), "o": ("o", "o", "a"), "e": ("e", "e", "a"),
    "b": ("b",), "t": ("t",), "T": ("t",), "j": ("j", "j", "z", "dj"), "H": ("h",), "K": ("kh",),
    "d": ("d",), "z": ("z", "z", "j"), "r": ("r",), "s": ("s",), "S": ("s", "ss"),
    "sh": ("sh", "sh", "sh", "ch", "s"), "`": ("", "", "'"), "g": ("gh", "g"),
    "f": ("f", "f", "ph"),
    "q": ("q", "k", "k"), "k": ("k",), "l": ("l",), "m": ("m",), "n": ("n",), "h": ("h",),
    "w": ("w", "w", "v"), "th": ("th", "s", "t"), "bh": ("bh", "bh", "v"), "p": ("p",),
    "ch": ("ch", "ch", "chh"), "gg": ("g",), "dh": ("dh", "d"), "kh": ("kh",), "ph": ("ph", "f"),
    "+": ("+", "+", ""),  # doubled
}  # fmt: skip
_ROOT: Final = ("b", "t", "T", "j", "H", "K", "d", "z", "r", "s", "S", "sh", "`", "g", "f", "q",
                "k", "l", "m", "n", "h", "w", "th")  # fmt: skip
_PATTERNS: Final = (
    "1 a 2 I 3", "1 A 2 i 3", "m a 1 2 U 3", "1 u 2 ai 3", "a 1 2 a 3", "1 a 2 + A 3", "1 a 2 A 3",
    "m u 1 a 2 + a 3", "1 i 2 A 3", "1 a 2 3 A n", "i 1 2 A 3", "m u 1 2 i 3", "1 a 2 I 3 a",
)  # fmt: skip
_BEGINS: Final = ("k", "kh", "gg", "ch", "j", "t", "d", "dh", "n", "p", "ph", "b", "bh", "m", "r",
                  "l", "sh", "h", "s")  # fmt: skip
_VOWELS: Final = ("o", "A", "i", "u", "e", "a", "I")
_ENDS: Final = ("", "", "n", "r", "l", "d", "k", "sh")
_BEFORE_HIM: Final = ("Md", "Md", "Md", "Mohammad", "Mohammed", "Muhammad", "Mohd")
_BEFORE_HER: Final = ("Mst", "Mst", "Mosammat", "Most")
_AFTER_HER: Final = ("Begum", "Khatun", "Khatoon", "Khanam", "Bibi")
_LINKS: Final = ("ur {}", "ul {}", "-ur-{}", "-ul-{}")
_SPELLINGS_A_WORD: Final = 16
_ZONE_CHARACTERS: Final = 39
KINDS: Final = ("same", "transliterated", "typing error", "order", "part left out", "zone")


@dataclass(frozen=True, slots=True)
class Person:
    """Words by number, how they are put together, and a date of birth."""

    form: str
    words: tuple[int, ...]
    born: dt.date


class People:
    """A people, drawn from a seed: the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - to be drawn again, not to be secret
        self._words = [self._spellings(self._word(number)) for number in range(8000)]
        self._given = list(accumulate(1 / (rank + 20) for rank in range(6000)))
        self._family = list(accumulate(1 / (rank + 3.5) for rank in range(2000)))

    def person(self) -> Person:
        form = self._random.choices(
            ("him", "plain", "servant", "linked", "faith", "her"), (35, 20, 10, 8, 7, 20)
        )[0]
        given = self._random.choices(range(6000), cum_weights=self._given, k=2)
        family = self._random.choices(range(6000, 8000), cum_weights=self._family)[0]
        days = self._random.randrange(60 * 365)
        born = dt.date(1948, 1, 1) + dt.timedelta(days)
        if self._random.random() < 0.04:
            born = born.replace(month=1, day=1)
        return Person(form, (*given[: self._random.choice((1, 1, 2))], family), born)

    def written(self, person: Person) -> list[str]:
        """Return the words of a name as one writer writes them."""
        *given, family = (self._random.choice(self._words[word]) for word in person.words)
        pick = self._random.choice
        match person.form:
            case "him":
                return [pick(_BEFORE_HIM), *given, family]
            case "servant":
                return [
                    *pick((("Abdul", family), ("Abd", "al", family), ("Abdul" + family.lower(),))),
                    *given,
                ]
            case "linked":
                return [*given[:-1], *(given[-1] + pick(_LINKS).format(family)).split()]
            case "faith":
                return [*pick(((given[0] + "uddin",), (given[0], "Uddin"))), family]
            case "her":
                return [*pick(((), (pick(_BEFORE_HER),))), *given, pick(_AFTER_HER)]
            case _:
                return [*given, family]

    def as_kind(self, kind: str, person: Person, listed: Sequence[str]) -> str:
        """Return the name ``listed`` as another writes it, or as a traveller's document has it."""
        words = list(listed)
        if kind == "transliterated":
            words = self.written(person)
        elif kind == "typing error":
            at = max(range(len(words)), key=lambda place: (len(words[place]), place))
            words[at] = self._mistyped(words[at])
        elif kind == "order":
            words = [*words[1:], words[0]]
        elif kind == "part left out" and len(words) > 2:
            self._leave_out(words, person)
        elif kind == "zone":
            return "<".join([words[-1], "", *words[:-1]]).upper()[:_ZONE_CHARACTERS]
        return " ".join(words)

    def _leave_out(self, words: list[str], person: Person) -> None:
        """Leave out one word, of a woman with one name what stands before it."""
        before = 1 if words[0] in (*_BEFORE_HIM, *_BEFORE_HER) else 0
        if person.form == "her" and len(person.words) == 2:
            del words[:before]
        else:
            del words[self._random.randrange(len(words) - 1)]

    def as_document(self, born: dt.date) -> str:
        """Return a date of birth as documents have it: 5 % swapped, 3 % as 1 January."""
        drawn = self._random.random()
        if drawn < 0.05 and born.day <= 12:
            born = born.replace(month=born.day, day=born.month)
        elif 0.05 <= drawn < 0.08:
            born = born.replace(month=1, day=1)
        return born.isoformat()

    def _word(self, number: int) -> list[str]:
        pick: Callable[[Sequence[str]], str] = self._random.choice
        if number % 3:
            root = {"1": pick(_ROOT), "2": pick(_ROOT), "3": pick(_ROOT)}
            return [root.get(each, each) for each in pick(_PATTERNS).split()]
        syllables = self._random.choice((2, 2, 3))
        sounds = [each for _ in range(syllables) for each in (pick(_BEGINS), pick(_VOWELS))]
        return [*sounds, *filter(None, (pick(_ENDS),))]

    def _spellings(self, sounds: Sequence[str]) -> list[str]:
        return [self._spelt(sounds) for _ in range(_SPELLINGS_A_WORD)]

    def _spelt(self, sounds: Sequence[str]) -> str:
        text = ""
        for sound in sounds:
            # No convention writes an a that begins a word as anything else.
            letters = self._random.choice(_WRITTEN[sound]) if text or sound not in "Aa" else "a"
            text += text[-1:] if letters == "+" else letters
        return text.capitalize()

    def _mistyped(self, word: str) -> str:
        at = self._random.randrange(1, len(word)) if len(word) > 1 else 0
        letter = self._random.choice("abcdefghijklmnopqrstuvwxyz")
        return self._random.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[: at - 1] + word[at : at + 1] + word[at - 1 : at] + word[at + 1 :],
            )
        )
