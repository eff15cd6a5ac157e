"""Check digits of the machine readable zone (9303-3 §4.9)."""

from typing import Final

from egate.emrtd.errors import MrzInvalid

CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")

_VALUES: Final = {character: int(character, 36) for character in CHARACTERS if character != "<"}
_VALUES["<"] = 0
_WEIGHTS: Final = (7, 3, 1)


def check_digit(text: str) -> str:
    """Return the check digit of ``text``: weights 7, 3, 1 modulo 10.

    Raises:
        MrzInvalid: a character does not belong to the MRZ's alphabet.

    """
    try:
        total = sum(
            _VALUES[character] * _WEIGHTS[index % 3] for index, character in enumerate(text)
        )
    except KeyError:
        raise MrzInvalid("a character outside A-Z, 0-9 and <") from None
    return str(total % 10)
