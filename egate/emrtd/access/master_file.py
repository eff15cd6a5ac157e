"""The files that are free to read before access, and all the ways to the master file.

Chips differ: some refuse SELECT of the master file and are in it all the same, some want
its identifier 3F00, some select EF.CardAccess from wherever they are.
"""

from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import DocumentRejected, TlvMalformed
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.lds.ef_atr_info import EF_ATR_INFO_SHORT_ID, EfAtrInfo
from egate.emrtd.lds.reading import read_file
from egate.emrtd.lds.reading_session import ReadingSession

_EF_CARD_ACCESS: Final = 0x011C
_MAX_FILE_BYTES: Final = 16 * 1024
_SHORT_LE: Final = 256
_SELECT_MASTER_FILE: Final = (
    CommandApdu(0x00, 0xA4, 0x00, 0x0C),
    CommandApdu(0x00, 0xA4, 0x00, 0x0C, data=b"\x3f\x00"),
)


def select_master_file() -> Conversation[bool]:
    """Select the master file by every form of SELECT.

    Returns:
        Whether the chip took one. A refusal does not mean that another file is selected.

    """
    for command in _SELECT_MASTER_FILE:
        answer = yield command
        if answer.status == status.OK:
            return True
    return False


def read_card_access() -> Conversation[bytes | None]:
    """Read EF.CardAccess of a chip that has just come into the field (9303-11 §4.2).

    Returns:
        The whole file; None when the chip has none.

    """
    content = yield from _card_access(ReadingSession(_SHORT_LE))
    if content is None and (yield from select_master_file()):
        session = ReadingSession(_SHORT_LE)
        session.by_short_identifier = False
        content = yield from _card_access(session)
    return content


def _card_access(session: ReadingSession) -> Conversation[bytes | None]:
    try:
        return (yield from read_file(_EF_CARD_ACCESS, session, limit=_MAX_FILE_BYTES))
    except DocumentRejected:
        return None


def read_atr_info() -> Conversation[EfAtrInfo | None]:
    """Read EF.ATR/INFO while the master file is selected (9303-10 §3.11.1).

    Returns:
        What it says; None when the chip has none, or one that cannot be read.

    """
    answer = yield CommandApdu(0x00, 0xB0, 0x80 | EF_ATR_INFO_SHORT_ID, 0x00, le=_SHORT_LE)
    if answer.status not in (status.OK, status.END_OF_FILE):
        return None
    try:
        return EfAtrInfo.parse(answer.data)
    except TlvMalformed:
        return None
