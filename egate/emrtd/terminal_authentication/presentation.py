"""Presenting a terminal to a chip: find out whom the chip trusts, then prove to be that."""

from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import DocumentRejected, UnexpectedStatus
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.lds.reading import select_file
from egate.emrtd.lds.security_infos import EF_CVCA
from egate.emrtd.terminal_authentication.authenticate import (
    SessionBinding,
    TerminalAuthentication,
    TerminalNotAuthenticated,
    authenticate_terminal,
)
from egate.emrtd.terminal_authentication.terminal import Terminal
from egate.emrtd.terminal_authentication.trust_points import EfCvca

_READ_BINARY: Final = 0xB0
_FILE_BYTES: Final = 36
_MOST_SHORT_BYTES: Final = 223


def present_terminal(
    terminal: Terminal,
    binding: SessionBinding,
    *,
    cvca_file_id: int = EF_CVCA,
    most_bytes: int = _MOST_SHORT_BYTES,
) -> Conversation[TerminalAuthentication]:
    """Read EF.CVCA and authenticate the terminal. Goes inside the channel of chip authentication.

    Afterwards DG3 and DG4 are files like any other, as far as the chip agrees.

    Args:
        terminal: of the State that reads them.
        binding: of this session.
        cvca_file_id: as EF.DG14 has it.
        most_bytes: the longest plain command data; longer certificates go in a chain.

    """
    try:
        known = EfCvca.parse((yield from _read(cvca_file_id)))
    except DocumentRejected as error:
        return TerminalNotAuthenticated(f"EF.CVCA cannot be read: {error}")
    return (
        yield from authenticate_terminal(terminal, known.references, binding, most_bytes=most_bytes)
    )


def _read(file_id: int) -> Conversation[bytes]:
    """Read the 36 bytes of the file; it holds two data objects, so its first tells no length."""
    yield from select_file(file_id)
    answer = yield CommandApdu(0x00, _READ_BINARY, 0x00, 0x00, le=_FILE_BYTES)
    if answer.status not in (status.OK, status.END_OF_FILE):
        raise UnexpectedStatus("READ BINARY EF.CVCA", answer.status)
    return answer.data
