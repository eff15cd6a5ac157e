"""Chips that take other lengths than they should (quirks 1 to 5)."""

from enum import Enum, auto
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply, WrongLength, parse
from hardware_mocks.chip.quirks.behaviour import (
    Answer,
    Behaviour,
    Transmit,
    is_extended,
    is_protected,
    is_read,
    naked,
)
from hardware_mocks.chip.session import SecureMessagingError, Session

_LONGEST_TOLD: Final = 0xFF


class Counted(Enum):
    """How far the chip counts an exchange that it refuses outside secure messaging."""

    NOTHING = auto()
    COMMAND = auto()
    COMMAND_AND_ANSWER = auto()


class NakedWrongLength(Behaviour):
    """Refuses extended APDUs with a 6700 outside secure messaging, and keeps the channel.

    Args:
        counted: what its send sequence counter does meanwhile.

    """

    def __init__(self, counted: Counted) -> None:
        self._counted = counted

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        if not (is_protected(apdu) and is_extended(apdu)):
            return onward(apdu)
        if self._counted is not Counted.NOTHING:
            self._count(apdu, session)
        return naked(0x6700)

    def _count(self, apdu: bytes, session: Session) -> None:
        if session.channel is None:
            return
        try:
            session.channel.unwrap(parse(apdu))
        except (SecureMessagingError, WrongLength):
            return
        if self._counted is Counted.COMMAND_AND_ANSWER:
            session.channel.wrap(Reply(0x6700), odd_instruction=False)


class LargestLe(Behaviour):
    """Refuses to read more than so many bytes at once.

    Args:
        limit_bytes: the most it gives.
        sw: what it answers to more.
        ends_session: it then answers nothing protected any more but 6988.

    """

    def __init__(self, limit_bytes: int, sw: int, *, ends_session: bool = False) -> None:
        self._limit_bytes = limit_bytes
        self._sw = sw
        self._ends_session = ends_session

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if not is_read(command) or command.ne <= self._limit_bytes:
            return onward(command)
        if self._ends_session:
            session.abort()
        return Reply(self._sw)


class ExactLe(Behaviour):
    """Answers 6Cxx, the number of bytes there are, to every Le that goes beyond them."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        reply = onward(command)
        if not is_read(command) or reply.sw not in {0x9000, 0x6282}:
            return reply
        if command.ne <= len(reply.data) or not 0 < len(reply.data) <= _LONGEST_TOLD:
            return reply
        return Reply(0x6C00 | len(reply.data))
