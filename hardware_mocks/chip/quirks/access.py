"""Chips that open otherwise (quirks 12, 14 to 16)."""

from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.quirks.behaviour import Answer, Behaviour
from hardware_mocks.chip.session import Session
from hardware_mocks.tlv import TlvError, elements

_MANAGE_SECURITY_ENVIRONMENT: Final = 0x22
_SET_AT_FOR_PACE: Final = 0xC1A4
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
