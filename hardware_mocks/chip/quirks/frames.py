"""Answers spoilt on their way out (quirk 18)."""

from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.quirks.behaviour import Answer, Behaviour, FileRead, Transmit
from hardware_mocks.chip.session import Session

_STATUS_BYTES: Final = 2


class WrongMacOnLastFrame(Behaviour):
    """Protects the frame that ends one file with a wrong MAC.

    Args:
        file_id: the file, and
        file_bytes: its size.
        unless_below_bytes: a last frame that is asked for with a smaller Le is right.

    """

    def __init__(self, file_id: int, file_bytes: int, *, unless_below_bytes: int = 0) -> None:
        self._file_id = file_id
        self._file_bytes = file_bytes
        self._unless_below_bytes = unless_below_bytes
        self._spoil_next = False

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        read = FileRead.of(command, session)
        reply = onward(command)
        if read is not None and read.file_id == self._file_id:
            ends = read.offset + len(reply.data) >= self._file_bytes
            self._spoil_next = ends and command.ne >= self._unless_below_bytes
        return reply

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        self._spoil_next = False
        protected = session.channel is not None
        raw = onward(apdu)
        if raw is None or not (self._spoil_next and protected):
            return raw
        # DO'8E' comes last, so its value ends where the status word begins.
        last_of_mac = len(raw) - _STATUS_BYTES - 1
        return raw[:last_of_mac] + bytes([raw[last_of_mac] ^ 1]) + raw[last_of_mac + 1 :]
