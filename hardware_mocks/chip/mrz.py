"""The machine readable zone of a passport: two lines of 44 (9303-4 §4.2, 9303-3 §4.9)."""

from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS: Final = (7, 3, 1)


def check_digit(field: str) -> str:
    """Return the check digit of ``field`` (9303-3 §4.9); fillers count as zero."""
    total = sum(
        (0 if character == "<" else _ALPHABET.index(character)) * _WEIGHTS[place % 3]
        for place, character in enumerate(field)
    )
    return str(total % 10)


def td3(  # noqa: PLR0913  the fields of the zone
    *,
    surname: str,
    given_names: str,
    document_number: str,
    nationality: str,
    issuing_state: str,
    date_of_birth: str,
    sex: str,
    date_of_expiry: str,
    personal_number: str = "",
) -> tuple[str, str]:
    """Return both lines, with their five check digits."""
    names = f"{_letters(surname)}<<{_letters(given_names)}".rstrip("<")
    line_1 = f"P<{issuing_state:<<3}{names:<<39}"[:44]
    number = f"{document_number:<<9}"
    optional = f"{personal_number:<<14}"
    numbered = number + check_digit(number)
    birth = date_of_birth + check_digit(date_of_birth)
    rest = date_of_expiry + check_digit(date_of_expiry) + optional + check_digit(optional)
    composite = check_digit(numbered + birth + rest)
    line_2 = f"{numbered}{nationality:<<3}{birth}{sex}{rest}{composite}"
    return line_1, line_2


def mrz_information(lines: tuple[str, str]) -> str:
    """Number, date of birth and date of expiry with their check digits (9303-11 §4.3.2)."""
    line_2 = lines[1]
    return line_2[0:10] + line_2[13:20] + line_2[21:28]


def _letters(name: str) -> str:
    kept = name.upper().replace("'", "").replace("-", "<").replace(" ", "<")
    if not all(character in _ALPHABET[10:] + "<" for character in kept):
        raise ValueError("a name in an MRZ has the letters A to Z only")
    return kept
