"""SELECT and READ BINARY (ISO/IEC 7816-4 §11; 9303-10 §3.6)."""

from collections.abc import Mapping
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.session import EMRTD_APPLICATION, MASTER_FILE, Session
from hardware_mocks.tlv import TlvError, elements, encode

MASTER_FILE_ID: Final = 0x3F00
CARD_SECURITY: Final = 0x011D
# Of DG3 and DG4 (TR-03110-3 §C.4.1.1): who may read them shows it by Terminal Authentication.
RIGHTS: Final = {0x0103: 0x01, 0x0104: 0x02}
PROTECTED: Final = frozenset({CARD_SECURITY})


class FileSystem:
    """The elementary files of the master file and of the application.

    Those of the application can be read after access only, and of the master file those in
    ``PROTECTED`` (9303-10 §3.11).
    """

    def __init__(
        self, master: Mapping[int, bytes], application: Mapping[int, bytes], *, max_le: int
    ) -> None:
        self._files = {MASTER_FILE: master, EMRTD_APPLICATION: application}
        self._max_le = max_le

    def answer(self, command: Command, session: Session) -> Reply | None:
        match command.ins:
            case 0xA4:
                return self._select(command, session)
            case 0xB0:
                return self._read(command, session)
            case 0xB1:
                return self._read_odd(command, session)
            case _:
                return None

    def _select(self, command: Command, session: Session) -> Reply:
        if command.p2 not in {0x00, 0x0C}:
            return Reply(0x6A86)
        match command.p1:
            case 0x04:
                return _select_application(command, session)
            case 0x00 | 0x02:
                return self._select_by_id(command, session)
            case _:
                return Reply(0x6A86)

    def _select_by_id(self, command: Command, session: Session) -> Reply:
        if command.p1 == 0x00 and command.data in {b"", MASTER_FILE_ID.to_bytes(2, "big")}:
            session.application = MASTER_FILE
            session.file = None
            return Reply(0x9000)
        if len(command.data) != 2:
            return Reply(0x6700)
        return self._choose(int.from_bytes(command.data, "big"), session)

    def _choose(self, file_id: int, session: Session) -> Reply:
        if session.application == EMRTD_APPLICATION and not session.access_granted:
            return Reply(0x6982)
        if file_id not in self._files[session.application]:
            return Reply(0x6A82)
        if not _may_read(file_id, session):
            return Reply(0x6982)
        session.file = file_id
        return Reply(0x9000)

    def _current(self, session: Session, short_id: int | None) -> bytes | int:
        """The file to read from, or the status word why not."""
        if session.application == EMRTD_APPLICATION and not session.access_granted:
            return 0x6982
        if short_id is not None:
            in_application = session.application == EMRTD_APPLICATION
            file_id = 0x0100 | short_id if in_application else _MASTER_IDS.get(short_id, 0)
            chosen = self._choose(file_id, session)
            if chosen.sw != 0x9000:
                return chosen.sw
        if session.file is None:
            return 0x6986
        if not _may_read(session.file, session):
            return 0x6982
        return self._files[session.application][session.file]

    def _read(self, command: Command, session: Session) -> Reply:
        short_id = command.p1 & 0x1F if command.p1 & 0x80 else None
        if command.p1 & 0x80 and command.p1 & 0x60:
            return Reply(0x6A86)
        content = self._current(session, short_id)
        if isinstance(content, int):
            return Reply(content)
        if command.data or not command.ne:
            return Reply(0x6700)
        offset = command.p2 if short_id is not None else command.p1p2
        return _part(content, offset, command, min(command.ne, self._max_le, command.room))

    def _read_odd(self, command: Command, session: Session) -> Reply:
        """READ BINARY with offset data object '54' and answer '53', for files of 32 kB and up."""
        if command.p1p2 & ~0x1F:
            return Reply(0x6A86)
        content = self._current(session, command.p1p2 or None)
        if isinstance(content, int):
            return Reply(content)
        try:
            wanted = elements(command.data)
        except TlvError:
            return Reply(0x6A80)
        if [part.tag for part in wanted] != [0x54] or not 1 <= len(wanted[0].value) <= 4:
            return Reply(0x6A80)
        if not command.ne:
            return Reply(0x6700)
        space = min(command.ne, self._max_le, command.room)
        space -= 2 if space < 0x82 else 3 if space < 0x103 else 4
        found = _part(content, int.from_bytes(wanted[0].value, "big"), command, max(space, 0))
        return Reply(found.sw, encode(0x53, found.data) if found.data else b"")


# Short identifiers in the master file (9303-10 §3.11): ATR/INFO, CardAccess, CardSecurity, DIR.
_MASTER_IDS: Final = {0x01: 0x2F01, 0x1C: 0x011C, 0x1D: 0x011D, 0x1E: 0x2F00}


def _may_read(file_id: int, session: Session) -> bool:
    """Whether access has been granted, and of fingerprints and irises to this terminal."""
    needed = RIGHTS.get(file_id, 0) if session.application == EMRTD_APPLICATION else 0
    if needed:
        return bool(session.terminal_rights & needed)
    return session.access_granted or file_id not in PROTECTED


def _part(content: bytes, offset: int, command: Command, length: int) -> Reply:
    if offset >= len(content):
        return Reply(0x6B00)
    part = content[offset : offset + length]
    ended = len(part) < length and not command.any_length
    return Reply(0x6282 if ended else 0x9000, part)


def _select_application(command: Command, session: Session) -> Reply:
    if command.data != EMRTD_APPLICATION:
        return Reply(0x6A82)
    session.application = EMRTD_APPLICATION
    session.file = None
    if command.p2 == 0x00:
        return Reply(0x9000, encode(0x6F, encode(0x84, EMRTD_APPLICATION)))
    return Reply(0x9000)
