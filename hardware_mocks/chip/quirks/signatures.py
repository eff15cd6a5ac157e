"""Chips whose Active Authentication comes out otherwise (quirks 6 to 8)."""

from dataclasses import replace
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.quirks.behaviour import (
    GET_RESPONSE,
    INTERNAL_AUTHENTICATE,
    Answer,
    Behaviour,
)
from hardware_mocks.chip.session import Session

_ANY_LENGTH: Final = 65536
_SHORT: Final = 256


def _whole(command: Command, onward: Answer) -> Reply:
    """The answer as if any length could be carried."""
    return onward(replace(command, ne=_ANY_LENGTH, room=_ANY_LENGTH))


class CutSignature(Behaviour):
    """Gives as much of a signature as a short APDU can carry, and 9000, as if that were all."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins != INTERNAL_AUTHENTICATE:
            return onward(command)
        reply = _whole(command, onward)
        return Reply(reply.sw, reply.data[: min(command.ne, command.room)])


class SilentAtLength(Behaviour):
    """Answers Active Authentication asked for in extended form with 9000 and no signature.

    Args:
        otherwise: what it does with everything else.

    """

    def __init__(self, otherwise: Behaviour) -> None:
        self._otherwise = otherwise

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins == INTERNAL_AUTHENTICATE and command.extended:
            return Reply(0x9000)
        return self._otherwise.answer(command, session, onward)

    def reset(self) -> None:
        self._otherwise.reset()


class SignatureInParts(Behaviour):
    """Answers a signature too long for one answer with 61xx, and the rest to GET RESPONSE."""

    def __init__(self) -> None:
        self._rest = b""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins == INTERNAL_AUTHENTICATE:
            reply = _whole(command, onward)
            return self._part(command, reply.data) if reply.sw == 0x9000 else reply
        if command.ins == GET_RESPONSE and self._rest:
            return self._part(command, self._rest)
        self._rest = b""
        return onward(command)

    def reset(self) -> None:
        self._rest = b""

    def _part(self, command: Command, content: bytes) -> Reply:
        size = min(command.ne, command.room)
        part, self._rest = content[:size], content[size:]
        if not self._rest:
            return Reply(0x9000, part)
        return Reply(0x6100 | len(self._rest) % _SHORT, part)
