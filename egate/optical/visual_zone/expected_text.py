"""What a field must show if it says the same as the MRZ."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from egate.emrtd.mrz.layout import LAYOUTS
from egate.emrtd.mrz.parse import Mrz
from egate.optical.visual_zone.letters import LETTERS
from egate.optical.visual_zone.visual_field import VisualField, VisualFieldKind

# 9303-3 §3.8, Table 1: the months in English, French and Spanish, of up to four letters.
_MONTHS: Final = (
    ("JAN", "JANV", "ENE"), ("FEB", "FEV"), ("MAR", "MARS"), ("APR", "AVR", "ABR"),
    ("MAY", "MAI", "MAYO"), ("JUN", "JUIN"), ("JUL", "JUIL"), ("AUG", "AOUT", "AGO"),
    ("SEP", "SEPT", "SET"), ("OCT",), ("NOV",), ("DEC", "DIC"),
)  # fmt: skip
_UNKNOWN: Final = "XX"
_TOKENS: Final = re.compile("DD|MMM|MM|YYYY|YY")
# 9303-3 §6 A: what one letter with marks becomes two or three of in the MRZ; printed, it looks
# as the first of them. The group is what then is missing.
_ONE_LETTER: Final = re.compile("(?<=[AOU])(E)|(?<=A)(A)|(?<=I)(J)|(?<=[NU])(XX)")
# Letters of their own, which look as none of the MRZ's: the sharp s and the thorn.
_OWN_LETTERS: Final[Mapping[str, str]] = {"D": "SS", "AUT": "SS", "ISL": "TH"}


class Sign(NamedTuple):
    """One letter of what is expected.

    Args:
        letter: one of ``LETTERS``, or several of which one is there; "?" any one of them; "*"
            anything, or nothing.
        is_optional: it may be missing.

    """

    letter: str
    is_optional: bool = False

    def __repr__(self) -> str:
        """Tell nothing of a person."""
        return "Sign()"


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """Letters in their order, without what stands between words. Personal."""

    signs: tuple[Sign, ...] = field(repr=False)

    @property
    def least_letters(self) -> int:
        return sum(not sign.is_optional for sign in self.signs)


def expected_texts(shown: VisualField, mrz: Mrz) -> tuple[ExpectedText, ...]:
    """Return the texts of which ``shown`` has one if it agrees with ``mrz``.

    Empty where the MRZ does not say it: an unknown date, a State whose name is not known.
    """
    texts = tuple(_TEXTS[shown.kind](shown, mrz))
    return tuple(text for text in texts if text.least_letters)


def _plain(text: str) -> ExpectedText:
    return ExpectedText(tuple(Sign(letter) for letter in text.upper() if letter in LETTERS))


def _number(_: VisualField, mrz: Mrz) -> Iterator[ExpectedText]:
    yield _plain(mrz.document_number)


def _personal_number(_: VisualField, mrz: Mrz) -> Iterator[ExpectedText]:
    if mrz.optional_data:
        yield _plain(mrz.optional_data[0])


def _state(shown: VisualField, mrz: Mrz) -> Iterator[ExpectedText]:
    is_issuer = shown.kind is VisualFieldKind.ISSUING_STATE
    code = mrz.issuing_state if is_issuer else mrz.nationality
    # 9303-3 §3.6: the code, or the nationality in full.
    if shown.texts and code not in shown.texts:
        return
    yield _plain(shown.texts.get(code, code))


def _sex(shown: VisualField, mrz: Mrz) -> Iterator[ExpectedText]:
    yield _plain(shown.texts.get(mrz.sex, mrz.sex))


def _date(shown: VisualField, mrz: Mrz) -> Iterator[ExpectedText]:
    is_birth = shown.kind is VisualFieldKind.DATE_OF_BIRTH
    date = mrz.date_of_birth if is_birth else mrz.date_of_expiry
    if date is None or _UNKNOWN in date:  # 9303-3 §3.8 leaves open how unknown parts are printed
        return
    year, month, day = date.split("-")
    known = {"DD": day, "MM": month, "YYYY": year, "YY": year[2:]}
    names = _MONTHS[int(month) - 1] if "MMM" in shown.date_format else ("",)
    for name in names:
        parts = known | {"MMM": name}
        tokens = _TOKENS.findall(shown.date_format)
        yield _plain("".join(parts[token] for token in tokens))


def _names(shown: VisualField, mrz: Mrz) -> Iterator[ExpectedText]:
    parts: Sequence[str] = {
        VisualFieldKind.PRIMARY_IDENTIFIER: (mrz.primary_identifier,),
        VisualFieldKind.SECONDARY_IDENTIFIER: (mrz.secondary_identifier,),
        VisualFieldKind.NAME: (mrz.primary_identifier, mrz.secondary_identifier),
        VisualFieldKind.NAME_GIVEN_FIRST: (mrz.secondary_identifier, mrz.primary_identifier),
    }[shown.kind]
    truncated = _is_truncated(mrz)
    signs: list[Sign] = []
    for word in " ".join(parts).split():
        signs += _of_a_name(word, _OWN_LETTERS.get(mrz.issuing_state))
        if truncated:  # 9303-4 §4.2.3: any component may have lost its end
            signs.append(Sign("*", is_optional=True))
    if truncated:  # or be missing itself
        signs.append(Sign("*", is_optional=True))
    yield ExpectedText(tuple(signs))


def _of_a_name(word: str, own: str | None) -> Iterator[Sign]:
    missing = {
        at for found in _ONE_LETTER.finditer(word) for at in range(found.start(), found.end())
    }
    anything = {word.find(own)} if own else set()
    for at, letter in enumerate(word):
        if at in anything:
            yield Sign("?")
        else:
            yield Sign(letter, is_optional=at in missing or at - 1 in anything)


def _is_truncated(mrz: Mrz) -> bool:
    """Say whether a name's end may be missing: no filler ends the field (9303-4 §4.2.3)."""
    names = LAYOUTS[mrz.format].fields.get("names")
    return names is None or not names.of(mrz.lines).endswith("<")


_TEXTS: Final[Mapping[VisualFieldKind, Callable[[VisualField, Mrz], Iterator[ExpectedText]]]] = {
    VisualFieldKind.DOCUMENT_NUMBER: _number,
    VisualFieldKind.PRIMARY_IDENTIFIER: _names,
    VisualFieldKind.SECONDARY_IDENTIFIER: _names,
    VisualFieldKind.NAME: _names,
    VisualFieldKind.NAME_GIVEN_FIRST: _names,
    VisualFieldKind.ISSUING_STATE: _state,
    VisualFieldKind.NATIONALITY: _state,
    VisualFieldKind.DATE_OF_BIRTH: _date,
    VisualFieldKind.DATE_OF_EXPIRY: _date,
    VisualFieldKind.SEX: _sex,
    VisualFieldKind.PERSONAL_NUMBER: _personal_number,
}
