"""The machine readable zones of TD1, TD2 and TD3 (9303-3 §4.9, 9303-4, 9303-5, 9303-6 §4.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

DocumentType = Literal["TD1", "TD2", "TD3"]

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS: Final = (7, 3, 1)
_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class ZoneFields:
    """What is printed in a zone; dates are YYMMDD. Personal: never in ``repr``.

    ``document_code`` has one or two letters; ``optional`` is the personal number of a TD3 and
    the (first) optional field of a TD1 or TD2.
    """

    document_code: str
    issuing_state: str
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    document_number: str = field(repr=False)
    nationality: str
    date_of_birth: str = field(repr=False)
    sex: str = field(repr=False)
    date_of_expiry: str = field(repr=False)
    optional: str = field(default="", repr=False)


def check_digit(text: str) -> str:
    """Return the check digit of ``text`` (9303-3 §4.9); fillers count as zero."""
    total = sum(
        (0 if character == "<" else _ALPHABET.index(character)) * _WEIGHTS[place % 3]
        for place, character in enumerate(text)
    )
    return str(total % 10)


def zone(document_type: DocumentType, fields: ZoneFields) -> tuple[str, ...]:
    """Return the lines of the zone; raises ValueError for what cannot be printed in it."""
    lines = {"TD1": td1, "TD2": td2, "TD3": td3}[document_type](fields)
    width = {"TD1": 30, "TD2": 36, "TD3": 44}[document_type]
    if any(len(line) != width for line in lines):
        raise ValueError("a field is too long for the machine readable zone")
    return lines


def td3(fields: ZoneFields) -> tuple[str, ...]:
    """Two lines of 44 (9303-4 §4.2)."""
    numbered = _with_check(f"{fields.document_number:<<9}")
    birth, expiry = _with_check(fields.date_of_birth), _with_check(fields.date_of_expiry)
    optional = _with_check(f"{fields.optional:<<14}")
    composite = check_digit(numbered + birth + expiry + optional)
    line_2 = f"{numbered}{fields.nationality:<<3}{birth}{fields.sex}{expiry}{optional}{composite}"
    return f"{_heading(fields)}{_names(fields, 39)}", line_2


def td2(fields: ZoneFields) -> tuple[str, ...]:
    """Two lines of 36 (9303-6 §4.2)."""
    numbered, optional = _long_number(fields)
    birth, expiry = _with_check(fields.date_of_birth), _with_check(fields.date_of_expiry)
    optional = f"{optional:<<7}"
    composite = check_digit(numbered + birth + expiry + optional)
    line_2 = f"{numbered}{fields.nationality:<<3}{birth}{fields.sex}{expiry}{optional}{composite}"
    return f"{_heading(fields)}{_names(fields, 31)}", line_2


def td1(fields: ZoneFields) -> tuple[str, ...]:
    """Three lines of 30 (9303-5 §4.2)."""
    numbered, optional = _long_number(fields)
    birth, expiry = _with_check(fields.date_of_birth), _with_check(fields.date_of_expiry)
    first = f"{numbered}{optional:<<15}"
    second = "<" * 11
    composite = check_digit(first + birth + expiry + second)
    line_2 = f"{birth}{fields.sex}{expiry}{fields.nationality:<<3}{second}{composite}"
    return f"{_heading(fields)}{first}", line_2, _names(fields, 30)


def mrz_information(lines: Sequence[str]) -> str:
    """Number, date of birth and date of expiry with their check digits (9303-11 §4.3.2, D.2)."""
    if len(lines) == 3:
        numbered = _printed_number(lines[0][5:15], lines[0][15:])
        return numbered + lines[1][0:7] + lines[1][8:15]
    line_2 = lines[1]
    # Only the cards have long numbers: in a passport the 29th character starts the optional data.
    optional = line_2[28:35] if len(line_2) == 36 else ""
    return _printed_number(line_2[0:10], optional) + line_2[13:20] + line_2[21:28]


def numbered_document(lines: Sequence[str]) -> str:
    """The document number with its check digit as printed: ID_IC after BAC (9303-11 §7.1.2)."""
    return mrz_information(lines)[:-14]


def _printed_number(numbered: str, optional: str) -> str:
    """The number and its check digit; a long one goes on in the optional data (9303-5 §4.2.4)."""
    tail, _, _ = optional.partition("<")
    return numbered[:_NUMBER] + tail if numbered[_NUMBER:] == "<" and tail else numbered


def _long_number(fields: ZoneFields) -> tuple[str, str]:
    """The number field with check digit, and the optional data after what is left of it."""
    number = fields.document_number
    if len(number) <= _NUMBER:
        return _with_check(f"{number:<<9}"), fields.optional
    tail = number[_NUMBER:] + check_digit(number)
    return f"{number[:_NUMBER]}<", f"{tail}<{fields.optional}"


def _with_check(text: str) -> str:
    return text + check_digit(text)


def _heading(fields: ZoneFields) -> str:
    return f"{fields.document_code:<<2}{fields.issuing_state:<<3}"


def _names(fields: ZoneFields, width: int) -> str:
    names = f"{_letters(fields.surname)}<<{_letters(fields.given_names)}".rstrip("<")
    return f"{names:<<{width}}"[:width]


def _letters(name: str) -> str:
    kept = name.upper().replace("'", "").replace("-", "<").replace(" ", "<")
    if not all(character in _ALPHABET[10:] + "<" for character in kept):
        raise ValueError("a name in an MRZ has the letters A to Z only")
    return kept
