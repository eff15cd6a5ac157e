"""PACE from the chip's side: every combination opens it, and what can be read then."""

import secrets
from datetime import date

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import CARD_ACCESS, Chip, Interface
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.cv_certificate import CvCertificate
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.pace import Pace
from hardware_mocks.chip.pace_offer import AgreementName, MappingName, PaceOffer
from hardware_mocks.chip.pace_run import pseudo_random
from hardware_mocks.chip.terminal_authentication import TrustPoint
from hardware_mocks.pki.terminals import establish_terminals
from hardware_mocks.tlv import elements, encode
from tests.pace_chip import (
    BIG_FILE,
    CAN,
    CHIP_KEY,
    DG1,
    GET_CHALLENGE,
    LINES,
    OFFER,
    PASSWORDS,
    READ_DG1,
    SELECT_APPLICATION,
    made_chip,
    terminal_of,
)
from tests.pace_terminal import (
    AGREEMENT,
    AUTHENTICATION,
    NONCE,
    PaceTerminal,
    chip_authentication_data,
    value_of,
)


def _families() -> list[PaceOffer]:
    """Every object identifier of 9303-11 §9.2.3, on P-256 or in the smallest MODP group."""
    kinds: list[tuple[MappingName, AgreementName]] = [
        ("GM", "DH"), ("GM", "ECDH"), ("IM", "DH"), ("IM", "ECDH"), ("CAM", "ECDH"),
    ]  # fmt: skip
    ciphers: list[CipherName] = list(SUITES)
    return [
        PaceOffer(mapping, agreement, cipher, 0 if agreement == "DH" else 12)
        for mapping, agreement in kinds
        for cipher in ciphers
        if (mapping, cipher) != ("CAM", "3DES")
    ]


def _domains() -> list[PaceOffer]:
    """Both mappings on all other domain parameters, written out or not."""
    mappings: list[MappingName] = ["GM", "IM"]
    return [
        PaceOffer(
            mapping, "DH" if number < 3 else "ECDH", "AES-256", number, explicit=mapping == "GM"
        )
        for mapping in mappings
        for number in GROUPS
        if (mapping, number) != ("IM", 10)
    ]


def _name(offer: PaceOffer) -> str:
    return f"{offer.agreement}-{offer.mapping}-{offer.cipher}-{offer.group.name}"


@pytest.mark.parametrize("offer", [*_families(), *_domains()], ids=_name)
def test_every_combination_opens_the_chip(offer: PaceOffer) -> None:
    terminal = terminal_of(offer)
    channel = terminal.open()
    assert channel.send(SELECT_APPLICATION).sw == 0x9000
    assert channel.send(READ_DG1) == Reply(0x9000, DG1)
    assert channel.send(bytes.fromhex("00B08200000000")) == Reply(0x9000, BIG_FILE)
    assert channel.send(bytes.fromhex("00B10002045402900080")).data[:2] == b"\x53\x7e"


@pytest.mark.parametrize("cipher", ["AES-128", "AES-192", "AES-256"])
@pytest.mark.parametrize("number", [8, 12, 13, 18])
def test_chip_authentication_mapping_proves_the_key(cipher: CipherName, number: int) -> None:
    offer = PaceOffer("CAM", "ECDH", cipher, number)
    terminal = terminal_of(offer)
    terminal.open()
    assert terminal.session is not None
    encrypted = value_of(terminal.answers[-1], 0x8A)
    data = chip_authentication_data(terminal.session, encrypted)
    group = offer.group
    assert group.multiply(data, group.public_key(CHIP_KEY)) == terminal.mapping_public


def test_other_mappings_prove_no_key() -> None:
    terminal = terminal_of()
    terminal.open()
    (template,) = elements(terminal.answers[-1].data)
    assert [part.tag for part in elements(template.value)] == [0x86]


def test_the_card_access_number_opens_it_too() -> None:
    terminal = terminal_of()
    terminal.password = CAN.encode()
    assert terminal.open(reference=2).send(SELECT_APPLICATION).sw == 0x9000


