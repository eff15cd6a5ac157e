"""PACE from the chip's side: what it refuses, with which status word, and what that ends."""

from collections.abc import Callable

import pytest

from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.pace import Pace
from hardware_mocks.chip.pace_offer import AgreementName, MappingName, PaceOffer
from hardware_mocks.tlv import encode
from tests.pace_chip import (
    CAN,
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
    MAPPING,
    NONCE,
    PaceTerminal,
)


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


def test_a_document_that_only_pace_opens_has_no_basic_access() -> None:
    terminal = terminal_of()
    assert terminal.send(GET_CHALLENGE) == Reply(0x6A88)
    terminal.send(SELECT_APPLICATION)
    assert terminal.send(GET_CHALLENGE) == Reply(0x6A88)
    assert terminal.send(bytes.fromhex("0082000028" + "00" * 40 + "28")) == Reply(0x6A88)
    terminal.send(bytes.fromhex("00A4000C023F00"))
    assert terminal.open().send(GET_CHALLENGE) == Reply(0x6D00)  # left to others


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


@pytest.mark.parametrize(("mapping", "length"), [("GM", 0), ("GM", 24), ("GM", -16), ("IM", 16)])
def test_nonces_that_do_not_exist(mapping: MappingName, length: int) -> None:
    with pytest.raises(ValueError, match="nonce"):
        PaceOffer(mapping, cipher="AES-256", nonce=length)


def test_chip_authentication_mapping_needs_its_key() -> None:
    with pytest.raises(ValueError, match="no key"):
        Chip(Document(LINES, CAN, {}, pace=(PaceOffer("CAM"),)))


def test_other_templates_are_left_to_other_mechanisms() -> None:
    pace = Pace((OFFER,), PASSWORDS, bytes)
    chip = made_chip(OFFER)
    chip._mechanisms = [pace]
    for header in ("002281A4", "002241A6", "002241A4"):
        assert chip.transmit(bytes.fromhex(header + "03830101")) == b"\x6d\x00"
