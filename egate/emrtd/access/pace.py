"""Password Authenticated Connection Establishment (9303-11 §4.4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Final

from egate.emrtd.access.card_access import PaceMapping, PaceOffer
from egate.emrtd.access.password import Password, password_reference, password_secret
from egate.emrtd.access.pseudo_random_mapping import nonce_bytes, pseudo_random
from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_enc, kdf_mac, kdf_pi
from egate.emrtd.crypto.key_agreement_errors import PublicKeyInvalid
from egate.emrtd.crypto.padding import PaddingWrong, unpad
from egate.emrtd.crypto.sm_cipher import AesCbc, authentication_token, cbc_of, session_cipher
from egate.emrtd.errors import AccessDenied, DocumentRejected, UnexpectedStatus
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.oid import oid_content
from egate.emrtd.secure_messaging import SecureMessaging
from egate.emrtd.tlv import decode_all, decode_one, encode, find

_MANAGE_SECURITY_ENVIRONMENT: Final = 0x22
_GENERAL_AUTHENTICATE: Final = 0x86
_MORE_STEPS: Final = 0x10
_SHORT_LE: Final = 256
_HEADERS_BYTES: Final = 16  # of two data objects around a public key, and to spare

_DYNAMIC_AUTHENTICATION: Final = 0x7C
_PUBLIC_KEY: Final = 0x7F49
_ENCRYPTED_NONCE: Final = 0x80
_MAPPING: Final = 0x81
_CHIP_MAPPING: Final = 0x82
_PUBLIC: Final = 0x83
_CHIP_PUBLIC: Final = 0x84
_TOKEN: Final = 0x85
_CHIP_TOKEN: Final = 0x86
_CHIP_AUTHENTICATION: Final = 0x8A

_AES_BLOCK: Final = 16
_MAX_NONCE_BYTES: Final = 64
# Wrong parameters and a missing reference: what chips say that want tag 84, or do not.
_NOT_FOUND: Final = (StatusWord(0x6A80), StatusWord(0x6A88))


class NonceInvalid(DocumentRejected):
    """The chip's nonce has a length that its cipher cannot have (9303-11 §4.4.3.3)."""


@dataclass(frozen=True, slots=True)
class PaceOpening:
    """An open channel, and what later protocols need of how it was opened.

    Args:
        channel: secure messaging under the session keys.
        chip_mapping_public: PK_Map,IC as the chip sent it; empty in the integrated mapping.
        chip_ephemeral_public: PK_DH,IC as the chip sent it; terminal authentication names
            the chip by it.
        chip_authentication_data: CA_IC, which PACE-CAM compares with the chip's static
            key; empty when the chip sent none that can be decrypted, None in the other
            mappings.
        ephemeral_public: PK_DH,IFD, our own key; after PACE-CAM terminal authentication is
            bound to it.

    """

    channel: SecureMessaging = field(repr=False)
    chip_mapping_public: bytes
    chip_ephemeral_public: bytes
    chip_authentication_data: bytes | None = field(repr=False)
    ephemeral_public: bytes = field(repr=False)


def open_with_pace(
    offer: PaceOffer, password: Password, random: Callable[[int], bytes]
) -> Conversation[PaceOpening]:
    """Authenticate to the chip with the password and open a channel.

    The master file is selected, or no application at all. Commands for groups of 2048 bits
    are in extended form.

    Args:
        offer: from EF.CardAccess.
        password: what the MRZ says, or the card access number.
        random: gives so many unpredictable bytes; used for the ephemeral private keys.

    Raises:
        AccessDenied: the chip does not know the password, or says that we do not.
        UnexpectedStatus: the chip refuses the protocol before passwords matter.
        PublicKeyInvalid: the chip sent a key outside the group, or our own.
        MappingNotPossible: the nonce maps to no generator.
        NonceInvalid: the chip's nonce cannot be.
        TlvMalformed: an answer lacks what belongs to the step.

    """
    nonce = _decrypted_nonce(offer, password, (yield from _encrypted_nonce(offer, password)))
    generator, chip_mapping_public = yield from _map(offer, nonce, random)
    private = offer.domain.private_key(random)
    public = offer.domain.public_key(private, generator)
    chip_public = yield from _exchange_keys(offer, public, _PUBLIC, _CHIP_PUBLIC)
    secret = offer.domain.shared_secret(private, chip_public)
    proof = yield from _authenticate(offer, kdf_mac(secret, offer.cipher), public, chip_public)
    authentication = None
    if offer.mapping is PaceMapping.CHIP_AUTHENTICATION:
        ks_enc = kdf_enc(secret, offer.cipher)
        authentication = _decrypted_authentication(ks_enc, proof.get(_CHIP_AUTHENTICATION, b""))
    # §9.8.6: unlike BAC's, the counter begins at zero.
    channel = SecureMessaging(session_cipher(offer.cipher, secret), ssc=0)
    return PaceOpening(channel, chip_mapping_public, chip_public, authentication, public)


def _encrypted_nonce(offer: PaceOffer, password: Password) -> Conversation[bytes]:
    """Select the protocol and ask for the nonce (steps 0 and 1).

    The reference to the domain parameters must be there if they are ambiguous, and should
    not be otherwise; chips differ in what they call ambiguous, and some object to it only
    when they are asked for the nonce. So a refusal is answered once with the other form.
    """
    usual = offer.needs_reference
    step, answer = yield from _begin(offer, password, with_reference=usual)
    if answer.status in _NOT_FOUND and offer.parameter_id is not None:
        step, answer = yield from _begin(offer, password, with_reference=not usual)
    _require_ok(step, answer)
    return _found(answer, _ENCRYPTED_NONCE)


