"""The bytes of a seal: text in C40, dates, features with their lengths (9303-13 §2)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from hardware_mocks.tlv import encode

_MAGIC: Final = 0xDC
_VERSION_4: Final = 0x03
_UNLATCH: Final = 254
_FIRST_VALUE: Final = 3
_LETTERS: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def c40(text: str) -> bytes:
    """Encode upper case text, three letters in two bytes; fillers become spaces (§2.6)."""
    spaced = text.replace("<", " ")
    encoded = b""
    for start in range(0, len(spaced), 3):
        letters = spaced[start : start + 3]
        if len(letters) == 1:  # §2.6.3: the last one stands alone, in the ASCII of Data Matrix
            encoded += bytes((_UNLATCH, ord(letters) + 1))
            continue
        first, second, third = (*(_LETTERS.index(each) + _FIRST_VALUE for each in letters), 0)[:3]
        encoded += (1600 * first + 40 * second + third + 1).to_bytes(2, "big")
    return encoded


def day(when: date) -> bytes:
    """Encode a date as the number MMDDYYYY (§2.3.1)."""
    return int(when.strftime("%m%d%Y")).to_bytes(3, "big")


def header(state: str, signer: str, reference: str, issued: date, kind: tuple[int, int]) -> bytes:
    """Return a header of version 4 of a seal that was made when its document was (§2.2).

    Args:
        state: the issuing State's three letters.
        signer: two letters of the signer's State, and two of the signer.
        reference: to its certificate, hexadecimal.
        issued: the day.
        kind: document feature definition reference, and document type category.

    """
    named = c40(f"{signer}{len(reference):02X}{reference}")
    dates = day(issued) * 2
    return bytes((_MAGIC, _VERSION_4)) + c40(f"{state:<<3}") + named + dates + bytes(kind)


def message_zone(features: Mapping[int, bytes]) -> bytes:
    """Return the features by their tags, with lengths in DER (§2.3)."""
    return b"".join(encode(tag, value) for tag, value in features.items())


def signature_zone(signature: bytes) -> bytes:
    """Return the signature r || s behind its mark (§2.4)."""
    return encode(0xFF, signature)
