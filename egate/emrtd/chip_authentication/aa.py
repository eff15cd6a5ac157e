"""Active authentication: the chip signs with a key that it never gives out (9303-11 §6.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication import iso9796_2
from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.crypto.public_key import EcPublicKey, PublicKey, RsaPublicKey
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.dg14 import SecurityInfos
from egate.emrtd.lds.dg15 import active_authentication_key

_INTERNAL_AUTHENTICATE: Final = 0x88
_GET_RESPONSE: Final = 0xC0
_MORE_BYTES: Final = 0x61
_CHALLENGE_BYTES: Final = 8
_DER_OVERHEAD_BYTES: Final = 9
_SHORT: Final = 256

# §6.1.2.3 allows SHA-224 to SHA-512; SHA-1 occurs. Which one need not be stated. Trying
# each is safe: the challenge has eight bytes of our own choice.
_ECDSA_HASHES: Final = ("sha256", "sha1", "sha224", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class ChallengeResponse:
    """What was asked and what the chip answered.

    Args:
        challenge: RND.IFD, 8 bytes.
        signature: the answer, empty when the chip refused.
        status: of INTERNAL AUTHENTICATE.

    """

    challenge: bytes
    signature: bytes = field(repr=False)
    status: StatusWord


def challenge_chip(
    dg15: bytes, random: Callable[[int], bytes], *, longest_short_answer: int | None
) -> Conversation[ChallengeResponse | None]:
    """Have the chip sign a fresh challenge.

    Args:
        dg15: the whole file.
        random: gives so many unpredictable bytes.
        longest_short_answer: the most bytes a short response carries in this
            channel; longer signatures are asked for in extended form (§6.1.4).
            None when the chip or the reader has no extended form.

    Returns:
        None when DG15 holds no key, so that there is nothing to ask for.

    """
    try:
        key = active_authentication_key(dg15)
    except DocumentRejected:
        return None
    expected = _signature_bytes(key)
    extended = longest_short_answer is not None and expected > longest_short_answer
    challenge = random(_CHALLENGE_BYTES)
    answer = yield CommandApdu(
        0x00,
        _INTERNAL_AUTHENTICATE,
        0x00,
        0x00,
        data=challenge,
        le=max(expected, _SHORT) if extended else _SHORT,
        extended=extended,
    )
    signature = answer.data
    while answer.status.sw1 == _MORE_BYTES and answer.data and len(signature) < expected:
        rest = answer.status.sw2 or _SHORT
        answer = yield CommandApdu(0x00, _GET_RESPONSE, 0x00, 0x00, le=rest)
        signature += answer.data
    return ChallengeResponse(challenge, signature, answer.status)


def _signature_bytes(key: PublicKey) -> int:
    if isinstance(key, RsaPublicKey):
        return key.size_bytes
    return 2 * key.curve.size_bytes + _DER_OVERHEAD_BYTES


def check_active_authentication(
    dg15: bytes, answered: ChallengeResponse, dg14: bytes | None = None
) -> CheckResult:
    """Check the chip's answer. The key itself is proven by passive authentication only.

    Args:
        dg15: the whole file with the key.
        answered: challenge and response.
        dg14: the whole file, which may name the hash of ECDSA.

    """
    if answered.status != status.OK:
        return _result(Outcome.FAILED, f"the chip refused to sign, {answered.status}")
    try:
        key = active_authentication_key(dg15)
        if isinstance(key, RsaPublicKey):
            return _check_rsa(key, answered)
        return _check_ecdsa(key, answered, _stated_hash(dg14))
    except DocumentRejected as error:
        return _result(Outcome.FAILED, f"the key cannot be used: {error}")
    except LibcryptoUnavailable as error:
        return _result(Outcome.UNDETERMINED, str(error))


def _check_rsa(key: RsaPublicKey, answered: ChallengeResponse) -> CheckResult:
    try:
        iso9796_2.verify(key, answered.signature, answered.challenge)
    except iso9796_2.SignatureWrong as error:
        cut = len(answered.signature) < key.size_bytes
        sizes = f" ({len(answered.signature)} of {key.size_bytes} bytes came)" if cut else ""
        return _result(Outcome.FAILED, f"{error}{sizes}")
    return _result(Outcome.SUCCESSFUL, f"RSA, {key.modulus.bit_length()} bits")


def _check_ecdsa(
    key: EcPublicKey, answered: ChallengeResponse, stated_hash: str | None
) -> CheckResult:
    hashes = _ECDSA_HASHES if stated_hash is None else (stated_hash,)
    for verify in (key.verify_plain, key.verify):  # TR-03111 plain as required, DER as it occurs
        for hash_name in hashes:
            if verify(answered.signature, answered.challenge, hash_name):
                return _result(Outcome.SUCCESSFUL, f"ECDSA, {key.curve.name}, {hash_name}")
    return _result(Outcome.FAILED, "the signature is not one of this key over this challenge")


def _stated_hash(dg14: bytes | None) -> str | None:
    if dg14 is None:
        return None
    try:
        return SecurityInfos.of_dg14(dg14).active_authentication_hash()
    except DocumentRejected:
        return None


def _result(outcome: Outcome, detail: str) -> CheckResult:
    return CheckResult(CheckId.ACTIVE_AUTHENTICATION, outcome, detail)
