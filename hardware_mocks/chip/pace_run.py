"""The cryptography of one run of PACE, from the chip's side (9303-11 §4.4.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from hardware_mocks.chip.ciphers import AesSession, SessionCipher, Suite
from hardware_mocks.chip.domain_parameters import Group
from hardware_mocks.chip.key_agreement import private_key
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.pki import der
from hardware_mocks.tlv import encode

# c0 and c1 of the pseudo-random number mapping by the length of the nonce (9303-11 §4.4.3.3.2).
_CONSTANTS: Final = {
    16: (
        bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
        bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    ),
    32: (
        bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
        bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ),
}


class PaceFailed(Exception):
    """The terminal's share of a step is refused with this status word."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw


@dataclass(slots=True)
class PaceRun:
    """The secrets of one run; ``step`` is the GENERAL AUTHENTICATE that must come next.

    Args:
        offer: what MSE:Set AT chose.
        password_key: K_pi, derived from the password that MSE:Set AT chose.
        random: from a length in bytes to as many random bytes.
        chip_key: the private key of Chip Authentication, for its mapping.
        ends_with: data objects for the last answer, as Certification Authority References.

    """

    offer: PaceOffer
    password_key: bytes = field(repr=False)
    random: Callable[[int], bytes] = field(repr=False)
    chip_key: int | None = field(default=None, repr=False)
    ends_with: bytes = b""
    step: int = 1
    session: SessionCipher | None = field(default=None, repr=False)
    _nonce: bytes = field(default=b"", repr=False)
    _mapping_key: int = field(default=0, repr=False)
    _generator: bytes = field(default=b"", repr=False)
    _public: bytes = field(default=b"", repr=False)
    _terminal_public: bytes = field(default=b"", repr=False)

    def encrypted_nonce(self) -> bytes:
        """Step 1: draw s and return z = E(K_pi, s)."""
        self._nonce = self.random(self.offer.nonce_bytes)
        return self.offer.suite.encrypt(self.password_key, self._nonce)

    def map_nonce(self, received: bytes) -> bytes:
        """Step 2: agree the new generator; raises InvalidPublicKey or PaceFailed."""
        if self.offer.mapping == "IM":
            self._generator = self._integrated(received)
            return b""
        group = self.offer.group
        self._mapping_key = private_key(group.order, self.random)
        public = group.public_key(self._mapping_key)
        agreed = group.multiply(self._mapping_key, received)
        _require_other(public, received)
        multiple = group.public_key(int.from_bytes(self._nonce, "big"))
        self._generator = group.combine(multiple, agreed)
        return public

    def agree(self, received: bytes) -> bytes:
        """Step 3: agree the session keys; raises InvalidPublicKey or PaceFailed."""
        group = self.offer.group
        private = private_key(group.order, self.random)
        self._public = group.public_key(private, self._generator)
        agreed = group.multiply(private, received)
        _require_other(self._public, received)
        self._terminal_public = received
        self.session = self.offer.suite.session(group.shared_secret(agreed))
        return self._public

    def compressed_keys(self) -> tuple[bytes, bytes | None]:
        """What Terminal Authentication needs: ID_IC, and of the chip authentication mapping also
        the terminal's ephemeral key (9303-11 §7.1.2).
        """  # noqa: D205
        group = self.offer.group
        terminal = group.compressed(self._terminal_public) if self.chip_key is not None else None
        return group.compressed(self._public), terminal

    def expected_token(self, session: SessionCipher) -> bytes:
        """T_IFD, over the chip's public key (9303-11 §4.4.3.4)."""
        return session.token(self._public_key_object(self._public))

    def own_token(self, session: SessionCipher) -> bytes:
        """T_IC, over the terminal's public key."""
        return session.token(self._public_key_object(self._terminal_public))

    def chip_authentication_data(self, session: SessionCipher) -> bytes | None:
        """A_IC of the chip authentication mapping, None for the others (9303-11 §4.4.3.5)."""
        if self.chip_key is None or not isinstance(session, AesSession):
            return None
        order = self.offer.group.order
        quotient = self._mapping_key * pow(self.chip_key, -1, order) % order
        return session.chip_authentication_data(
            quotient.to_bytes((order.bit_length() + 7) // 8, "big")
        )

    def _integrated(self, received: bytes) -> bytes:
        if len(received) != self.offer.suite.key_bytes:
            raise PaceFailed(0x6A80)  # the nonce t is as long as a key
        group = self.offer.group
        return group.integrated_mapping(
            pseudo_random(self.offer.suite, group, self._nonce, received)
        )

    def _public_key_object(self, public: bytes) -> bytes:
        """The public key data object that a token is computed over (9303-11 §9.4)."""
        group = self.offer.group
        value = public if group.public_key_tag == 0x86 else public.lstrip(b"\0")
        return encode(0x7F49, der.oid(self.offer.protocol), encode(group.public_key_tag, value))


def pseudo_random(suite: Suite, group: Group, s: bytes, t: bytes) -> int:
    """R_p(s, t), an element of GF(p) (9303-11 §4.4.3.3.2, figure 2)."""
    first, second = _CONSTANTS[len(s)]
    key = suite.encrypt(t, s)[: suite.key_bytes]
    drawn = b""
    while 8 * len(drawn) < group.field_prime.bit_length() + 64:
        drawn += suite.encrypt(key, second)
        key = suite.encrypt(key, first)[: suite.key_bytes]
    return int.from_bytes(drawn, "big") % group.field_prime


def _require_other(own: bytes, received: bytes) -> None:
    """The public keys of both sides must differ (9303-11 §4.4.1)."""
    if own == received.lstrip(b"\0"):
        raise PaceFailed(0x6300)
