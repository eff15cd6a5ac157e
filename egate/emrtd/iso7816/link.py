"""What lies between us and the chip: which forms of APDU get through, and answers in pieces."""

from dataclasses import dataclass, replace
from typing import Final

from egate.emrtd.conversation import Conversation, T, through
from egate.emrtd.errors import TlvMalformed
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.chaining import chained
from egate.emrtd.iso7816.get_response import MORE_BYTES, collected
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.tlv import decode_all

_PROTECTED: Final = 0x0C
_MAC: Final = 0x8E
_MOST_SHORT_DATA: Final = 255
_SHORT_LE: Final = 256
_WRONG_LENGTH: Final = StatusWord(0x6700)
# A chip may leave the field at any command; that it did so twice at this one tells something.
_LOSSES_BEFORE_SHORT: Final = 2


@dataclass(slots=True)
class Link:
    """The way to the chip; what it cannot carry is remembered beyond a lost chip.

    Args:
        extended: whether extended APDUs are sent; long commands go in a chain otherwise.
        carried_extended: an extended APDU was answered well.
        unanswered_extended: the last command was extended and has no answer yet.
        lost_extended: how often the chip was lost with an extended APDU.
        longest_command: bytes of the longest command APDU that the chip takes, as it states
            itself (9303-10 §3.11.1); None when it states none.

    """

    extended: bool = True
    carried_extended: bool = False
    unanswered_extended: bool = False
    lost_extended: int = 0
    longest_command: int | None = None

    def carries(self, command: CommandApdu) -> bool:
        """Return whether ``command`` is sent as it is."""
        if not command.is_extended:
            return True
        longest = self.longest_command
        return self.extended and (longest is None or len(command.encode()) <= longest)

    def presented_again(self) -> None:
        """Send no more extended APDUs if none was ever answered, and two lost the chip."""
        if self.unanswered_extended and not self.carried_extended:
            self.lost_extended += 1
            self.extended = self.extended and self.lost_extended < _LOSSES_BEFORE_SHORT
        self.unanswered_extended = False


def carried(conversation: Conversation[T], link: Link) -> Conversation[T]:
    """Carry ``conversation`` in the APDUs that ``link`` can, and collect answers in pieces."""

    def exchange(command: CommandApdu) -> Conversation[ResponseApdu]:
        response = yield from _sent(command, link)
        if _is_in_pieces(command, response):
            response = yield from collected(response)
        return response

    return through(conversation, exchange)


def _sent(command: CommandApdu, link: Link) -> Conversation[ResponseApdu]:
    if link.carries(command):
        link.unanswered_extended = command.is_extended
        response = yield command
        link.unanswered_extended = False
        # Inside a channel this would end it: whoever opened it has to choose another form.
        refused = response.status == _WRONG_LENGTH
        link.carried_extended |= command.is_extended and not refused
        if not (refused and command.is_extended) or command.cla & _PROTECTED:
            return response
        link.extended = False
    le = None if command.le is None else min(command.le, _SHORT_LE)
    short = replace(command, le=le, extended=False)
    return (yield from chained(short, most_bytes=_MOST_SHORT_DATA))


def _is_in_pieces(command: CommandApdu, response: ResponseApdu) -> bool:
    """Whether 61xx speaks of this answer, and not of the plain one that is protected inside."""
    if response.status.sw1 != MORE_BYTES:
        return False
    if not command.cla & _PROTECTED:
        return True
    try:
        return _MAC not in dict(decode_all(response.data))
    except TlvMalformed:
        return True
