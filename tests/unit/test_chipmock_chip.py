"""How the simulated chip answers: right status words, and the end of a session on an error."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from hardware_mocks.chip import des
from hardware_mocks.chip.active_authentication import ActiveAuthentication
from hardware_mocks.chip.apdu import Command, Reply, WrongLength, parse
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.secure_messaging import ProtectedChannel, room_within
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.pki import der
from hardware_mocks.tlv import elements
from tests.chip_terminal import GET_CHALLENGE, SELECT_APPLICATION, Terminal, opened_with_bac

BIG_FILE = bytes(range(256)) * 160  # 40,960 bytes: beyond the reach of a 15-bit offset
FILES = {0x011E: b"\x60\x03abc", 0x0101: bytes(range(200)), 0x0102: BIG_FILE}


Opened = Callable[..., Terminal]


def made_chip(interface: Interface | None = None, leaves_after: int | None = None) -> Chip:
    document = Document(
        ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<")), "123456", FILES
    )
    return Chip(document, interface, leaves_after=leaves_after)


@pytest.fixture
def opened() -> Opened:
    """Open a chip with BAC and return the terminal that talks to it."""

    def open_chip(interface: Interface | None = None) -> Terminal:
        return opened_with_bac(made_chip(interface))

    return open_chip


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00A4020C02011E", "6982"),  # a file before access
        ("00B09E0000", "6982"),
        ("00B0000000", "6982"),
        ("0088000008000000000000000000", "6D00"),  # no Active Authentication
        ("00A4040C07A0000002471009", "6A82"),
        ("00A4080C023F00", "6A86"),
        ("0082000028" + "00" * 40 + "28", "6985"),  # no challenge was asked for
        ("00B0", "6700"),
        ("00A4040C09A0000002471001", "6700"),
        ("80CA000000", "6E00"),
        ("0CB0000000", "6988"),  # protected, and nothing protects
        ("00FF0000", "6D00"),
    ],
)
def test_before_access(command: str, status: str) -> None:
    chip = made_chip()
    chip.transmit(SELECT_APPLICATION)
    answer = chip.transmit(bytes.fromhex(command))
    assert answer == bytes.fromhex(status)


def test_the_wrong_mrz_is_refused_and_uses_up_the_challenge() -> None:
    chip = made_chip()
    chip.transmit(SELECT_APPLICATION)
    chip.transmit(GET_CHALLENGE)
    attempt = b"\x00\x82\x00\x00\x28" + bytes(40) + b"\x28"
    assert chip.transmit(attempt) == b"\x63\x00"
    assert chip.transmit(attempt) == b"\x69\x85"


def test_files_are_read_after_access(opened: Opened) -> None:
    terminal = opened()
    assert terminal.send(bytes.fromhex("00A4020C020101")).sw == 0x9000
    assert terminal.send(bytes.fromhex("00B0000010")) == Reply(0x9000, FILES[0x0101][:16])
    assert terminal.send(bytes.fromhex("00B0009F00")) == Reply(0x9000, FILES[0x0101][0x9F:])
    assert terminal.send(bytes.fromhex("00B000C050")) == Reply(0x6282, FILES[0x0101][0xC0:])
    assert terminal.send(bytes.fromhex("00B000C801")).sw == 0x6B00
    assert terminal.send(bytes.fromhex("00A4020C020110")).sw == 0x6A82
    assert terminal.send(bytes.fromhex("00B09E0000")) == Reply(0x9000, FILES[0x011E])


def test_extended_length_reads_a_large_part_at_once(opened: Opened) -> None:
    terminal = opened()
    assert terminal.send(bytes.fromhex("00B08200000000"), long=True) == Reply(0x9000, BIG_FILE)


def test_a_large_file_is_read_by_offset_objects(opened: Opened) -> None:
    terminal = opened(Interface(extended_length=False, max_le=256))
    terminal.send(bytes.fromhex("00A4020C020102"))
    reply = terminal.send(bytes.fromhex("00B10000045402900080"))
    (part,) = elements(reply.data)
    assert part.tag == 0x53
    assert BIG_FILE[0x9000:].startswith(part.value)
    assert part.value


def test_a_chip_without_extended_length_refuses_it_inside_the_channel(opened: Opened) -> None:
    terminal = opened(Interface(extended_length=False, max_le=256))
    assert terminal.send(bytes.fromhex("00B09E00000000"), long=True).sw == 0x6700
    assert terminal.send(bytes.fromhex("00B09E0000")).data == FILES[0x011E]


def test_short_replies_fit_a_short_apdu(opened: Opened) -> None:
    terminal = opened()
    answer = terminal.chip.transmit(terminal.protect(bytes.fromhex("00B0820000")))
    assert answer is not None
    assert len(answer) - 2 <= 256


@pytest.mark.parametrize("limit", [200, 256, 300, 4096, 65536])
@pytest.mark.parametrize("cipher", list(SUITES))
def test_room_is_exact(cipher: CipherName, limit: int) -> None:
    session = SUITES[cipher].session(b"a secret")
    room = room_within(limit, session.block_bytes)

    def size(data_bytes: int) -> int:
        channel = ProtectedChannel(session)
        return len(channel.wrap(Reply(0x9000, bytes(data_bytes)), odd_instruction=False)) - 2

    assert size(room) <= limit < size(room + 1)


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda apdu: apdu[:-2] + bytes([apdu[-2] ^ 1]) + apdu[-1:], "6988"),  # the MAC
        (lambda apdu: apdu[:4] + b"\x03\x97\x01\x00\x00", "6987"),  # no MAC at all
        (lambda apdu: apdu[:4] + b"\x04\x8e\x08\x00\x00\x00", "6988"),  # a cut object
        (lambda apdu: b"\x00" + apdu[1:4] + b"\x00", "6982"),  # plain inside the channel
    ],
)
def test_an_error_ends_the_session(
    opened: Opened, spoil: Callable[[bytes], bytes], status: str
) -> None:
    terminal = opened()
    read = bytes.fromhex("00B09E0000")
    assert terminal.chip.transmit(spoil(terminal.protect(read))) == bytes.fromhex(status)
    assert terminal.chip.transmit(terminal.protect(read)) == b"\x69\x88"
    assert terminal.chip.transmit(read) == b"\x69\x82"


def test_a_replayed_command_is_refused(opened: Opened) -> None:
    terminal = opened()
    command = terminal.protect(bytes.fromhex("00B09E0000"))
    terminal.chip.transmit(command)
    assert terminal.chip.transmit(command) == b"\x69\x88"


def test_a_reset_forgets_the_session(opened: Opened) -> None:
    terminal = opened()
    terminal.chip.reset()
    assert terminal.chip.transmit(GET_CHALLENGE) == b"\x69\x85"  # not even an application


def test_it_leaves_the_field_and_may_come_back() -> None:
    chip = made_chip(leaves_after=2)
    assert chip.transmit(SELECT_APPLICATION) is not None
    assert chip.transmit(GET_CHALLENGE) is not None
    assert chip.transmit(GET_CHALLENGE) is None
    assert chip.transmit(SELECT_APPLICATION) is None
    chip.enter_field()
    assert chip.transmit(SELECT_APPLICATION) == b"\x90\x00"


def test_ef_atr_info_is_free_to_read() -> None:
    chip = made_chip()
    answer = chip.transmit(bytes.fromhex("00B0810000"))
    assert answer is not None
    (info,) = elements(answer[:-2])
    assert info.tag == 0x7F66


@pytest.mark.parametrize(
    ("interface", "content"),
    [
        (Interface(max_le=1000), "7F660A" + "020300FFFF" + "0203000428"),
        (Interface(tells="capabilities"), "4703" + "840140"),
        (Interface(max_le=1000, tells="both"), "4703840160" + "7F660A020300FFFF0203000428"),
        (Interface(extended_length=False, max_le=256, tells="both"), "4703840100"),
        (Interface(tells="nothing"), ""),
        (Interface(extended_length=False, max_le=256), ""),
    ],
)
def test_what_ef_atr_info_tells(interface: Interface, content: str) -> None:
    chip = made_chip(interface)
    answer = chip.transmit(bytes.fromhex("00B0810000"))
    assert answer == (bytes.fromhex(content + "9000") if content else b"\x6a\x82")


@pytest.mark.parametrize("raw", [b"", b"\0\xa4\0", bytes.fromhex("00A40000020000000000")])
def test_malformed_commands(raw: bytes) -> None:
    with pytest.raises(WrongLength):
        parse(raw)


def test_an_answer_to_another_challenge_is_refused() -> None:
    chip = made_chip()
    keys = des.Keys.from_mrz_information(chip.document.mrz_information)
    chip.transmit(SELECT_APPLICATION)
    chip.transmit(GET_CHALLENGE)
    cryptogram = des.encrypt(keys.enc, bytes(32))
    signed = cryptogram + des.retail_mac(keys.mac, cryptogram)
    assert chip.transmit(b"\x00\x82\x00\x00\x28" + signed + b"\x28") == b"\x63\x00"


def test_active_authentication_needs_access_and_room() -> None:
    key = rsa.generate_private_key(65537, 2048)
    mechanism = ActiveAuthentication(key, bytes)
    command = Command(0, 0x88, 0, 0, bytes(8), ne=256, room=256)
    closed = Session(application=EMRTD_APPLICATION)
    assert mechanism.answer(command, closed) == Reply(0x6982)
    opened_session = Session(application=EMRTD_APPLICATION, access_granted=True)
    assert mechanism.answer(replace(command, room=231), opened_session) == Reply(0x6700)
    given = mechanism.answer(command, opened_session)
    assert given is not None
    assert len(given.data) == 256


@pytest.mark.parametrize("awaited", [0x10, 0x7F, 0x90])
def test_offset_answers_never_exceed_what_was_asked(opened: Opened, awaited: int) -> None:
    terminal = opened()
    terminal.send(bytes.fromhex("00A4020C020102"))
    reply = terminal.send(bytes.fromhex("00B10000045402900000")[:-1] + bytes([awaited]))
    assert 0 < len(reply.data) <= awaited


def test_a_set_is_in_the_order_of_der() -> None:
    assert der.set_of([b"\x02\x01\x02", b"\x02\x01\x01"]) == bytes.fromhex("3106020101020102")
