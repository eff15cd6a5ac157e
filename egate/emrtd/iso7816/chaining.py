"""Command chaining: long command data in several short commands (ISO/IEC 7816-4 §5.3.3)."""

from dataclasses import replace
from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu

_NOT_THE_LAST: Final = 0x10


def chained(command: CommandApdu, *, most_bytes: int) -> Conversation[ResponseApdu]:
    """Send ``command``, in a chain if its data are longer than one command may carry.

    Inside secure messaging every command of the chain is protected on its own, so this
    goes inside ``over``.

    Args:
        command: as it would be sent whole.
        most_bytes: the longest plain data of one command, at least 1.

    Returns:
        The response to the last command; or to the first that the chip refused.

    """
    pieces = [
        command.data[start : start + most_bytes]
        for start in range(0, len(command.data), most_bytes)
    ]
    for piece in pieces[:-1]:
        answer = yield replace(
            command, cla=command.cla | _NOT_THE_LAST, data=piece, le=None, extended=False
        )
        if answer.status != status.OK:
            return answer
    last = pieces[-1] if pieces else b""
    return (yield replace(command, data=last))
