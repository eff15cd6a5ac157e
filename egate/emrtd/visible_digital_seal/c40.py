"""C40, the encoding of upper case text in seals (9303-13 §2.6)."""

from typing import Final

from egate.emrtd.visible_digital_seal.errors import SealMalformed

_UNLATCH: Final = 0xFE
_PADDING: Final = 0
_FIRST_VALUE: Final = 3
_LETTERS: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Final = 40


def encoded_bytes(characters: int) -> int:
    """Return how many bytes a text of ``characters`` takes."""
    return (characters + 2) // 3 * 2


def decode(raw: bytes) -> str:
    """Return the text of ``raw``; fillers of an MRZ are spaces in it.

    Raises:
        SealMalformed: an odd number of bytes, or a value that no text has.

    """
    if len(raw) % 2:
        raise SealMalformed("C40 text of an odd number of bytes")
    pairs = [raw[offset : offset + 2] for offset in range(0, len(raw), 2)]
    return "".join(
        _letters(pair, is_last=number == len(pairs)) for number, pair in enumerate(pairs, 1)
    )


def _letters(pair: bytes, *, is_last: bool) -> str:
    if pair[0] == _UNLATCH and is_last:
        # One letter is left: it stands there in the ASCII encoding of Data Matrix (§2.6.3).
        letter = chr(pair[1] - 1) if pair[1] else ""
        if letter not in _LETTERS or not letter:
            raise SealMalformed("C40 text ends in a letter that it cannot have")
        return letter
    value = int.from_bytes(pair, "big") - 1
    if not 0 <= value < _VALUES**3:
        raise SealMalformed("C40 value that cannot be")
    values = [value // _VALUES**2, value // _VALUES % _VALUES, value % _VALUES]
    if is_last and values[-1] == _PADDING:
        values.pop()
    if min(values) < _FIRST_VALUE:
        raise SealMalformed("C40 text with a shift")
    return "".join(_LETTERS[each - _FIRST_VALUE] for each in values)
