"""The other side of PACE and of its channel, as plain as a test of the chip can have it."""

from dataclasses import dataclass, field, replace

from hardware_mocks.chip import aes, des
from hardware_mocks.chip.apdu import Reply, parse
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.ciphers import SUITES, AesSession, SessionCipher
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.pace_run import pseudo_random
from hardware_mocks.chip.padding import pad
from hardware_mocks.pki import der
from hardware_mocks.tlv import elements, encode

SET_TEMPLATE = bytes.fromhex("0022C1A4")
NONCE, MAPPING, AGREEMENT, AUTHENTICATION = 1, 2, 3, 4


@dataclass
class PaceTerminal:
    """Talks to a chip; each step may be taken alone, and spoilt between.

    Args:
        chip: the other side.
        offer: what it offers.
        password: the encoded password.
        privates: the private keys of mapping and agreement.
        nonce_t: the nonce of integrated mapping, repeated to its length.
        channel: where the commands go when the protocol is run within another session.

    """

    chip: Chip
    offer: PaceOffer
    password: bytes
    privates: tuple[int, int] = (0x1234567, 0x89ABCDE)
    nonce_t: bytes = b"t"
    channel: "ChannelTerminal | None" = None
    nonce: bytes = b""
    generator: bytes = b""
    mapping_public: bytes = b""
    chip_public: bytes = b""
    session: SessionCipher | None = None
    answers: list[Reply] = field(default_factory=list)

    def send(self, apdu: bytes) -> Reply:
        if self.channel is not None:
            self.answers.append(self.channel.send(apdu))
        else:
            raw = self.chip.transmit(apdu)
            assert raw is not None
            self.answers.append(Reply(int.from_bytes(raw[-2:], "big"), raw[:-2]))
        return self.answers[-1]

    def choose(
        self, *, reference: int = 1, parameters: int | None = None, more: bytes = b""
    ) -> Reply:
        body = encode(0x80, der.oid(self.offer.protocol)[2:]) + encode(0x83, bytes([reference]))
        if parameters is not None:
            body += encode(0x84, bytes([parameters]))
        body += more
        return self.send(SET_TEMPLATE + bytes([len(body)]) + body)

    def step(self, number: int, value: bytes) -> Reply:
        """One GENERAL AUTHENTICATE, with its class byte and the template of its step."""
        inner = encode(0x80 + 2 * number - 3, value) if number > NONCE else b""
        body = encode(0x7C, inner)
        header = bytes([0x00 if number == AUTHENTICATION else 0x10, 0x86, 0, 0])
        if len(body) > 250:
            return self.send(header + b"\0" + len(body).to_bytes(2, "big") + body + b"\0\0")
        return self.send(header + bytes([len(body)]) + body + b"\0")

    def get_nonce(self) -> None:
        cryptogram = value_of(self.step(NONCE, b""), 0x80)
        key = SUITES[self.offer.cipher].password_key(self.password)
        decrypt = des.decrypt if self.offer.cipher == "3DES" else aes.decrypt
        self.nonce = decrypt(key, cryptogram)

    def map_nonce(self) -> None:
        group, suite = self.offer.group, self.offer.suite
        if self.offer.mapping == "IM":
            t = (self.nonce_t * suite.key_bytes)[: suite.key_bytes]
            assert value_of(self.step(MAPPING, t), 0x82) == b""
            self.generator = group.integrated_mapping(pseudo_random(suite, group, self.nonce, t))
            return
        own = group.public_key(self.privates[0])
        self.mapping_public = value_of(self.step(MAPPING, own), 0x82)
        agreed = group.multiply(self.privates[0], self.mapping_public)
        multiple = group.public_key(int.from_bytes(self.nonce, "big"))
        self.generator = group.combine(multiple, agreed)

    def agree(self) -> None:
        group = self.offer.group
        own = group.public_key(self.privates[1], self.generator)
        self.chip_public = value_of(self.step(AGREEMENT, own), 0x84)
        agreed = group.multiply(self.privates[1], self.chip_public)
        self.session = self.offer.suite.session(group.shared_secret(agreed))

    def token(self, public: bytes) -> bytes:
        assert self.session is not None
        key = encode(self.offer.group.public_key_tag, public)
        return self.session.token(encode(0x7F49, der.oid(self.offer.protocol), key))

    def authenticate(self) -> Reply:
        reply = self.step(AUTHENTICATION, self.token(self.chip_public))
        own = self.offer.group.public_key(self.privates[1], self.generator)
        if reply.sw == 0x9000:
            assert value_of(reply, 0x86) == self.token(own)
        return reply

    def open(self, **choice: int) -> "ChannelTerminal":
        """Run the whole protocol; the channel that it opens."""
        assert self.choose(**choice) == Reply(0x9000)
        self.get_nonce()
        self.map_nonce()
        self.agree()
        assert self.authenticate().sw == 0x9000
        assert self.session is not None
        return ChannelTerminal(self.chip, self.session)


@dataclass
class ChannelTerminal:
    """Secure messaging from the terminal's side, for a counter that starts at zero."""

    chip: Chip
    session: SessionCipher
    ssc: int = 0

    def protect(self, apdu: bytes) -> bytes:
        command = parse(apdu)
        command = replace(command, cla=command.cla | 0x0C)
        self.ssc += 1
        objects = b""
        if command.data:
            cryptogram = self.session.encrypt(command.data, self.ssc)
            odd = command.ins & 1
            objects = encode(0x85, cryptogram) if odd else encode(0x87, b"\x01" + cryptogram)
        if command.ne:
            objects += encode(0x97, command.ne.to_bytes(3, "big")[1 if command.extended else 2 :])
        message = command.header
        if objects:
            message = pad(message, self.session.block_bytes) + objects
        body = objects + encode(0x8E, self.session.checksum(message, self.ssc))
        if command.extended:
            return command.header + b"\0" + len(body).to_bytes(2, "big") + body + b"\0\0"
        return command.header + bytes([len(body)]) + body + b"\0"

    def send(self, apdu: bytes) -> Reply:
        raw = self.chip.transmit(self.protect(apdu))
        assert raw is not None
        assert len(raw) > 2, raw.hex()
        self.ssc += 1
        parts = elements(raw[:-2])
        values = {part.tag: part.value for part in parts}
        covered = b"".join(part.raw for part in parts if part.tag != 0x8E)
        assert values[0x8E] == self.session.checksum(covered, self.ssc)
        assert values[0x99] == raw[-2:]
        cryptogram = values.get(0x87, b"\x01")[1:] or values.get(0x85, b"")
        plain = self.session.decrypt(cryptogram, self.ssc) if cryptogram else b""
        return Reply(int.from_bytes(raw[-2:], "big"), plain)


def value_of(reply: Reply, tag: int) -> bytes:
    """The value of a data object in the Dynamic Authentication Data."""
    assert reply.sw == 0x9000, f"{reply.sw:04X}"
    (template,) = elements(reply.data)
    assert template.tag == 0x7C
    return {part.tag: part.value for part in elements(template.value)}[tag]


def chip_authentication_data(session: SessionCipher, encrypted: bytes) -> int:
    """Decrypt the proof of chip authentication mapping."""
    assert isinstance(session, AesSession)
    iv = aes.encrypt(session.enc, b"\xff" * 16)
    return int.from_bytes(aes.decrypt(session.enc, encrypted, iv).rstrip(b"\0")[:-1], "big")
