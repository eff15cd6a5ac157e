"""What lies between the gate and the chip: readers' firmware, chaining, answers in parts."""

from dataclasses import replace
from typing import Final

from hardware_mocks.chip.apdu import CHAINED, Command, Reply
from hardware_mocks.chip.quirks.behaviour import (
    GET_RESPONSE,
    INTERNAL_AUTHENTICATE,
    Answer,
    Behaviour,
    Transmit,
    is_extended,
    is_protected,
    naked,
)
from hardware_mocks.chip.session import Session
from hardware_mocks.tlv import Element, TlvError, elements

_GENERAL_AUTHENTICATE: Final = 0x86
_MAC: Final = 0x8E
_LONGEST_CHAIN_BYTES: Final = 65535
_SHORT: Final = 256
_ANY_LENGTH: Final = 65536


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

    Under secure messaging each part may be protected by itself, or one protected command may
    have been cut. The steps of PACE have that bit too, though each is whole (9303-11 §4.4.4.3):
    what tells them apart is that a part of a step ends within a data object.
    """

    def __init__(self) -> None:
        self._plain = _Chain()
        self._protected = _Chain()

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        is_part = is_protected(apdu) and not is_extended(apdu) and len(apdu) > 5
        if not is_part or (not self._protected.parts and _ends_with_mac(apdu)):
            self._protected.parts.clear()
            return onward(apdu)
        data = apdu[5 : 5 + apdu[4]]
        if apdu[0] & CHAINED:
            return naked(self._protected.take(apdu[1:4], data))
        joined = self._protected.end(apdu[1:4], data)
        if joined is None:
            return naked(0x6883)
        return onward(apdu[:4] + _long_body(joined, apdu[5 + len(data) :]))

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        name = command.header[1:]
        if command.cla & CHAINED and not self._is_step(command):
            return Reply(self._plain.take(name, command.data))
        if not self._plain.parts:
            return onward(command)
        joined = self._plain.end(name, command.data)
        # The parts were short, and so is the whole, however long.
        return Reply(0x6883) if joined is None else onward(replace(command, data=joined))

    def reset(self) -> None:
        self._plain.parts.clear()
        self._protected.parts.clear()

    def _is_step(self, command: Command) -> bool:
        data = b"".join(self._plain.parts) + command.data
        return command.ins == _GENERAL_AUTHENTICATE and bool(_whole_objects(data))


class _Chain:
    """The parts of one command, named by INS, P1 and P2."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._name = b""

    def take(self, name: bytes, part: bytes) -> int:
        """Keep a part and return the status word for it."""
        if self.parts and name != self._name:
            self.parts.clear()
            return 0x6883
        self._name = name
        self.parts.append(part)
        if sum(map(len, self.parts)) > _LONGEST_CHAIN_BYTES:
            self.parts.clear()
            return 0x6700
        return 0x9000

    def end(self, name: bytes, last: bytes) -> bytes | None:
        """Join everything; None when another command comes instead of the last part."""
        joined = b"".join((*self.parts, last)) if name == self._name else None
        self.parts.clear()
        return joined


def _ends_with_mac(apdu: bytes) -> bool:
    found = _whole_objects(apdu[5 : 5 + apdu[4]])
    return bool(found) and found[-1].tag == _MAC


def _whole_objects(data: bytes) -> list[Element]:
    """The data objects; none when the last one is cut."""
    try:
        return elements(data)
    except TlvError:
        return []


def _long_body(data: bytes, awaited: bytes) -> bytes:
    """Lc, data and Le: a short command whose Lc is longer than a byte can say, if need be."""
    if len(data) < _SHORT:
        return bytes([len(data)]) + data + awaited
    body = b"\x00" + len(data).to_bytes(2, "big") + data
    return body + ((awaited[0] or _SHORT).to_bytes(2, "big") if awaited else b"")


class AnswersInParts(Behaviour):
    """Gives a long answer in parts, 61xx outside secure messaging, fetched by GET RESPONSE.

    The parts are of the answer as it is on the wire: secure messaging is over the whole. So
    signatures and keys that are too long for a short answer come too.

    Args:
        part_bytes: the most bytes it gives at once.

    """

    def __init__(self, part_bytes: int) -> None:
        self._part_bytes = part_bytes
        self._rest = b""

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins in {_GENERAL_AUTHENTICATE, INTERNAL_AUTHENTICATE} and command.ne:
            return onward(replace(command, ne=_ANY_LENGTH, room=_ANY_LENGTH))
        return onward(command)

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        if self._rest and apdu[:2] == bytes([0x00, GET_RESPONSE]):
            return self._part(self._rest)
        self._rest = b""
        raw = onward(apdu)
        if raw is None or is_extended(apdu):
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
