"""PACE against chips that refuse, cheat, or send what cannot be."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from egate.emrtd.access.card_access import PaceMapping, PaceOffer
from egate.emrtd.access.pace import NonceInvalid, PaceOpening, open_with_pace
from egate.emrtd.access.password import (
    CardAccessNumber,
    CardAccessNumberInvalid,
    password_reference,
)
from egate.emrtd.access.pseudo_random_mapping import pseudo_random
from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.key_agreement_errors import MappingNotPossible, PublicKeyInvalid
from egate.emrtd.errors import (
    AccessDenied,
    DocumentRejected,
    SecureMessagingBroken,
    TlvMalformed,
    UnexpectedStatus,
)
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.tlv import decode_one, encode, find
from tests.pace_counterpart import PaceChip, talk

CAN = CardAccessNumber("004711")
GM = PaceOffer(
    "0.4.0.127.0.7.2.2.4.2.2",
    PaceMapping.GENERIC,
    SmAlgorithm.AES_128,
    standardised(12),
    12,
    needs_reference=False,
)
IM = replace(GM, oid="0.4.0.127.0.7.2.2.4.4.2", mapping=PaceMapping.INTEGRATED)
CAM = replace(GM, oid="0.4.0.127.0.7.2.2.4.6.2", mapping=PaceMapping.CHIP_AUTHENTICATION)
DH = replace(GM, oid="0.4.0.127.0.7.2.2.4.1.2", domain=standardised(0), parameter_id=0)
GM_3DES = replace(GM, oid="0.4.0.127.0.7.2.2.4.2.1", cipher=SmAlgorithm.TDES)


def counting(start: int) -> Callable[[int], bytes]:
    numbers = count(start)
    return lambda size: next(numbers).to_bytes(size, "big")


def attempt(chip: PaceChip) -> PaceOpening:
    return talk(open_with_pace(chip.offer, CAN, counting(100)), chip.answer)


def chip_of(offer: PaceOffer, **replaced: bytes | int) -> PaceChip:
    """Return a chip that answers ``stepN`` with what is given, content of 7C or status."""
    steps = {int(name.removeprefix("step")): answer for name, answer in replaced.items()}
    return PaceChip(offer, CAN, counting(500), steps)


# --- refusals by status


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (0, "MSE:Set AT"),
        (1, "PACE, encrypted nonce"),
        (2, "PACE, mapping"),
        (3, "PACE, key agreement"),
    ],
)
@pytest.mark.parametrize("offer", [GM, IM, DH], ids=["GM", "IM", "DH"])
def test_a_step_refused_before_passwords_matter(offer: PaceOffer, step: int, name: str) -> None:
    with pytest.raises(UnexpectedStatus) as refused:
        attempt(chip_of(offer, **{f"step{step}": 0x6985}))
    assert (refused.value.step, refused.value.status) == (name, StatusWord(0x6985))


@pytest.mark.parametrize("status", [0x6300, 0x6A80, 0x6982, 0x63C2])
def test_step_4_refused_is_a_wrong_password(status: int) -> None:
    with pytest.raises(AccessDenied, match=f"status {status:04X}"):
        attempt(chip_of(GM, step4=status))


# --- the reference to the domain parameters (quirk 12)


def templates(chip: PaceChip) -> list[str]:
    return [command.data.hex() for command in chip.commands if command.ins == 0x22]


PLAIN = "800a04007f00070202040202830102"


@pytest.mark.parametrize("offer", [GM, DH], ids=["12", "0"])
def test_a_chip_that_wants_the_reference_gets_it_at_the_second_try(offer: PaceOffer) -> None:
    chip = chip_of(replace(offer, needs_reference=True))
    talk(open_with_pace(offer, CAN, counting(100)), chip.answer)
    first, second = templates(chip)
    assert second == first + f"8401{offer.parameter_id:02x}"


def test_a_chip_that_wants_no_reference_gets_none_at_the_second_try() -> None:
    chip = chip_of(GM)
    talk(open_with_pace(replace(GM, needs_reference=True), CAN, counting(100)), chip.answer)
    assert templates(chip) == [PLAIN + "84010c", PLAIN]


def test_a_chip_that_objects_only_when_asked_for_the_nonce() -> None:
    chip = chip_of(GM)

    def answer(command: CommandApdu) -> ResponseApdu:
        if len(chip.commands) == 1:
            chip.commands.append(command)
            return ResponseApdu(b"", StatusWord(0x6A88))
        return chip.answer(command)

    chip.replaced = {0: b""}
    talk(open_with_pace(GM, CAN, counting(100)), answer)
    assert templates(chip) == [PLAIN, PLAIN + "84010c"]


def test_a_long_identifier_is_sent_in_as_many_bytes_as_it_takes() -> None:
    offer = replace(GM, parameter_id=0x1234, needs_reference=True)
    chip = chip_of(offer)
    attempt(chip)
    assert templates(chip) == [PLAIN + "84021234"]


@pytest.mark.parametrize("status", [0x6A80, 0x6A88])
def test_there_are_two_tries_and_no_more(status: int) -> None:
    chip = chip_of(GM, step0=status)
    with pytest.raises(UnexpectedStatus, match=f"MSE:Set AT: status {status:04X}"):
        attempt(chip)
    assert len(chip.commands) == 2


def test_what_has_no_identifier_has_one_try() -> None:
    chip = chip_of(replace(GM, parameter_id=None), step0=0x6A80)
    with pytest.raises(UnexpectedStatus):
        attempt(chip)
    assert len(chip.commands) == 1


# --- nonces


@pytest.mark.parametrize(
    ("offer", "length"),
    [(GM, 0), (GM, 8), (GM, 17), (GM, 80), (GM_3DES, 12), (IM, 32), (IM, 8)],
)
def test_nonces_that_cannot_be(offer: PaceOffer, length: int) -> None:
    with pytest.raises(NonceInvalid, match=f"a nonce of {length} bytes"):
        attempt(chip_of(offer, step1=encode(0x80, bytes(length))))


@pytest.mark.parametrize(
    ("offer", "length"),
    [
        (GM, 16),
        (GM, 32),
        (GM_3DES, 8),
        (GM_3DES, 16),
        (replace(GM, oid="0.4.0.127.0.7.2.2.4.2.4", cipher=SmAlgorithm.AES_256), 16),
    ],
)
def test_nonces_of_other_lengths_map_too(offer: PaceOffer, length: int) -> None:
    chip = chip_of(offer, step1=encode(0x80, bytes(length)))
    with pytest.raises(AccessDenied):  # the test's chip knows another nonce
        attempt(chip)
    assert len(chip.commands) == 5


# --- what a chip sends instead of a key


P256_OFF_CURVE = b"\x04" + bytes(63) + b"\x01"
LOW_ORDER = (1).to_bytes(128, "big")
CASES = [
    (GM, b"\x00"),
    (GM, P256_OFF_CURVE),
    (GM, bytes(600)),
    (GM, b""),
    (DH, LOW_ORDER),
    (DH, b"\x02"),
    (DH, bytes(600)),
    (DH, b""),
]


@pytest.mark.parametrize(("offer", "public"), CASES)
@pytest.mark.parametrize(("step", "tag"), [(2, 0x82), (3, 0x84)])
def test_keys_outside_the_group(offer: PaceOffer, public: bytes, step: int, tag: int) -> None:
    with pytest.raises(PublicKeyInvalid):
        attempt(chip_of(offer, **{f"step{step}": encode(tag, public)}))


@pytest.mark.parametrize("offer", [GM, DH], ids=["ECDH", "DH"])
@pytest.mark.parametrize("step", [2, 3])
@pytest.mark.parametrize("padding", [b"", b"\x00"])
def test_our_own_key_is_refused(offer: PaceOffer, step: int, padding: bytes) -> None:
    """A longer form of it is no key at all on a curve, and the same key in DH."""
    chip = chip_of(offer)
    tag = {2: 0x81, 3: 0x83}[step]

    def answer(command: CommandApdu) -> ResponseApdu:
        usual = chip.answer(command)
        if len(chip.commands) != step + 1:
            return usual
        ours = find(decode_one(command.data, 0x7C), tag)
        return ResponseApdu(encode(0x7C, encode(tag + 1, padding + ours)), OK)

    reason = "not an uncompressed" if padding and offer is GM else "repeats"
    with pytest.raises(PublicKeyInvalid, match=reason):
        talk(open_with_pace(offer, CAN, counting(100)), answer)


def test_a_mapping_into_the_identity() -> None:
    """A chip that knows the password could aim at it; then there is nothing to agree on."""
    chip = chip_of(GM)

    def answer(command: CommandApdu) -> ResponseApdu:
        usual = chip.answer(command)
        if len(chip.commands) != 3:
            return usual
        order = GM.domain.order
        nonce = int.from_bytes(chip.nonce, "big")
        aimed = GM.domain.public_key(-nonce * pow(100, -1, order) % order)
        return ResponseApdu(encode(0x7C, encode(0x82, aimed)), OK)

    with pytest.raises(MappingNotPossible):
        talk(open_with_pace(GM, CAN, counting(100)), answer)


# --- data objects that are missing or cut


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("content", [b"", b"\x99\x00", b"\x82", b"\x82\x10\x04"])
def test_answers_without_their_object(step: int, content: bytes) -> None:
    with pytest.raises(TlvMalformed):
        attempt(chip_of(GM, **{f"step{step}": content}))


def test_an_answer_without_its_template() -> None:
    chip = chip_of(GM)
    with pytest.raises(TlvMalformed, match="7C"):
        talk(
            open_with_pace(GM, CAN, counting(100)),
            lambda command: ResponseApdu(b"\x80\x00" if command.ins == 0x86 else b"", OK),
        )
    assert not chip.commands


@pytest.mark.parametrize("content", [b"", encode(0x82, b""), b"\x82"])
def test_the_integrated_mapping_needs_no_answer(content: bytes) -> None:
    attempt(chip_of(IM, step2=content))


# --- tokens


def spoiled_token(chip: PaceChip, change: Callable[[bytes], bytes]) -> None:
    def answer(command: CommandApdu) -> ResponseApdu:
        usual = chip.answer(command)
        if len(chip.commands) != 5:
            return usual
        return ResponseApdu(encode(0x7C, change(usual.data[2:])), OK)

    talk(open_with_pace(chip.offer, CAN, counting(100)), answer)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-1] + bytes((content[-1] ^ 1,)),
        lambda content: b"\x86\x07" + content[2:9],
        lambda _: b"\x86\x00",
        lambda _: b"",
        lambda content: b"\x85" + content[1:],
    ],
    ids=["wrong", "short", "empty", "missing", "other tag"],
)
@pytest.mark.parametrize("offer", [GM, GM_3DES, DH], ids=["AES", "3DES", "DH"])
def test_a_wrong_token_is_a_wrong_password(
    offer: PaceOffer, change: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(AccessDenied, match="the chip's token is wrong"):
        spoiled_token(chip_of(offer), change)


def test_a_chip_that_reflects_our_token() -> None:
    chip = chip_of(GM)

    def answer(command: CommandApdu) -> ResponseApdu:
        usual = chip.answer(command)
        if len(chip.commands) != 5:
            return usual
        return ResponseApdu(encode(0x7C, encode(0x86, command.data[4:])), OK)

    with pytest.raises(AccessDenied, match="token"):
        talk(open_with_pace(GM, CAN, counting(100)), answer)


# --- chip authentication data


def change_of_proof(change: Callable[[bytes], bytes]) -> bytes | None:
    chip = chip_of(CAM)

    def answer(command: CommandApdu) -> ResponseApdu:
        usual = chip.answer(command)
        if len(chip.commands) != 5:
            return usual
        token, proof = usual.data[2:12], usual.data[14:]
        return ResponseApdu(encode(0x7C, token + change(proof)), OK)

    opening = talk(open_with_pace(CAM, CAN, counting(100)), answer)
    return opening.chip_authentication_data


def test_data_that_cannot_be_decrypted_are_empty() -> None:
    assert len(change_of_proof(lambda proof: encode(0x8A, proof)) or b"") == 32
    assert change_of_proof(lambda _: b"") == b""
    assert change_of_proof(lambda _: encode(0x8A, b"")) == b""
    assert change_of_proof(lambda proof: encode(0x8A, proof[:-1])) == b""
    assert change_of_proof(lambda proof: encode(0x8A, proof[:-16])) == b""
    assert change_of_proof(lambda proof: encode(0x8A, proof + b"\x00")) == b""


def test_data_that_were_not_asked_for_are_ignored() -> None:
    chip = chip_of(GM)

    def answer(command: CommandApdu) -> ResponseApdu:
        usual = chip.answer(command)
        if len(chip.commands) != 5:
            return usual
        return ResponseApdu(encode(0x7C, usual.data[2:] + encode(0x8A, bytes(48))), OK)

    opening = talk(open_with_pace(GM, CAN, counting(100)), answer)
    assert opening.chip_authentication_data is None


# --- lengths


def test_groups_of_2048_bits_need_the_extended_form() -> None:
    chip = chip_of(replace(DH, domain=standardised(2), parameter_id=2))
    attempt(chip)
    assert [command.is_extended for command in chip.commands] == [False, False, True, True, False]
    assert all(
        command.le is None or command.le >= 256 + 8
        for command in chip.commands
        if command.is_extended
    )


def test_numbers_go_without_leading_zeros() -> None:
    """9303-11 §9.4.1: both keys as they are sent, and in the tokens over them."""
    sent = set()
    for start in range(1, 400):
        chip = chip_of(DH)
        talk(open_with_pace(DH, CAN, counting(start)), chip.answer)
        for step, tag in ((2, 0x81), (3, 0x83)):
            public = find(decode_one(chip.commands[step].data, 0x7C), tag)
            assert public[0] != 0
            sent.add((step, len(public)))
        if {(2, 127), (3, 127)} <= sent:
            return
    pytest.fail("no key of ours began with a zero")


def test_the_channel_dies_with_its_first_error() -> None:
    opening = attempt(chip_of(GM))
    opening.channel.protect(CommandApdu(0x00, 0xB0, 0x00, 0x00, le=1))
    with pytest.raises(SecureMessagingBroken):
        opening.channel.unprotect(ResponseApdu(b"", OK))


# --- the pseudo-random number of the integrated mapping


def test_of_aes_192_keys_are_cut_to_their_length() -> None:
    """No published example has AES-192: this follows figure 2 of the standard by hand."""
    s, t = bytes(range(32)), bytes(range(24))
    c0 = bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676")
    c1 = bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517")

    def cbc(key: bytes, plain: bytes) -> bytes:
        return Cipher(AES(key[:24]), CBC(bytes(16))).encryptor().update(plain)

    k0 = cbc(t, s)
    k1 = cbc(k0, c0)
    expected = cbc(k0, c1) + cbc(k1, c1)
    drawn = pseudo_random(s, t, SmAlgorithm.AES_192, 256)
    assert drawn == int.from_bytes(expected, "big")


# --- passwords


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "12345a", "\uff11" * 6, "12345\n"])
def test_what_is_no_card_access_number(digits: str) -> None:
    with pytest.raises(CardAccessNumberInvalid):
        CardAccessNumber(digits)


def test_passwords_and_proofs_are_not_shown() -> None:
    opening = attempt(chip_of(CAM))
    assert "004711" not in repr(CAN)
    assert (opening.chip_authentication_data or b"").hex() not in repr(opening)
    assert "chip_authentication_data" not in repr(opening)
    assert password_reference(CAN) == 2
    assert password_reference(MrzKey("T22000129", "640812", "101031")) == 1


def test_the_errors_are_of_the_two_kinds() -> None:
    for error in (NonceInvalid, PublicKeyInvalid, MappingNotPossible):
        assert issubclass(error, DocumentRejected)
