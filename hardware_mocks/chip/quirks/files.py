"""Chips that have their own ideas of the master file and of SELECT (quirks 9 to 11, 13, 19)."""

from collections.abc import Collection
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.quirks.behaviour import SELECT, Answer, Behaviour, is_read
from hardware_mocks.chip.session import EMRTD_APPLICATION, MASTER_FILE, Session

# The two forms of SELECT for the master file.
NAMED: Final = b"\x3f\x00"
UNNAMED: Final = b""
_EF_DIR: Final = b"\x2f\x00"
_EF_DIR_BY_SHORT_ID: Final = 0x9E


class MasterFileRefused(Behaviour):
    """Answers a status word to SELECT of the master file; all else works.

    Args:
        sw: the status word.
        forms: the data fields it refuses; as a rule with 3F00 and without any.

    """

    def __init__(self, sw: int, forms: Collection[bytes] = (UNNAMED, NAMED)) -> None:
        self._sw = sw
        self._forms = forms

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        selects = command.ins == SELECT and command.p1 == 0x00
        return Reply(self._sw) if selects and command.data in self._forms else onward(command)


class NoMasterFile(Behaviour):
    """Knows no SELECT with P1=00; what lies outside the application is selected by P1=02."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins == SELECT and command.p1 == 0x00:
            return Reply(0x6D00)
        return onward(command)


class EfDirRefused(Behaviour):
    """Answers 6982 to whoever wants EF.DIR before access."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if not session.access_granted and self._wants_ef_dir(command, session):
            return Reply(0x6982)
        return onward(command)

    def _wants_ef_dir(self, command: Command, session: Session) -> bool:
        if command.ins == SELECT:
            return command.p1 in {0x00, 0x02} and command.data == _EF_DIR
        outside = session.application == MASTER_FILE
        return outside and is_read(command) and command.p1 == _EF_DIR_BY_SHORT_ID


class LostOnReselect(Behaviour):
    """Ends the channel when the application is selected again inside it."""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        again = (
            command.ins == SELECT
            and command.p1 == 0x04
            and session.application == EMRTD_APPLICATION
            and session.access_granted
        )
        reply = onward(command)
        if again:
            session.abort()
        return reply
