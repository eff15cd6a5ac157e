"""Secure messaging: encrypted and authenticated APDUs (9303-11 §9.8)."""

from dataclasses import replace
from hmac import compare_digest
from typing import Final

from egate.emrtd.conversation import Conversation, T, through
from egate.emrtd.crypto.padding import PaddingWrong, pad, unpad
from egate.emrtd.crypto.sm_cipher import SmCipher
from egate.emrtd.errors import SecureMessagingBroken, TlvMalformed
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.tlv import decode_header, encode

_CRYPTOGRAM: Final = 0x87
_CRYPTOGRAM_ODD_INS: Final = 0x85
_LE: Final = 0x97
_STATUS: Final = 0x99
_MAC: Final = 0x8E
_PADDING_INDICATOR: Final = b"\x01"
_EXTENDED: Final = 0x10000
_SHORT: Final = 0x100


class SecureMessaging:
    """One open channel. It dies with its first error and is never repaired.

    Args:
        cipher: the algorithms and session keys.
        ssc: the send sequence counter before the first command.

    """

    def __init__(self, cipher: SmCipher, *, ssc: int) -> None:
        self._cipher = cipher
        self._ssc = ssc
        self._alive = True
        self._longest_response = _EXTENDED

    @property
    def block_size(self) -> int:
        """Bytes of one block of the cipher."""
        return self._cipher.block_size

    def limit_response(self, longest: int) -> None:
        """Never ask for more than ``longest`` bytes in one extended response."""
        self._longest_response = longest

    def protect(self, command: CommandApdu) -> CommandApdu:
        """Return ``command`` encrypted and authenticated under the next SSC.

        Raises:
            SecureMessagingBroken: the channel is dead.

        """
        self._require_alive()
        self._count()
        header = bytes((command.cla | 0x0C,)) + command.header[1:]
        body = b""
        if command.data:
            cryptogram = self._cipher.encrypt(self._pad(command.data), self._ssc)
            if command.ins & 1:  # §9.8.3: an odd INS takes data objects, without the indicator
                body = encode(_CRYPTOGRAM_ODD_INS, cryptogram)
            else:
                body = encode(_CRYPTOGRAM, _PADDING_INDICATOR + cryptogram)
        if command.le is not None:
            width = 2 if command.is_extended else 1
            body += encode(_LE, (command.le % 0x100**width).to_bytes(width, "big"))
        # §9.8.4: without data objects the MAC covers the padded header alone.
        covered = self._pad(header) + (self._pad(body) if body else b"")
        body += encode(_MAC, self._cipher.mac(covered, self._ssc))
        extended = command.is_extended or len(body) >= _SHORT
        le = self._longest_response if extended else _SHORT
        return replace(command, cla=header[0], data=body, le=le, extended=extended)

    def unprotect(self, response: ResponseApdu) -> ResponseApdu:
        """Check and decrypt ``response``.

        Raises:
            SecureMessagingBroken: the MAC is wrong or missing. The channel is
                dead from here on; only a new access procedure helps.

        """
        self._require_alive()
        self._alive = False
        self._count()
        objects = self._authenticated(response)
        if len(objects.get(_STATUS, b"")) != 2:
            raise SecureMessagingBroken("status word is not authenticated")
        plain = self._decrypted(objects)
        self._alive = True
        return ResponseApdu(plain, StatusWord(int.from_bytes(objects[_STATUS], "big")))

    def _authenticated(self, response: ResponseApdu) -> dict[int, bytes]:
        """Return the data objects before the MAC, which covers them byte for byte."""
        raw, offset = response.data, 0
        objects: dict[int, bytes] = {}
        try:
            while offset < len(raw):
                tag, length, header = decode_header(raw, offset)
                end = offset + header + length
                value = raw[offset + header : end]
                if end > len(raw) or tag in objects:
                    raise SecureMessagingBroken("response is not a list of data objects")
                if tag == _MAC:
                    expected = self._cipher.mac(self._pad(raw[:offset]), self._ssc)
                    if end != len(raw) or not compare_digest(value, expected):
                        raise SecureMessagingBroken("response MAC")
                    return objects
                objects[tag] = value
                offset = end
        except TlvMalformed as error:
            raise SecureMessagingBroken("response is not a list of data objects") from error
        raise SecureMessagingBroken(f"response without MAC, {response.status}")

    def _decrypted(self, objects: dict[int, bytes]) -> bytes:
        if _CRYPTOGRAM in objects:
            indicator, cryptogram = objects[_CRYPTOGRAM][:1], objects[_CRYPTOGRAM][1:]
        elif _CRYPTOGRAM_ODD_INS in objects:
            indicator, cryptogram = _PADDING_INDICATOR, objects[_CRYPTOGRAM_ODD_INS]
        else:
            return b""
        if indicator != _PADDING_INDICATOR or len(cryptogram) % self._cipher.block_size:
            raise SecureMessagingBroken("response cryptogram")
        try:
            return unpad(self._cipher.decrypt(cryptogram, self._ssc))
        except PaddingWrong:
            raise SecureMessagingBroken("response padding") from None

    def _pad(self, plain: bytes) -> bytes:
        return pad(plain, self._cipher.block_size)

    def _count(self) -> None:
        # §9.8.2: the counter is as long as a block, and starts anywhere (BAC): it may wrap.
        self._ssc = (self._ssc + 1) % (1 << 8 * self._cipher.block_size)

    def _require_alive(self) -> None:
        if not self._alive:
            raise SecureMessagingBroken("channel was lost by an earlier error")


def most_plain_bytes(block_size: int, longest_response: int = _SHORT) -> int:
    """Return how many bytes one protected response can carry.

    Args:
        block_size: of the cipher, in bytes.
        longest_response: the most bytes of response data, without the status word.

    """
    # 14 bytes for the status and MAC objects, 4 to 6 for header and padding indicator of the
    # cryptogram, and at least one of padding.
    room = longest_response - 14 - (4 if longest_response <= _SHORT else 6)
    return room // block_size * block_size - 1


def over(channel: SecureMessaging, conversation: Conversation[T]) -> Conversation[T]:
    """Carry ``conversation`` inside ``channel``."""

    def exchange(command: CommandApdu) -> Conversation[ResponseApdu]:
        return channel.unprotect((yield channel.protect(command)))

    return through(conversation, exchange)
