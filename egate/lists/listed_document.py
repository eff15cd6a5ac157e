"""A document as the lists know it: the same for a clerk's notation and a reader's MRZ."""

import re
from dataclasses import dataclass, field
from typing import Final, Self

from egate.lists.errors import ListRefused

_NOT_IN_MRZ: Final = re.compile(r"[^A-Z0-9]")
_NUMBER: Final = re.compile(r"[\x20-\x7e]{1,40}")
_STATE: Final = re.compile(r"[A-Z]{1,3}")
_CODE: Final = re.compile(r"[A-Z][A-Z0-9<]?")
# 9303-5 §4.2.2.1: a card's code begins with A, C or I, and which of them says nothing.
_CARDS: Final = frozenset("ACI")


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """One document, told by what is printed in its MRZ (9303-3 §4.3). Personal.

    Args:
        kind: the first letter of the document code, ``I`` for every card: the second letter is
            the State's own, and a loss circular seldom has it.
        issuing_state: as in the MRZ, without fillers.
        number: capital letters and digits alone, since the MRZ has a filler where the page has
            a blank or a hyphen.

    """

    kind: str
    issuing_state: str
    number: str = field(repr=False)

    @classmethod
    def of(cls, document_code: str, issuing_state: str, number: str) -> Self:
        """Return the document with these fields of an MRZ, or of a letter that names it.

        Raises:
            ListRefused: a field can be of no document; the message names it.

        """
        code, state = document_code.strip().upper(), issuing_state.strip().upper().rstrip("<")
        if not _CODE.fullmatch(code):
            raise ListRefused("document_type: not the code of a document")
        if not _STATE.fullmatch(state):
            raise ListRefused("issuing_state: not one to three letters")
        kept = _NOT_IN_MRZ.sub("", number.upper())
        if not _NUMBER.fullmatch(number) or not kept:
            raise ListRefused("document_number: not a number as an MRZ has it")
        return cls("I" if code[0] in _CARDS else code[0], state, kept)

    def as_bytes(self) -> bytes:
        """Return what is digested; no field can hold the bar."""
        return f"{self.kind}|{self.issuing_state}|{self.number}".encode("ascii")
