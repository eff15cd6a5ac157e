"""The chip's side of PACE for tests of the reader: honest by default, each step replaceable.

It uses the reader's own arithmetic, which published vectors pin. So it proves that the
reader keeps its part of the conversation, and not that the numbers are those of ICAO.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeVar

from egate.emrtd.access.card_access import PaceMapping, PaceOffer
from egate.emrtd.access.password import Password, password_secret
from egate.emrtd.access.pseudo_random_mapping import nonce_bytes, pseudo_random
from egate.emrtd.crypto.kdf import kdf_enc, kdf_mac, kdf_pi
from egate.emrtd.crypto.padding import pad
from egate.emrtd.crypto.sm_cipher import AesCbc, authentication_token, cbc_of, session_cipher
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.oid import oid_content
from egate.emrtd.secure_messaging import SecureMessaging
from egate.emrtd.tlv import decode_all, decode_one, encode

T = TypeVar("T")
Answer = bytes | int


@dataclass
class PaceChip:
    """Answers MSE:Set AT and GENERAL AUTHENTICATE.

    Args:
        offer: what the chip was asked to do.
        password: what it knows.
        random: its source of randomness.
        replaced: step (0 is MSE:Set AT) to what it answers instead, content of 7C or status.

    """

    offer: PaceOffer
    password: Password
    random: Callable[[int], bytes]
    replaced: dict[int, Answer] = field(default_factory=dict)
    static_key: int = 5
    commands: list[CommandApdu] = field(default_factory=list)
    channel: SecureMessaging | None = None

    def answer(self, command: CommandApdu) -> ResponseApdu:
        self.commands.append(command)
        if command.ins == 0x22:
            return self._respond(0, self._selected(command))
        ((tag, content),) = dict(decode_all(decode_one(command.data, 0x7C))).items() or {(0, b"")}
        step = {0: 1, 0x81: 2, 0x83: 3, 0x85: 4}[tag]
        steps = {1: self._nonce, 2: self._map, 3: self._agree, 4: self._authenticate}
        assert command.cla == (0x00 if step == 4 else 0x10)
        return self._respond(step, steps[step](content))

    def _respond(self, step: int, usual: Answer) -> ResponseApdu:
        chosen = self.replaced.get(step, usual)
        if isinstance(chosen, int):
            return ResponseApdu(b"", StatusWord(chosen))
        return ResponseApdu(encode(0x7C, chosen) if step else b"", OK)

    def _selected(self, command: CommandApdu) -> Answer:
        template = dict(decode_all(command.data))
        right = template[0x80] == oid_content(self.offer.oid)
        return b"" if right and (0x84 in template) is self.offer.needs_reference else 0x6A80

    def _nonce(self, _: bytes) -> Answer:
        cipher = self.offer.cipher
        self.nonce = self.random(nonce_bytes(cipher))
        key = kdf_pi(password_secret(self.password), cipher)
        return encode(0x80, cbc_of(cipher, key).encrypt(self.nonce))

    def _map(self, content: bytes) -> Answer:
        domain = self.offer.domain
        if self.offer.mapping is PaceMapping.INTEGRATED:
            drawn = pseudo_random(self.nonce, content, self.offer.cipher, domain.field_bits)
            self.generator = domain.integrated_mapping(drawn)
            return encode(0x82, b"")
        self.mapping_key = domain.private_key(self.random)
        self.generator = domain.generic_mapping(self.nonce, self.mapping_key, content)
        return encode(0x82, domain.as_data_object(domain.public_key(self.mapping_key)))

    def _agree(self, content: bytes) -> Answer:
        domain = self.offer.domain
        private = domain.private_key(self.random)
        self.terminal_public = content
        self.public = domain.as_data_object(domain.public_key(private, self.generator))
        self.secret = domain.shared_secret(private, content)
        return encode(0x84, self.public)

    def _authenticate(self, content: bytes) -> Answer:
        if content != self._token(self.public):
            return 0x6300
        answer = encode(0x86, self._token(self.terminal_public))
        if self.offer.mapping is PaceMapping.CHIP_AUTHENTICATION:
            answer += encode(0x8A, self._chip_authentication())
        self.channel = SecureMessaging(session_cipher(self.offer.cipher, self.secret), ssc=0)
        return answer

    def _token(self, public: bytes) -> bytes:
        named = encode(0x06, oid_content(self.offer.oid))
        named += encode(self.offer.domain.public_key_tag, public)
        ks_mac = kdf_mac(self.secret, self.offer.cipher)
        return authentication_token(self.offer.cipher, ks_mac, encode(0x7F49, named))

    def _chip_authentication(self) -> bytes:
        order = self.offer.domain.order
        number = pow(self.static_key, -1, order) * self.mapping_key % order
        plain = pad(number.to_bytes((order.bit_length() + 7) // 8, "big"), 16)
        ks_enc = kdf_enc(self.secret, self.offer.cipher)
        return AesCbc(ks_enc, AesCbc(ks_enc).encrypt(b"\xff" * 16)).encrypt(plain)


def talk(
    conversation: Generator[CommandApdu, ResponseApdu, T],
    answer: Callable[[CommandApdu], ResponseApdu],
) -> T:
    """Carry ``conversation`` to a chip and return its result."""
    command = next(conversation)
    try:
        while True:
            command = conversation.send(answer(command))
    except StopIteration as finished:
        result: T = finished.value
        return result
