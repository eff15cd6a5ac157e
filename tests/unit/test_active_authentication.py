"""Active authentication: every hash, trailer, curve and encoding; and every wrong answer."""

import hashlib
import os
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.checks import CheckResult, Outcome
from egate.emrtd.chip_authentication.aa import (
    ChallengeResponse,
    challenge_chip,
    check_active_authentication,
)
from egate.emrtd.crypto import libcrypto
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.lds.dg14 import SecurityInfos
from egate.emrtd.tlv import encode
from tests.emrtd_passport import carry

CHALLENGE = bytes.fromhex("F173589974BF40C6")
TRAILERS = {
    "sha1": "BC",
    "sha224": "38CC",
    "sha256": "34CC",
    "sha384": "36CC",
    "sha512": "35CC",
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - chips of today sign with it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def dg15(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encode(0x6F, spki)


def representative(
    bits: int, hash_name: str, *, header: int = 0x6A, padding: int = 0, trailer: str = ""
) -> bytes:
    """F of ISO/IEC 9796-2 scheme 1, written from the standard's figure."""
    tail = bytes.fromhex(trailer or TRAILERS[hash_name])
    head = bytes((header,)) + (b"\xbb" * (padding - 1) + b"\xba" if padding else b"")
    digest_size = hashlib.new(hash_name).digest_size
    m1 = os.urandom((bits + 7) // 8 - len(head) - digest_size - len(tail))
    return head + m1 + hashlib.new(hash_name, m1 + CHALLENGE).digest() + tail


def signed(key: rsa.RSAPrivateKey, f: bytes, *, smaller: bool = False) -> bytes:
    numbers = key.private_numbers()
    n = numbers.public_numbers.n
    value = pow(int.from_bytes(f, "big"), numbers.d, n)
    value = min(value, n - value) if smaller else value
    return value.to_bytes((n.bit_length() + 7) // 8, "big")


def checked(
    raw_dg15: bytes, signature: bytes, status: StatusWord = OK, dg14: bytes | None = None
) -> CheckResult:
    answered = ChallengeResponse(CHALLENGE, signature, status)
    return check_active_authentication(raw_dg15, answered, dg14)


@pytest.mark.parametrize("hash_name", TRAILERS)
@pytest.mark.parametrize("bits", [1024, 2048])
@pytest.mark.parametrize("smaller", [False, True])
def test_rsa(hash_name: str, bits: int, *, smaller: bool) -> None:
    key = rsa_key(bits)
    for _ in range(4):
        result = checked(dg15(key), signed(key, representative(bits, hash_name), smaller=smaller))
        assert result.outcome is Outcome.SUCCESSFUL
        assert result.detail == f"RSA, {bits} bits"


@pytest.mark.parametrize("padding", [1, 2, 9])
def test_rsa_with_a_padded_message(padding: int) -> None:
    key = rsa_key(1024)
    f = representative(1024, "sha256", header=0x6B, padding=padding)
    assert checked(dg15(key), signed(key, f)).outcome is Outcome.SUCCESSFUL


def test_rsa_without_its_leading_zeros() -> None:
    key = rsa_key(1024)
    while (signature := signed(key, representative(1024, "sha1")))[0]:
        pass
    assert checked(dg15(key), signature[1:]).outcome is Outcome.SUCCESSFUL


@pytest.mark.parametrize("zeros", [1, 3, 128])
def test_rsa_longer_than_its_key(zeros: int) -> None:
    key = rsa_key(1024)
    signature = bytes(zeros) + signed(key, representative(1024, "sha256"))
    assert checked(dg15(key), signature).outcome is Outcome.SUCCESSFUL
    longer = checked(dg15(key), b"\x01" + signature)
    assert (longer.outcome, longer.detail) == (
        Outcome.FAILED,
        "the signature is longer than the key",
    )


@pytest.mark.parametrize("missing_bits", [8, 16, 512])
def test_rsa_with_a_short_representative(missing_bits: int) -> None:
    """One byte less is what a modulus that does not fill its first byte leaves."""
    key = rsa_key(1024)
    result = checked(dg15(key), signed(key, representative(1024 - missing_bits, "sha1")))
    assert (result.outcome is Outcome.SUCCESSFUL) == (missing_bits == 8)


@pytest.mark.parametrize("length", [223, 231, 255])
def test_an_answer_that_was_cut_is_no_sign_of_a_copy(length: int) -> None:
    """A chip of Australia: 9000, and as much of the signature as a short response holds."""
    key = rsa_key(2048)
    signature = signed(key, representative(2048, "sha256"))
    result = checked(dg15(key), signature[:length])
    assert result.outcome is Outcome.UNDETERMINED
    assert result.detail == f"the answer was cut, {length} of 256 bytes came"
    other = checked(dg15(rsa_key(1024)), signature[:length])
    assert other.outcome is Outcome.FAILED
    assert checked(dg15(key), signature[:200]).outcome is Outcome.FAILED


def test_an_empty_answer_fails() -> None:
    result = checked(dg15(rsa_key(2048)), b"")
    assert (result.outcome, result.detail) == (Outcome.FAILED, "the chip answered nothing")


@pytest.mark.parametrize(
    ("f", "fault"),
    [
        (representative(1024, "sha256", header=0x4A), "not one of this key"),
        (representative(1024, "sha256", trailer="99CC"), "no known hash"),
        (representative(1024, "sha1", trailer="0C"), "no known hash"),
        (b"\x6b" + b"\xbb" * 125 + b"\x34\xcc", "no end"),
        (b"\x6b" + b"\xbb" * 120 + b"\xba" + bytes(5) + b"\xbc", "too short"),
        (b"\x6a\x01\xbc", "not one of this key"),
        (b"\x6a\xbc", "not one of this key"),
    ],
)
def test_rsa_of_another_shape(f: bytes, fault: str) -> None:
    key = rsa_key(1024)
    result = checked(dg15(key), signed(key, f))
    assert result.outcome is Outcome.FAILED
    assert fault in result.detail


def test_rsa_that_is_wrong() -> None:
    key, other = rsa_key(1024), rsa_key(2048)
    good = signed(key, representative(1024, "sha1"))
    for raw, signature in [(dg15(other), good), (dg15(key), b"\xff" * 128), (dg15(key), b"")]:
        assert checked(raw, signature).outcome is Outcome.FAILED
    cut = checked(dg15(key), good[:100])
    assert "(100 of 128 bytes came)" in cut.detail


CURVES = [
    ec.SECP192R1(),
    ec.SECP224R1(),
    ec.SECP256R1(),
    ec.SECP384R1(),
    ec.SECP521R1(),
    ec.BrainpoolP256R1(),
    ec.BrainpoolP384R1(),
    ec.BrainpoolP512R1(),
]


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
@pytest.mark.parametrize("hash_name", HASHES)
@pytest.mark.parametrize("plain", [False, True])
def test_ecdsa(curve: ec.EllipticCurve, hash_name: str, *, plain: bool) -> None:
    key = ec.generate_private_key(curve)
    signature = key.sign(CHALLENGE, ec.ECDSA(HASHES[hash_name]))
    if plain:
        size = (curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(signature)
        signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    result = checked(dg15(key), signature)
    assert result.outcome is Outcome.SUCCESSFUL
    assert result.detail.endswith(hash_name)


def dg14(signature_algorithm: str) -> bytes:
    oid = bytes.fromhex(signature_algorithm)
    info = encode(0x06, bytes.fromhex("678108010105")) + b"\x02\x01\x01" + encode(0x06, oid)
    return encode(0x6E, encode(0x31, encode(0x30, info)))


PLAIN_SHA256 = "04007F00070101040103"
PLAIN_SHA384 = "04007F00070101040104"


def test_the_hash_that_dg14_states_is_the_hash() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    signature = key.sign(CHALLENGE, ec.ECDSA(hashes.SHA256()))
    raw = dg15(key)
    assert checked(raw, signature, dg14=dg14(PLAIN_SHA256)).outcome is Outcome.SUCCESSFUL
    assert checked(raw, signature, dg14=dg14(PLAIN_SHA384)).outcome is Outcome.FAILED
    assert checked(raw, signature, dg14=b"\x6e\x00").outcome is Outcome.SUCCESSFUL
    # ecdsa with an unknown hash: as if nothing were stated
    assert checked(raw, signature, dg14=dg14("2A03")).outcome is Outcome.SUCCESSFUL


def test_ecdsa_that_is_wrong() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    for signature in (b"", b"\x00" * 64, b"\x30\x00", os.urandom(64), os.urandom(63)):
        assert checked(dg15(key), signature).outcome is Outcome.FAILED


def test_a_refusal_fails() -> None:
    result = checked(dg15(rsa_key(1024)), b"", StatusWord(0x6982))
    assert result.outcome is Outcome.FAILED
    assert result.detail == "the chip refused to sign, status 6982"


def test_a_signature_too_long_for_the_link_accuses_nobody() -> None:
    long, fits = dg15(rsa_key(2048)), dg15(rsa_key(1024))
    wrong_length = StatusWord(0x6700)
    assert checked(long, b"", wrong_length).outcome is Outcome.UNDETERMINED
    # What fits into every answer is not too long, whatever a copy says.
    assert checked(fits, b"", wrong_length).outcome is Outcome.FAILED
    elliptic = dg15(ec.generate_private_key(ec.SECP521R1()))
    assert checked(elliptic, b"", wrong_length).outcome is Outcome.FAILED


def test_an_unusable_key_fails() -> None:
    result = checked(encode(0x6F, b"?"), b"signature")
    assert result.outcome is Outcome.FAILED
    assert result.detail.startswith("the key cannot be used: ")


def test_a_machine_that_cannot_tell_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: object) -> bool:
        raise libcrypto.LibcryptoUnavailable("no libcrypto")

    monkeypatch.setattr(libcrypto, "verify_ecdsa", unavailable)
    point = bytes.fromhex(
        "040D9029AD2C7E5CF4340823B2A87DC68C9E4CE3174C1E6EFDEE12C07D"
        "58AA56F772C0726F24C6B89E4ECDAC24354B9E99CAA3F6D3761402CD"
    )
    oids = bytes.fromhex("06072A8648CE3D020106092B2403030208010105")
    spki = encode(0x30, encode(0x30, oids) + encode(0x03, b"\x00" + point))
    assert checked(encode(0x6F, spki), bytes(56)).outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("bits", "le", "extended"), [(1024, 256, False), (1848, 256, False), (2048, 256, True)]
)
def test_long_signatures_are_asked_for_in_extended_form(
    bits: int, le: int, *, extended: bool
) -> None:
    seen: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        seen.append(command)
        return ResponseApdu(b"signature", OK)

    conversation = challenge_chip(
        dg15(rsa_key(bits)), lambda _: CHALLENGE, longest_short_answer=231
    )
    answered = carry(conversation, transmit)
    assert answered == ChallengeResponse(CHALLENGE, b"signature", OK)
    assert (seen[0].le, seen[0].is_extended, seen[0].data) == (le, extended, CHALLENGE)


def test_a_reader_without_extended_form_asks_in_short() -> None:
    conversation = challenge_chip(dg15(rsa_key(2048)), os.urandom, longest_short_answer=None)
    assert not next(conversation).is_extended
    conversation.close()


def test_a_signature_in_pieces_is_put_together() -> None:
    pieces = [("61C8", 56), ("6100", 100), ("9000", 100)]
    seen: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        seen.append(command)
        sw, size = pieces[len(seen) - 1]
        return ResponseApdu(bytes(size), StatusWord(int(sw, 16)))

    answered = carry(
        challenge_chip(dg15(rsa_key(2048)), os.urandom, longest_short_answer=231), transmit
    )
    assert answered is not None
    assert (len(answered.signature), answered.status) == (256, OK)
    assert [(c.ins, c.le) for c in seen[1:]] == [(0xC0, 200), (0xC0, 256)]


def asked(
    answers: list[tuple[int, int]], bits: int = 2048, longest: int | None = 231
) -> tuple[ChallengeResponse, list[CommandApdu]]:
    """Have a chip give these answers: status and number of bytes."""
    seen: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        seen.append(command)
        value, size = answers[len(seen) - 1]
        return ResponseApdu(bytes((len(seen),)) * size, StatusWord(value))

    challenges = iter((CHALLENGE, CHALLENGE[::-1]))
    conversation = challenge_chip(
        dg15(rsa_key(bits)), lambda _: next(challenges), longest_short_answer=longest
    )
    answered = carry(conversation, transmit)
    assert answered is not None
    assert len(seen) == len(answers)
    return answered, seen


@pytest.mark.parametrize("size", [0, 231])
def test_a_signature_that_was_cut_is_asked_for_in_short_form(size: int) -> None:
    answered, seen = asked([(0x9000, size), (0x6125, 231), (0x9000, 25)])
    assert len(answered.signature) == 256
    assert answered.challenge == CHALLENGE[::-1]
    assert [c.is_extended for c in seen] == [True, False, False]
    assert seen[0].data != seen[1].data


def test_an_elliptic_curve_signature_is_asked_for_in_short_form() -> None:
    raw = dg15(ec.generate_private_key(ec.SECP521R1()))
    conversation = challenge_chip(raw, os.urandom, longest_short_answer=231)
    command = next(conversation)
    assert (command.le, command.is_extended) == (256, False)
    conversation.close()


def test_what_was_longer_counts_when_neither_form_is_whole() -> None:
    answered, _ = asked([(0x9000, 231), (0x6700, 0)])
    assert (len(answered.signature), answered.status) == (231, OK)
    assert answered.challenge == CHALLENGE


def test_a_refusal_in_extended_form_is_left_to_the_caller() -> None:
    answered, _ = asked([(0x6700, 0)])
    assert answered.status == StatusWord(0x6700)


def test_a_chip_that_names_the_length_it_wants() -> None:
    answered, seen = asked([(0x6C00, 0), (0x9000, 256)], longest=None)
    assert len(answered.signature) == 256
    assert [(c.ins, c.le) for c in seen] == [(0x88, 256)] * 2
    _, seen = asked([(0x6C80, 0), (0x9000, 128)], bits=1024)
    assert [c.le for c in seen] == [256, 128]


def test_all_of_an_answer_may_have_to_be_fetched() -> None:
    answered, seen = asked([(0x6180, 0), (0x9000, 128)], bits=1024)
    assert (len(answered.signature), answered.status) == (128, OK)
    assert [(c.ins, c.le) for c in seen] == [(0x88, 256), (0xC0, 128)]


def test_pieces_of_nothing_end() -> None:
    answered, seen = asked([(0x6110, 0)] * 33, bits=1024)
    assert not answered.signature
    assert len(seen) == 33


def test_pieces_end() -> None:
    conversation = challenge_chip(dg15(rsa_key(1024)), os.urandom, longest_short_answer=231)
    answered = carry(conversation, lambda _: ResponseApdu(b"x" * 50, StatusWord(0x6101)))
    assert answered is not None
    assert len(answered.signature) == 150
    assert answered.status.sw1 == 0x61


def test_a_file_without_a_key_is_not_challenged() -> None:
    def transmit(_: CommandApdu) -> ResponseApdu:
        raise AssertionError

    assert (
        carry(challenge_chip(b"\x6f\x00", os.urandom, longest_short_answer=231), transmit) is None
    )


def test_security_infos_are_bounded() -> None:
    infos = encode(0x31, encode(0x30, b"\x06\x01\x2a\x05\x00") * 65)
    with pytest.raises(Asn1Malformed, match="more than 64"):
        SecurityInfos.parse(infos)
