"""The chip's side of a secure channel, by hand: for tests of protocols that exchange its keys."""

from collections.abc import Callable
from dataclasses import dataclass, field

from egate.emrtd.crypto.padding import pad, unpad
from egate.emrtd.crypto.sm_cipher import SmCipher
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.tlv import decode_all, encode

Handler = Callable[[CommandApdu], ResponseApdu]


@dataclass
class SecureChip:
    """Decrypts each command for ``handler`` and protects its answer.

    Args:
        cipher: of the channel.
        handler: gives the plain answer.
        next_cipher: of the channel from the next command on; whoever agrees keys sets it.
        naked: the command with this number is answered so, without protection.
        wrong_mac: the command with this number is answered with a wrong MAC.

    """

    cipher: SmCipher
    handler: Handler
    ssc: int = 0
    next_cipher: SmCipher | None = None
    naked: tuple[int, StatusWord] = (0, OK)
    wrong_mac: int = 0
    log: list[CommandApdu] = field(default_factory=list)

    def __call__(self, command: CommandApdu) -> ResponseApdu:
        if self.next_cipher is not None:
            self.cipher, self.next_cipher, self.ssc = self.next_cipher, None, 0
        self.ssc += 1
        plain = self._unprotected(command)
        if plain is None:
            return ResponseApdu(b"", StatusWord(0x6988))
        self.log.append(plain)
        if len(self.log) == self.naked[0]:
            return ResponseApdu(b"", self.naked[1])
        return self._protected(self.handler(plain))

    def _unprotected(self, command: CommandApdu) -> CommandApdu | None:
        objects = dict(decode_all(command.data))
        mac = objects.pop(0x8E)
        body = b"".join(encode(tag, value) for tag, value in objects.items())
        block = self.cipher.block_size
        covered = pad(command.header, block) + (pad(body, block) if body else b"")
        if self.cipher.mac(covered, self.ssc) != mac:
            return None
        data = b""
        if 0x87 in objects:
            data = unpad(self.cipher.decrypt(objects[0x87][1:], self.ssc))
        le = objects.get(0x97)
        expected = None if le is None else int.from_bytes(le, "big") or 256
        cla = command.cla & ~0x0C
        return CommandApdu(cla, command.ins, command.p1, command.p2, data, le=expected)

    def _protected(self, answer: ResponseApdu) -> ResponseApdu:
        self.ssc += 1
        block = self.cipher.block_size
        body = b""
        if answer.data:
            cryptogram = self.cipher.encrypt(pad(answer.data, block), self.ssc)
            body = encode(0x87, b"\x01" + cryptogram)
        body += encode(0x99, answer.status.value.to_bytes(2, "big"))
        mac = self.cipher.mac(pad(body, block), self.ssc)
        if len(self.log) == self.wrong_mac:
            mac = bytes(8)
        return ResponseApdu(body + encode(0x8E, mac), OK)