@pytest.mark.parametrize(
    ("cipher", "constants"),
    [
        ("AES-192", ("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
                     "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517")),
        ("AES-256", ("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
                     "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517")),
    ],
)  # fmt: skip
def test_pseudo_random_number_with_longer_keys(
    cipher: CipherName, constants: tuple[str, str]
) -> None:
    """Figure 2 written out for two rounds; the worked examples have AES-128 only."""
    suite, group = SUITES[cipher], GROUPS[15]  # 384 bits and 64 more: twice 256
    size = suite.key_bytes
    c0, c1 = (bytes.fromhex(constant) for constant in constants)
    s, t = bytes(range(32)), bytes(range(100, 100 + size))

    def cbc(key: bytes, blocks: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
        return encryptor.update(blocks) + encryptor.finalize()

    k0 = cbc(t, s)[:size]
    k1 = cbc(k0, c0)[:size]
    expected = int.from_bytes(cbc(k0, c1) + cbc(k1, c1), "big") % group.field_prime
    assert pseudo_random(suite, group, s, t) == expected


def test_a_padded_number_counts_as_the_number_in_the_token() -> None:
    """A public key data object has no leading zeros (9303-11 §9.4.1), however it was sent."""
    terminal = terminal_of(PaceOffer("GM", "DH", "AES-128", 0))
    group = terminal.offer.group
    terminal.choose()
    terminal.get_nonce()
    terminal.map_nonce()
    private = next(
        private
        for private in range(1, 9999)
        if len(group.public_key(private, terminal.generator)) < 128
    )
    own = group.public_key(private, terminal.generator)
    chip_public = value_of(terminal.step(AGREEMENT, own.rjust(128, b"\0")), 0x84)
    agreed = group.multiply(private, chip_public)
    terminal.session = terminal.offer.suite.session(group.shared_secret(agreed))
    reply = terminal.step(AUTHENTICATION, terminal.token(chip_public))
    assert value_of(reply, 0x86) == terminal.token(own)


def test_it_may_be_run_again_within_the_channel() -> None:
    chip = made_chip(OFFER, PaceOffer("IM", cipher="AES-256"))
    first = terminal_of(chip=chip).open(parameters=12)
    again = PaceTerminal(chip, PaceOffer("IM", cipher="AES-256"), CAN.encode(), channel=first)
    second = again.open(reference=2)
    assert second.send(SELECT_APPLICATION).sw == 0x9000
    assert second.send(READ_DG1) == Reply(0x9000, DG1)
    assert chip.transmit(first.protect(READ_DG1)) == b"\x69\x88"


def test_a_plain_command_ends_the_channel() -> None:
    terminal = terminal_of()
    channel = terminal.open()
    assert channel.send(SELECT_APPLICATION).sw == 0x9000
    assert terminal.send(READ_DG1) == Reply(0x6982)
    assert terminal.chip.transmit(channel.protect(READ_DG1)) == b"\x69\x88"


@pytest.mark.parametrize("cipher", list(SUITES))
def test_a_replayed_or_spoilt_command_ends_the_channel(cipher: CipherName) -> None:
    for spoil in (0, 1):
        terminal = terminal_of(PaceOffer(cipher=cipher))
        channel = terminal.open()
        assert channel.send(SELECT_APPLICATION).sw == 0x9000
        command = bytearray(channel.protect(READ_DG1))
        command[-2] ^= spoil
        if not spoil:
            assert terminal.chip.transmit(bytes(command)) is not None
        assert terminal.chip.transmit(bytes(command)) == b"\x69\x88"
        assert terminal.send(READ_DG1) == Reply(0x6982)


def test_short_answers_of_aes_carry_223_bytes() -> None:
    document = Document(LINES, CAN, {0x0102: BIG_FILE}, pace=(OFFER,))
    chip = Chip(document, Interface(extended_length=False, max_le=256))
    channel = terminal_of(chip=chip).open()
    channel.send(SELECT_APPLICATION)
    raw = chip.transmit(channel.protect(bytes.fromhex("00B0820000")))
    assert raw is not None
    assert len(raw) <= 258
    channel.ssc += 1
    assert channel.send(bytes.fromhex("00B0820000")).data == BIG_FILE[:223]


def test_card_access_is_in_the_master_file() -> None:
    terminal = terminal_of()
    by_short_id = terminal.send(bytes.fromhex("00B09C0000"))
    assert terminal.send(bytes.fromhex("00A4020C02011C")) == Reply(0x9000)
    assert terminal.send(bytes.fromhex("00B0000000")) == by_short_id
    assert by_short_id.data == bytes.fromhex("31143012060A04007F0007020204020202010202010C")
    terminal.send(SELECT_APPLICATION)
    assert terminal.send(bytes.fromhex("00B09C0000")) == Reply(0x6982)


def test_a_chip_without_pace_has_no_card_access() -> None:
    terminal = terminal_of(chip=made_chip(basic_access=True))
    assert terminal.send(bytes.fromhex("00B09C0000")) == Reply(0x6A82)
    assert terminal.choose() == Reply(0x6D00)
    assert terminal.step(NONCE, b"") == Reply(0x6D00)


def test_a_card_access_of_the_document_stands() -> None:
    document = Document(LINES, CAN, {}, master_files={CARD_ACCESS: b"1\0"}, pace=(OFFER,))
    assert Chip(document).transmit(bytes.fromhex("00B09C0000")) == bytes.fromhex("31009000")


def test_card_security_needs_access() -> None:
    terminal = terminal_of()
    assert terminal.send(bytes.fromhex("00B09D0000")) == Reply(0x6982)
    assert terminal.send(bytes.fromhex("00A4020C02011D")) == Reply(0x6982)
    assert terminal.open().send(bytes.fromhex("00B09D0000")) == Reply(0x9000, b"0\x03abc")


def test_basic_access_may_stand_beside_pace() -> None:
    terminal = terminal_of(chip=made_chip(OFFER, basic_access=True))
    terminal.send(SELECT_APPLICATION)
    assert len(terminal.send(GET_CHALLENGE).data) == 8


@pytest.mark.parametrize("announced", [True, False])
def test_the_authority_is_named_to_who_announces_terminal_authentication(
    announced: bool,  # noqa: FBT001
) -> None:
    authority = establish_terminals("UT", "ecdsa", date(2026, 7, 1))
    trust = TrustPoint(authority.cvca.certificate, date(2026, 7, 1))
    chip = Chip(Document(LINES, CAN, {}, pace=(OFFER,), terminal_trust=trust))
    terminal = terminal_of(chip=chip)
    terminal.choose(more=encode(0x7F4C, b"\x06\x00\x53\x00") if announced else b"")
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    (template,) = elements(terminal.authenticate().data)
    told = {part.tag: part.value for part in elements(template.value)}
    reference = CvCertificate.of_file(authority.cvca.certificate).holder
    assert list(told) == ([0x86, 0x87] if announced else [0x86])
    assert told.get(0x87, reference) == reference


def test_the_previous_authority_is_named_too() -> None:
    names = (b"UTCVCA00003", b"UTCVCA00002", b"UTCVCA00001")
    chip = made_chip(OFFER)
    chip._mechanisms = [Pace((OFFER,), PASSWORDS, secrets.token_bytes, authorities=lambda: names)]
    terminal = terminal_of(chip=chip)
    terminal.choose(more=encode(0x7F4C))
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    (template,) = elements(terminal.authenticate().data)
    told = [(part.tag, part.value) for part in elements(template.value)]
    assert told[1:] == [(0x87, names[0]), (0x88, names[1])]


@pytest.mark.parametrize("mapping", ["GM", "CAM"])
@pytest.mark.parametrize("length", [16, 32, 48])
def test_generic_mapping_works_with_a_nonce_of_any_whole_blocks(
    mapping: MappingName, length: int
) -> None:
    terminal = terminal_of(PaceOffer(mapping, cipher="AES-256", nonce=length))
    assert terminal.open().send(SELECT_APPLICATION).sw == 0x9000
    assert len(terminal.nonce) == length
