"""Secure messaging from the chip's side, with 3DES or AES (9303-11 §9.8)."""

import hmac
from typing import Final

from hardware_mocks.chip.apdu import CHAINED, Command, Reply
from hardware_mocks.chip.ciphers import SessionCipher
from hardware_mocks.chip.padding import pad
from hardware_mocks.chip.session import SecureMessagingError
from hardware_mocks.tlv import Element, TlvError, elements, encode

MISSING: Final = 0x6987
INCORRECT: Final = 0x6988
_STATUS_AND_MAC: Final = 4 + 10


class ProtectedChannel:
    """The channel after an access protocol or a key agreement.

    Args:
        cipher: the algorithm with its session keys.
        ssc: where the send sequence counter starts: zero, but for BAC.

    """

    def __init__(self, cipher: SessionCipher, ssc: int = 0) -> None:
        self._cipher = cipher
        self._ssc = ssc

    def unwrap(self, command: Command) -> Command:
        """Check the MAC, decrypt the data, recover Le; raises SecureMessagingError."""
        self._count()
        objects = _objects(command)
        mac = objects.pop(0x8E, None)
        if mac is None:
            raise SecureMessagingError(MISSING)
        message = pad(command.header, self._cipher.block_bytes) if objects else command.header
        message += b"".join(part.raw for part in objects.values())
        if not hmac.compare_digest(mac.value, self._cipher.checksum(message, self._ssc)):
            raise SecureMessagingError(INCORRECT)
        limit = 65536 if command.extended else 256
        return Command(
            cla=command.cla & CHAINED,
            ins=command.ins,
            p1=command.p1,
            p2=command.p2,
            data=self._data(objects),
            ne=_expected_length(objects.get(0x97)),
            extended=command.extended,
            room=room_within(limit, self._cipher.block_bytes),
        )

    def wrap(self, reply: Reply, *, odd_instruction: bool) -> bytes:
        """Return DO'87' or DO'85', DO'99', DO'8E' and the status word (9303-11 figure 6)."""
        self._count()
        body = b""
        if reply.data:
            cryptogram = self._cipher.encrypt(reply.data, self._ssc)
            body = (
                encode(0x85, cryptogram) if odd_instruction else encode(0x87, b"\x01", cryptogram)
            )
        status = reply.sw.to_bytes(2, "big")
        body += encode(0x99, status)
        return body + encode(0x8E, self._cipher.checksum(body, self._ssc)) + status

    def _count(self) -> None:
        self._ssc = (self._ssc + 1) % (1 << 8 * self._cipher.block_bytes)

    def _data(self, objects: dict[int, Element]) -> bytes:
        part = objects.get(0x87) or objects.get(0x85)
        if part is None:
            return b""
        cryptogram = part.value
        if part.tag == 0x87:
            if cryptogram[:1] != b"\x01":
                raise SecureMessagingError(INCORRECT)
            cryptogram = cryptogram[1:]
        if not cryptogram or len(cryptogram) % self._cipher.block_bytes:
            raise SecureMessagingError(INCORRECT)
        try:
            return self._cipher.decrypt(cryptogram, self._ssc)
        except ValueError:
            raise SecureMessagingError(INCORRECT) from None


def room_within(limit: int, block_bytes: int) -> int:
    """How many bytes of data a protected reply of at most ``limit`` bytes can carry."""
    largest = limit - _STATUS_AND_MAC
    for length_bytes in (1, 2, 3):
        blocks = (largest - 1 - length_bytes - 1) // block_bytes * block_bytes
        if len(encode(0x87, bytes(1 + blocks))) == 2 + length_bytes + blocks:
            return blocks - 1
    return (largest - 5) // block_bytes * block_bytes - 1


def _objects(command: Command) -> dict[int, Element]:
    """The data objects by tag, each at most once and in the order of 9303-11 §9.8.4."""
    try:
        found = elements(command.data)
    except TlvError:
        raise SecureMessagingError(INCORRECT) from None
    tags = [part.tag for part in found]
    data_tag = 0x85 if command.ins & 1 else 0x87
    if tags != [tag for tag in (data_tag, 0x97, 0x8E) if tag in tags]:
        raise SecureMessagingError(INCORRECT)
    return {part.tag: part for part in found}


def _expected_length(part: Element | None) -> int:
    if part is None:
        return 0
    if len(part.value) == 1:
        return part.value[0] or 256
    if len(part.value) == 2:
        return int.from_bytes(part.value, "big") or 65536
    raise SecureMessagingError(INCORRECT)
