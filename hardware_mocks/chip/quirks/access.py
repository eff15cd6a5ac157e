"""Chips that open otherwise (quirks 12, 14 to 16 and 20)."""

from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.quirks.behaviour import READ_BINARY, SELECT, Answer, Behaviour
from hardware_mocks.chip.session import Session
from hardware_mocks.tlv import TlvError, elements

_MANAGE_SECURITY_ENVIRONMENT: Final = 0x22
_SET_AT_FOR_PACE: Final = 0xC1A4
_SET_FOR_CHIP: Final = (0x41A4, 0x41A6)
_CARD_ACCESS: Final = b"\x01\x1c"
_CARD_ACCESS_BY_SHORT_ID: Final = 0x9C
_GENERAL_AUTHENTICATE: Final = 0x86
_DYNAMIC_AUTHENTICATION: Final = 0x7C
_TERMINAL_TOKEN: Final = 0x85
_REFERENCE: Final = 0x84


class NeedsReference(Behaviour):
    """Wants the domain parameters named by tag 84 in MSE:Set AT, be there one choice or many."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if _sets_pace(command) and _REFERENCE not in _tags(command.data):
            return Reply(0x6A80)
        return onward(command)


class PaceRefused(Behaviour):
    """Offers PACE and answers a status word to MSE:Set AT, as if it had never been there."""

    def __init__(self, sw: int) -> None:
        self._sw = sw

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        return Reply(self._sw) if _sets_pace(command) else onward(command)


class CardAccessHidden(Behaviour):
    """Has no EF.CardAccess to show, though DG14 tells of PACE: somebody stands between."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        by_short_id = command.ins == READ_BINARY and command.p1 == _CARD_ACCESS_BY_SHORT_ID
        by_name = command.ins == SELECT and command.data == _CARD_ACCESS
        if not session.access_granted and (by_short_id or by_name):
            return Reply(0x6A82)
        return Reply(0x6A80) if _sets_pace(command) else onward(command)


class KeyReference(Behaviour):
    """Takes the identifier of a key of Chip Authentication in one encoding only.

    Args:
        only: the value of tag 84 in MSE:Set; None for a chip that wants none.

    """

    def __init__(self, only: bytes | None) -> None:
        self._only = only

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins != _MANAGE_SECURITY_ENVIRONMENT or command.p1p2 not in _SET_FOR_CHIP:
            return onward(command)
        return onward(command) if _reference(command.data) == self._only else Reply(0x6A80)


class TokenRefused(Behaviour):
    """Answers a status word to the terminal's token, however right: PACE ends in step 4."""

    def __init__(self, sw: int) -> None:
        self._sw = sw

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins == _GENERAL_AUTHENTICATE and _TERMINAL_TOKEN in _inside(command.data):
            session.chain = None
            return Reply(self._sw)
        return onward(command)


def _sets_pace(command: Command) -> bool:
    return command.ins == _MANAGE_SECURITY_ENVIRONMENT and command.p1p2 == _SET_AT_FOR_PACE


def _reference(data: bytes) -> bytes | None:
    try:
        return next((part.value for part in elements(data) if part.tag == _REFERENCE), None)
    except TlvError:
        return None


def _inside(data: bytes) -> set[int]:
    try:
        parts = elements(data)
    except TlvError:
        return set()
    return _tags(parts[0].value) if parts and parts[0].tag == _DYNAMIC_AUTHENTICATION else set()


def _tags(data: bytes) -> set[int]:
    try:
        return {part.tag for part in elements(data)}
    except TlvError:
        return set()
