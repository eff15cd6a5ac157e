"""What lies between the gate and the chip: readers' firmware, chaining, answers in parts."""

from typing import Final

from hardware_mocks.chip.quirks.behaviour import (
    GET_RESPONSE,
    Behaviour,
    Transmit,
    is_extended,
    is_protected,
    naked,
)
from hardware_mocks.chip.session import Session
from hardware_mocks.tlv import TlvError, elements

_CHAINED: Final = 0x10
_GENERAL_AUTHENTICATE: Final = 0x86
_LONGEST_CHAIN_BYTES: Final = 65535
_SHORT: Final = 256


class ReaderWithoutExtended(Behaviour):
    """A reader whose firmware knows short APDUs only, so that the chip never sees another.

    Args:
        drops: the chip leaves the field where the reader would answer 6700 in its place.

    """

    def __init__(self, *, drops: bool) -> None:
        self._drops = drops

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        if not is_extended(apdu):
            return onward(apdu)
        return None if self._drops else naked(0x6700)


class CommandChaining(Behaviour):
    """Takes commands in parts, each but the last with bit b5 of CLA (ISO/IEC 7816-4 §5.3.3).

    The parts are joined before anything else looks at them, secure messaging included, so
    that a chain is one command under one MAC. GENERAL AUTHENTICATE chains by itself (9303-11
    §4.4.4.3) and passes, except that a data object cut between two commands is joined.

    Args:
        required: it refuses extended APDUs, so that long commands have no other way.

    """

    def __init__(self, *, required: bool) -> None:
        self._required = required
        self._header = b""
        self._collected = b""

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        if self._required and is_extended(apdu):
            return naked(0x6700)
        if len(apdu) < 5 or is_extended(apdu):
            self.reset()
            return onward(apdu)
        return self._take(apdu, onward)

    def reset(self) -> None:
        self._header = b""
        self._collected = b""

    def _take(self, apdu: bytes, onward: Transmit) -> bytes | None:
        header = bytes([apdu[0] & ~_CHAINED]) + apdu[1:4]
        data = apdu[5 : 5 + apdu[4]] if len(apdu) > 5 else b""
        if self._header and header != self._header:
            self.reset()
            return naked(0x6883)
        more = bool(apdu[0] & _CHAINED) and not self._is_whole_step(apdu, data)
        if more:
            self._header = header
            self._collected += data
            if len(self._collected) > _LONGEST_CHAIN_BYTES:
                self.reset()
                return naked(0x6700)
            return naked(0x9000)
        if not self._collected:
            return onward(apdu)
        whole = self._collected + data
        awaited = apdu[5 + len(data) :]
        self.reset()
        return onward(apdu[:4] + _long_body(whole, awaited))

    def _is_whole_step(self, apdu: bytes, data: bytes) -> bool:
        if apdu[1] != _GENERAL_AUTHENTICATE or is_protected(apdu):
            return False
        return _is_whole_object(self._collected + data)


def _is_whole_object(data: bytes) -> bool:
    try:
        elements(data)
    except TlvError:
        return False
    return True


def _long_body(data: bytes, awaited: bytes) -> bytes:
    """Lc, data and Le of the extended form; Le 00 stands for 256 still."""
    body = b"\x00" + len(data).to_bytes(2, "big") + data
    return body + ((awaited[0] or _SHORT).to_bytes(2, "big") if awaited else b"")


class AnswersInParts(Behaviour):
    """Gives a long answer in parts, 61xx outside secure messaging, fetched by GET RESPONSE.

    The parts are of the answer as it is on the wire: secure messaging is over the whole.

    Args:
        part_bytes: the most bytes it gives at once.

    """

    def __init__(self, part_bytes: int) -> None:
        self._part_bytes = part_bytes
        self._rest = b""

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        if self._rest and apdu[:2] == bytes([0x00, GET_RESPONSE]):
            return self._part(self._rest)
        self._rest = b""
        raw = onward(apdu)
        if raw is None or len(raw) - 2 <= self._part_bytes or is_extended(apdu):
            return raw
        return self._part(raw)

    def reset(self) -> None:
        self._rest = b""

    def _part(self, raw: bytes) -> bytes:
        if len(raw) - 2 <= self._part_bytes:
            self._rest = b""
            return raw
        part, self._rest = raw[: self._part_bytes], raw[self._part_bytes :]
        return part + (0x6100 | min(len(self._rest) - 2, 0xFF)).to_bytes(2, "big")
