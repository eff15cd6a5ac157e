"""What all quirks start from: a chip like any other, and words for what commands mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.tlv import TlvError, elements

READ_BINARY: Final = 0xB0
READ_BINARY_ODD: Final = 0xB1
SELECT: Final = 0xA4
INTERNAL_AUTHENTICATE: Final = 0x88
GET_RESPONSE: Final = 0xC0
_PROTECTED: Final = 0x0C

Transmit = Callable[[bytes], bytes | None]
Answer = Callable[[Command], Reply]


class Behaviour:
    """A quirk that changes nothing: quirks override what they do otherwise."""

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        return onward(apdu)

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        return onward(command)

    def reset(self) -> None:
        """Forget nothing: most quirks keep nothing."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A READ BINARY of the application: which file, and from where."""

    file_id: int
    offset: int

    @classmethod
    def of(cls, command: Command, session: Session) -> Self | None:
        """Say what ``command`` reads, None when it reads nothing of the application."""
        if session.application != EMRTD_APPLICATION or not is_read(command):
            return None
        odd = command.ins == READ_BINARY_ODD
        short_id = command.p2 & 0x1F if odd else command.p1 & 0x1F
        named = short_id if odd or command.p1 & 0x80 else 0
        file_id = 0x0100 | named if named else session.file
        if file_id is None:
            return None
        if odd:
            return cls(file_id, _offset_object(command.data))
        return cls(file_id, command.p2 if named else command.p1p2)


def is_read(command: Command) -> bool:
    """Whether it is a READ BINARY of either kind."""
    return command.ins in {READ_BINARY, READ_BINARY_ODD}


def is_extended(apdu: bytes) -> bool:
    """Whether the lengths of a command APDU are of the extended form (ISO/IEC 7816-3 §12.1.3)."""
    return len(apdu) >= 7 and apdu[4] == 0


def is_protected(apdu: bytes) -> bool:
    """Whether a command APDU comes under secure messaging."""
    return bool(apdu) and apdu[0] & _PROTECTED == _PROTECTED


def naked(sw: int) -> bytes:
    """A status word outside secure messaging."""
    return Reply(sw).raw()


def _offset_object(data: bytes) -> int:
    try:
        return int.from_bytes(elements(data)[0].value, "big")
    except (TlvError, IndexError):
        return 0