def _begin(
    offer: PaceOffer, password: Password, *, with_reference: bool
) -> Conversation[tuple[str, ResponseApdu]]:
    """Return the answer with the nonce, or the first that refuses, and the name of its step."""
    answer = yield _select(offer, password, with_reference=with_reference)
    if answer.status != status.OK:
        return "MSE:Set AT", answer
    answer = yield _general_authenticate(b"")
    return "PACE, encrypted nonce", answer


def _select(offer: PaceOffer, password: Password, *, with_reference: bool) -> CommandApdu:
    template = encode(0x80, oid_content(offer.oid))
    template += encode(0x83, bytes((password_reference(password),)))
    if with_reference:
        number = offer.parameter_id or 0
        template += encode(0x84, number.to_bytes((number.bit_length() + 7) // 8 or 1, "big"))
    return CommandApdu(0x00, _MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4, data=template)


def _decrypted_nonce(offer: PaceOffer, password: Password, encrypted: bytes) -> bytes:
    if offer.mapping is PaceMapping.INTEGRATED:
        possible = len(encrypted) == nonce_bytes(offer.cipher)
    else:
        block = 8 if offer.cipher is SmAlgorithm.TDES else _AES_BLOCK
        possible = 0 < len(encrypted) <= _MAX_NONCE_BYTES and len(encrypted) % block == 0
    if not possible:
        raise NonceInvalid(f"PACE with {offer.cipher}: a nonce of {len(encrypted)} bytes")
    key = kdf_pi(password_secret(password), offer.cipher)
    return cbc_of(offer.cipher, key).decrypt(encrypted)


def _map(
    offer: PaceOffer, nonce: bytes, random: Callable[[int], bytes]
) -> Conversation[tuple[bytes, bytes]]:
    """Return the mapped generator and the chip's public key for the mapping (step 2)."""
    if offer.mapping is PaceMapping.INTEGRATED:
        t = random(offer.cipher.key_bytes)
        answer = yield _general_authenticate(encode(_MAPPING, t))
        # The standard wants an empty object in the answer; some chips leave it out.
        _require_ok("PACE, mapping", answer)
        number = pseudo_random(nonce, t, offer.cipher, offer.domain.field_bits)
        return offer.domain.integrated_mapping(number), b""
    private = offer.domain.private_key(random)
    public = offer.domain.public_key(private)
    chip_public = yield from _exchange_keys(offer, public, _MAPPING, _CHIP_MAPPING)
    return offer.domain.generic_mapping(nonce, private, chip_public), chip_public


def _exchange_keys(offer: PaceOffer, public: bytes, tag: int, chip_tag: int) -> Conversation[bytes]:
    """Send our public key under ``tag`` and return the chip's, not validated yet."""
    ours = offer.domain.as_data_object(public)
    le = max(_SHORT_LE, len(public) + _HEADERS_BYTES)
    answer = yield _general_authenticate(encode(tag, ours), le=le)
    _require_ok("PACE, mapping" if tag == _MAPPING else "PACE, key agreement", answer)
    theirs = _found(answer, chip_tag)
    # §4.4.1 step 3 d: a chip that sends our key back knows the shared secret of nobody.
    if offer.domain.as_data_object(theirs) == ours:
        raise PublicKeyInvalid("the chip repeats our public key")
    return theirs


def _authenticate(
    offer: PaceOffer, ks_mac: bytes, public: bytes, chip_public: bytes
) -> Conversation[dict[int, bytes]]:
    """Exchange the tokens (step 4) and return all data objects of the chip's answer."""
    token = _token(offer, ks_mac, chip_public)
    answer = yield _general_authenticate(encode(_TOKEN, token), last=True)
    if answer.status != status.OK:  # 6300, 6A80 and others: chips differ
        raise AccessDenied(f"PACE, mutual authentication: {answer.status}")
    proof = dict(decode_all(decode_one(answer.data, _DYNAMIC_AUTHENTICATION)))
    expected = _token(offer, ks_mac, offer.domain.as_data_object(public))
    if not compare_digest(proof.get(_CHIP_TOKEN, b""), expected):
        raise AccessDenied("PACE, mutual authentication: the chip's token is wrong")
    return proof


def _token(offer: PaceOffer, ks_mac: bytes, public: bytes) -> bytes:
    """Return the token over the public key data object (9303-11 §4.4.3.4, §9.4)."""
    named = encode(0x06, oid_content(offer.oid)) + encode(offer.domain.public_key_tag, public)
    return authentication_token(offer.cipher, ks_mac, encode(_PUBLIC_KEY, named))


def _decrypted_authentication(ks_enc: bytes, encrypted: bytes) -> bytes:
    """Return CA_IC (9303-11 §4.4.3.5), or nothing where nothing can be decrypted."""
    if not encrypted or len(encrypted) % _AES_BLOCK:
        return b""
    iv = AesCbc(ks_enc).encrypt(b"\xff" * _AES_BLOCK)
    try:
        return unpad(AesCbc(ks_enc, iv).decrypt(encrypted))
    except PaddingWrong:
        return b""


def _general_authenticate(
    content: bytes, *, le: int = _SHORT_LE, last: bool = False
) -> CommandApdu:
    """Return one step; each but the last has the bit of command chaining (§4.4.4.3)."""
    wrapped = encode(_DYNAMIC_AUTHENTICATION, content)
    cla = 0x00 if last else _MORE_STEPS
    return CommandApdu(cla, _GENERAL_AUTHENTICATE, 0x00, 0x00, data=wrapped, le=le)


def _found(answer: ResponseApdu, tag: int) -> bytes:
    return find(decode_one(answer.data, _DYNAMIC_AUTHENTICATION), tag)


def _require_ok(step: str, answer: ResponseApdu) -> None:
    if answer.status != status.OK:
        raise UnexpectedStatus(step, answer.status)
