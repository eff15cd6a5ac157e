"""PACE from the chip's side: every combination opens it, and everything else is refused."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import CARD_ACCESS, Chip, Interface
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.pace import Pace, passwords_of
from hardware_mocks.chip.pace_offer import AgreementName, MappingName, PaceOffer
from hardware_mocks.chip.pace_run import pseudo_random
from hardware_mocks.tlv import elements, encode
from tests.pace_terminal import (
    AGREEMENT,
    AUTHENTICATION,
    MAPPING,
    NONCE,
    PaceTerminal,
    chip_authentication_data,
    value_of,
)

LINES = ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<"))
CAN = "123456"
PASSWORDS = passwords_of("L898902C<369080619406236", CAN)
SELECT_APPLICATION = bytes.fromhex("00A4040C07A0000002471001")
READ_DG1 = bytes.fromhex("00B0810000")
GET_CHALLENGE = bytes.fromhex("0084000008")
DG1 = bytes(range(120))
BIG_FILE = bytes(range(256)) * 160
CHIP_KEY = 0x1F2E3D4C5B6A
OFFER = PaceOffer()


def made_chip(*offers: PaceOffer, can: str = CAN, basic_access: bool = False) -> Chip:
    document = Document(
        LINES,
        can,
        {0x0101: DG1, 0x0102: BIG_FILE},
        master_files={0x011D: b"0\x03abc"},
        basic_access=basic_access,
        pace=offers,
        pace_cam_keys={offer.reference: CHIP_KEY for offer in offers},
    )
    return Chip(document)


def terminal_of(offer: PaceOffer = OFFER, chip: Chip | None = None) -> PaceTerminal:
    return PaceTerminal(chip or made_chip(offer), offer, PASSWORDS[1])


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


def test_a_wrong_password_shows_in_the_last_step_and_opens_nothing() -> None:
    terminal = terminal_of()
    terminal.password = b"654321"
    terminal.choose(reference=2)
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    assert terminal.authenticate() == Reply(0x6300)
    assert terminal.send(SELECT_APPLICATION) == Reply(0x9000)
    assert terminal.send(READ_DG1) == Reply(0x6982)


def test_a_wrong_token_ends_the_run() -> None:
    terminal = terminal_of()
    terminal.choose()
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    right = terminal.token(terminal.chip_public)
    assert terminal.step(AUTHENTICATION, right[:-1]) == Reply(0x6300)
    assert terminal.step(AUTHENTICATION, right) == Reply(0x6985)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("800A04007F00070202040202830101", 0x9000),
        ("830101800A04007F00070202040202", 0x9000),  # any order (§9.3.3)
        ("800A04007F0007020204020283010184010C", 0x9000),
        ("800A04007F000702020402028301015F2A00", 0x9000),  # an object that is not specified
        ("800A04007F00070202040202830102", 0x9000),
        ("800A04007F00070202040202830103", 0x6A88),  # a PIN, which this chip does not have
        ("800A04007F0007020204020283010184010D", 0x6A88),  # other domain parameters
        ("800A04007F00070202040203830101", 0x6A80),  # AES-192, which it does not offer
        ("800906007F000702020402830101", 0x6A80),
        ("830101", 0x6A80),
        ("800A04007F00070202040202", 0x6A80),
        ("800A04007F0007020204020283020001", 0x6A80),
        ("800A04007F000702020402028301018402000C", 0x6A80),
        ("800A04007F00070202040202830101830101", 0x6A80),
        ("800A04007F00070202040202830102FF", 0x6A80),
        ("", 0x6A80),
    ],
)
def test_set_template(data: str, status: int) -> None:
    body = bytes.fromhex(data)
    terminal = terminal_of()
    length = bytes([len(body)]) if body else b""
    assert terminal.send(bytes.fromhex("0022C1A4") + length + body) == Reply(status)
    assert terminal.step(NONCE, b"").sw == (0x9000 if status == 0x9000 else 0x6985)


def test_a_document_without_access_number_does_not_know_that_password() -> None:
    terminal = terminal_of(chip=made_chip(OFFER, can=""))
    assert terminal.choose(reference=2) == Reply(0x6A88)


def test_several_domain_parameters_want_a_reference() -> None:
    offers = (OFFER, PaceOffer(parameter_id=13), PaceOffer(parameter_id=13, explicit=True))
    chip = made_chip(*offers)
    for offer in offers:
        terminal = terminal_of(offer, chip)
        assert terminal.choose() == Reply(0x6A88)
        assert terminal.open(parameters=offer.reference).send(SELECT_APPLICATION).sw == 0x9000
        chip.reset()


def _spoil_step(number: int, value: Callable[[PaceTerminal], bytes]) -> Reply:
    """Take the steps before rightly, then this one with another value."""
    terminal = terminal_of()
    terminal.choose()
    for step in (terminal.get_nonce, terminal.map_nonce, terminal.agree)[: number - 1]:
        step()
    reply = terminal.step(number, value(terminal))
    assert terminal.step(number, value(terminal)) == Reply(0x6985)  # the run is over
    return reply


@pytest.mark.parametrize("number", [MAPPING, AGREEMENT])
@pytest.mark.parametrize(
    "public",
    [
        b"",
        b"\x00",
        b"\x04" + bytes(64),
        OFFER.group.generator[:-1] + b"\x00",
        OFFER.group.generator + b"\x00",
        b"\x02" + OFFER.group.generator[1:33],
        PaceOffer(parameter_id=13).group.generator,
    ],
)
def test_points_off_the_curve_are_refused(number: int, public: bytes) -> None:
    assert _spoil_step(number, lambda _: public) == Reply(0x6A80)


def test_the_public_keys_of_both_sides_must_differ() -> None:
    chip = Chip(Document(LINES, CAN, {}, pace=(OFFER,)), random=lambda length: b"\x01" * length)
    terminal = terminal_of(chip=chip)
    terminal.choose()
    terminal.get_nonce()
    own = OFFER.group.public_key(int.from_bytes(b"\x01" * 32, "big"))
    assert terminal.step(MAPPING, own) == Reply(0x6300)


@pytest.mark.parametrize("cipher", list(SUITES))
def test_the_nonce_of_integrated_mapping_is_as_long_as_a_key(cipher: CipherName) -> None:
    for wrong in (-1, 1):
        terminal = terminal_of(PaceOffer("IM", "ECDH", cipher))
        terminal.choose()
        terminal.get_nonce()
        length = SUITES[cipher].key_bytes + wrong
        assert terminal.step(MAPPING, bytes(length)) == Reply(0x6A80)


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


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
@pytest.mark.parametrize("number", [NONCE, MAPPING, AGREEMENT, AUTHENTICATION])
def test_steps_out_of_order(taken: int, number: int) -> None:
    terminal = terminal_of()
    terminal.choose()
    for step in (terminal.get_nonce, terminal.map_nonce, terminal.agree)[:taken]:
        step()
    if number != taken + 1:
        assert terminal.step(number, OFFER.group.generator) == Reply(0x6985)
        assert terminal.step(taken + 1, OFFER.group.generator) == Reply(0x6985)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00860000027C0000", 0x6985),  # the first step is not the last of a chain
        ("10860001027C0000", 0x6A86),
        ("1086000000", 0x6A80),
        ("10860000027D0000", 0x6A80),
        ("10860000047C00 7C0000", 0x6A80),
        ("10860000047C02800000", 0x6A80),
        ("10860000027C0500", 0x6A80),
        ("10860000027C00", 0x6700),  # no room for an answer
        ("10860000027C0013", 0x6700),
        ("00B09C0000", 0x9000),  # anything else is answered, and ends the run
        ("10A4020C02011C", 0x6884),
        ("90860000027C0000", 0x6E00),
    ],
)
def test_what_else_may_come_first(command: str, status: int) -> None:
    terminal = terminal_of()
    terminal.choose()
    assert terminal.send(bytes.fromhex(command)).sw == status
    # A command of another class never reached the card's interpreter.
    assert terminal.step(NONCE, b"").sw == (0x9000 if status == 0x6E00 else 0x6985)


def test_the_last_step_must_end_the_chain() -> None:
    terminal = terminal_of()
    terminal.choose()
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    body = encode(0x7C, encode(0x85, terminal.token(terminal.chip_public)))
    command = b"\x10\x86\0\0" + bytes([len(body)]) + body + b"\0"
    assert terminal.send(command) == Reply(0x6985)


def test_the_last_step_grants_nothing_when_its_answer_has_no_room() -> None:
    terminal = terminal_of()
    terminal.choose()
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    body = encode(0x7C, encode(0x85, terminal.token(terminal.chip_public)))
    assert terminal.send(b"\0\x86\0\0" + bytes([len(body)]) + body) == Reply(0x6700)
    terminal.send(SELECT_APPLICATION)
    assert terminal.send(READ_DG1) == Reply(0x6982)


def test_it_is_run_in_the_master_file() -> None:
    terminal = terminal_of()
    terminal.send(SELECT_APPLICATION)
    assert terminal.choose() == Reply(0x6985)
    terminal.send(bytes.fromhex("00A4000C023F00"))
    assert terminal.open().send(SELECT_APPLICATION).sw == 0x9000


def test_a_reset_ends_a_run() -> None:
    terminal = terminal_of()
    terminal.choose()
    terminal.chip.reset()
    assert terminal.step(NONCE, b"") == Reply(0x6985)


def test_general_authenticate_without_template() -> None:
    assert terminal_of().step(NONCE, b"") == Reply(0x6985)


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


def test_a_document_that_only_pace_opens_has_no_basic_access() -> None:
    terminal = terminal_of()
    assert terminal.send(GET_CHALLENGE) == Reply(0x6A88)
    terminal.send(SELECT_APPLICATION)
    assert terminal.send(GET_CHALLENGE) == Reply(0x6A88)
    assert terminal.send(bytes.fromhex("0082000028" + "00" * 40 + "28")) == Reply(0x6A88)
    terminal.send(bytes.fromhex("00A4000C023F00"))
    assert terminal.open().send(GET_CHALLENGE) == Reply(0x6D00)  # left to others


def test_basic_access_may_stand_beside_pace() -> None:
    terminal = terminal_of(chip=made_chip(OFFER, basic_access=True))
    terminal.send(SELECT_APPLICATION)
    assert len(terminal.send(GET_CHALLENGE).data) == 8


@pytest.mark.parametrize(("announced", "expected"), [(True, [0x86, 0x87, 0x88]), (False, [0x86])])
def test_authority_references_for_terminal_authentication(
    announced: bool,  # noqa: FBT001
    expected: list[int],
) -> None:
    chip = made_chip(OFFER)
    authorities = (b"UTCVCA00003", b"UTCVCA00002", b"UTCVCA00001")
    pace = Pace((OFFER,), PASSWORDS, lambda length: b"\x07" * length, authorities=authorities)
    chip._mechanisms = [pace]
    terminal = terminal_of(chip=chip)
    terminal.choose(more=encode(0x7F4C, b"\x06\x00\x53\x00") if announced else b"")
    terminal.get_nonce()
    terminal.map_nonce()
    terminal.agree()
    (template,) = elements(terminal.authenticate().data)
    parts = elements(template.value)
    assert [part.tag for part in parts] == expected
    assert [part.value for part in parts[1:]] == list(authorities[: len(expected) - 1])


@pytest.mark.parametrize(
    ("mapping", "agreement", "cipher", "number"),
    [
        ("CAM", "DH", "AES-128", 0),
        ("CAM", "ECDH", "3DES", 12),
        ("GM", "DH", "AES-128", 12),
        ("GM", "ECDH", "AES-128", 0),
        ("GM", "ECDH", "AES-128", 7),
        ("GM", "ECDH", "DES", 12),
        ("XM", "ECDH", "AES-128", 12),
        ("IM", "ECDH", "AES-128", 10),
    ],
)
def test_combinations_that_do_not_exist(
    mapping: MappingName, agreement: AgreementName, cipher: CipherName, number: int
) -> None:
    with pytest.raises(ValueError, match=r"no|only|not"):
        PaceOffer(mapping, agreement, cipher, number)


def test_chip_authentication_mapping_needs_its_key() -> None:
    with pytest.raises(ValueError, match="no key"):
        Chip(Document(LINES, CAN, {}, pace=(PaceOffer("CAM"),)))


def test_other_templates_are_left_to_other_mechanisms() -> None:
    pace = Pace((OFFER,), PASSWORDS, bytes)
    chip = made_chip(OFFER)
    chip._mechanisms = [pace]
    for header in ("002281A4", "002241A6", "002241A4"):
        assert chip.transmit(bytes.fromhex(header + "03830101")) == b"\x6d\x00"
