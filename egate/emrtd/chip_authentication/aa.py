"""Active authentication: the chip signs with a key that it never gives out (9303-11 §6.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
_OTHER_LE: Final = 0x6C
_MOST_PIECES: Final = 32
# What a short response carries: 223 bytes under AES, 231 under 3DES, 256 unprotected. Chips
# differ in how much room they leave.
_SHORT_ANSWERS: Final = range(223, 257)
_WRONG_LENGTH: Final = StatusWord(0x6700)
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
    if longest_short_answer is None or expected <= longest_short_answer:
        return (yield from _challenged(random, expected, None))
    answered = yield from _challenged(random, expected, max(expected, _SHORT))
    if answered.status != status.OK or (answered.signature and not _is_cut(key, answered)):
        return answered
    # 9000 with nothing, or with as much as a short response holds: the chip has its own idea
    # of extended length, and may send the rest in pieces when it is asked in short form.
    again = yield from _challenged(random, expected, None)
    return max(answered, again, key=lambda each: len(each.signature))


def _challenged(
    random: Callable[[int], bytes], expected: int, extended_le: int | None
) -> Conversation[ChallengeResponse]:
    """Ask for one signature, in extended form if ``extended_le`` is given; collect its pieces."""
    challenge = random(_CHALLENGE_BYTES)
    command = CommandApdu(
        0x00,
        _INTERNAL_AUTHENTICATE,
        0x00,
        0x00,
        data=challenge,
        le=extended_le or _SHORT,
        extended=extended_le is not None,
    )
    answer = yield command
    if answer.status.sw1 == _OTHER_LE:
        answer = yield replace(command, le=answer.status.sw2 or _SHORT, extended=False)
    signature = answer.data
    for _ in range(_MOST_PIECES):
        if answer.status.sw1 != _MORE_BYTES or len(signature) >= expected:
            break
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
    try:
        key = active_authentication_key(dg15)
        if answered.status != status.OK or not answered.signature:
            return _unsigned(key, answered)
        if isinstance(key, RsaPublicKey):
            return _check_rsa(key, answered)
        return _check_ecdsa(key, answered, _stated_hash(dg14))
    except DocumentRejected as error:
        return _result(Outcome.FAILED, f"the key cannot be used: {error}")
    except LibcryptoUnavailable as error:
        return _result(Outcome.UNDETERMINED, str(error))


def _unsigned(key: PublicKey, answered: ChallengeResponse) -> CheckResult:
    """Return what it is worth that no signature came.

    A copy can say 6700, too. It is not accused then, but gains nothing: *undetermined* is
    not *not supported*, and counts against admission.
    """
    if answered.status == _WRONG_LENGTH and _signature_bytes(key) > _SHORT_ANSWERS.start:
        return _result(Outcome.UNDETERMINED, "the signature is too long for the chip or the reader")
    if answered.status != status.OK:
        return _result(Outcome.FAILED, f"the chip refused to sign, {answered.status}")
    return _result(Outcome.FAILED, "the chip answered nothing")


def _check_rsa(key: RsaPublicKey, answered: ChallengeResponse) -> CheckResult:
    try:
        iso9796_2.verify(key, answered.signature, answered.challenge)
    except iso9796_2.SignatureWrong as error:
        came = f"{len(answered.signature)} of {key.size_bytes} bytes came"
        if _is_cut(key, answered):
            # Nothing speaks against the chip: no signature can be checked by a part of it.
            return _result(Outcome.UNDETERMINED, f"the answer was cut, {came}")
        short = len(answered.signature) < key.size_bytes
        return _result(Outcome.FAILED, f"{error} ({came})" if short else str(error))
    return _result(Outcome.SUCCESSFUL, f"RSA, {key.modulus.bit_length()} bits")


def _is_cut(key: PublicKey, answered: ChallengeResponse) -> bool:
    """Whether a long signature came as long as a short response is, with 9000 (RSA of AU)."""
    length = len(answered.signature)
    return isinstance(key, RsaPublicKey) and length in _SHORT_ANSWERS and length < key.size_bytes


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
