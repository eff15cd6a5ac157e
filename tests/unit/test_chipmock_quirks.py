"""How each quirk of the simulated chip looks at the wire, without any reader."""

import asyncio
import json
from functools import cache

import pytest

from hardware_mocks.__main__ import main
from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.profiles import PROFILES, make_chip, pace_of
from hardware_mocks.chip.quirks.catalogue import SWITCHES
from hardware_mocks.chip.settings import changed
from hardware_mocks.outcome import BadInput
from hardware_mocks.pki.keys import new_key
from hardware_mocks.wire.pace import Pace, wait_until
from tests.chip_terminal import GET_CHALLENGE, SELECT_APPLICATION, opened_with_bac
from tests.emrtd_passport import chip_of, passport

SOD = bytes(range(256)) * 5 + b"the end"
DG1 = bytes(range(200))
FILES = {0x011E: b"\x60\x03abc", 0x0101: DG1, 0x011D: SOD}
READ_SOD = bytes.fromhex("00B09D00")
SELECT_SOD = bytes.fromhex("00A4020C02011D")
SIGN = bytes.fromhex("0088000008") + bytes(8) + b"\x00"
SIGN_LONG = bytes.fromhex("00880000000008") + bytes(8) + b"\x00\x00"


@cache
def document() -> Document:
    lines = ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<"))
    return Document(lines, "123456", FILES, new_key("rsa2048"))


def odd(*names: str, interface: Interface | None = None) -> Chip:
    """The chip of this test with the quirks of ``names``."""
    made = [SWITCHES[name].make for name in names]
    quirks = [make(document()) for make in made if make is not None]
    return Chip(document(), interface, quirks=quirks)


def le(count: int) -> bytes:
    return bytes([count % 256])


@pytest.mark.parametrize(
    ("name", "counted"),
    [("naked-6700", 0), ("naked-6700-command-counted", 1), ("naked-6700-counted", 2)],
)
def test_an_extended_le_is_refused_outside_secure_messaging(name: str, counted: int) -> None:
    terminal = opened_with_bac(odd(name))
    before = terminal.ssc
    extended = terminal.protect(READ_SOD + b"\x00\x02\x00", long=True)
    assert terminal.chip.transmit(extended) == b"\x67\x00"
    terminal.ssc = before + counted
    assert terminal.send(READ_SOD + le(100)) == Reply(0x9000, SOD[:100])


@pytest.mark.parametrize(
    ("name", "good", "bad", "status"),
    [
        ("le-at-most-192", 192, 193, 0x6700),
        ("le-256-6282", 160, 256, 0x6282),
        ("le-256-ends-session", 255, 256, 0x6B00),
    ],
)
def test_more_than_so_many_bytes_are_refused(name: str, good: int, bad: int, status: int) -> None:
    terminal = opened_with_bac(odd(name))
    assert terminal.send(READ_SOD + le(good)).sw == 0x9000
    assert terminal.send(READ_SOD + le(bad)) == Reply(status)


def test_le_256_ends_the_session() -> None:
    terminal = opened_with_bac(odd("le-256-ends-session"))
    terminal.send(READ_SOD + le(256))
    for _ in range(2):
        assert terminal.chip.transmit(terminal.protect(READ_SOD + le(16))) == b"\x69\x88"


def test_the_exact_length_is_told() -> None:
    terminal = opened_with_bac(odd("exact-le-6cxx"))
    assert terminal.send(bytes.fromhex("00B08100") + le(0)) == Reply(0x6CC8)
    assert terminal.send(bytes.fromhex("00B08100") + le(0xC8)) == Reply(0x9000, DG1)
    terminal.send(SELECT_SOD)
    assert terminal.send(bytes.fromhex("00B005010A")) == Reply(0x6C06)
    assert terminal.send(bytes.fromhex("00B0050106")) == Reply(0x9000, b"he end")


def test_a_signature_is_cut_and_called_whole() -> None:
    terminal = opened_with_bac(odd("aa-cut"))
    reply = terminal.send(SIGN)
    assert (reply.sw, len(reply.data)) == (0x9000, 231)
    assert len(terminal.send(SIGN_LONG, long=True).data) == 256


def test_a_signature_at_length_is_empty() -> None:
    terminal = opened_with_bac(odd("aa-extended-silent"))
    assert terminal.send(SIGN_LONG, long=True) == Reply(0x9000)


def test_a_signature_comes_in_parts() -> None:
    terminal = opened_with_bac(odd("aa-61xx"))
    first = terminal.send(SIGN)
    assert (first.sw, len(first.data)) == (0x6119, 231)
    rest = terminal.send(bytes.fromhex("00C0000019"))
    assert (rest.sw, len(rest.data)) == (0x9000, 25)
    assert terminal.send(bytes.fromhex("00C0000019")) == Reply(0x6D00)


@pytest.mark.parametrize(
    ("name", "named", "unnamed"),
    [
        ("select-mf-6982", "6982", "6982"),
        ("select-mf-6a81", "6A81", "6A81"),
        ("select-mf-6a86", "6A86", "6A86"),
        ("select-mf-6a87", "6A87", "6A87"),
        ("select-mf-needs-3f00", "9000", "6A86"),
        ("select-mf-refuses-3f00", "6A82", "9000"),
        ("no-select-mf", "6D00", "6D00"),
    ],
)
def test_the_master_file_is_refused(name: str, named: str, unnamed: str) -> None:
    chip = odd(name)
    assert chip.transmit(bytes.fromhex("00A4000C023F00")) == bytes.fromhex(named)
    assert chip.transmit(bytes.fromhex("00A4000C")) == bytes.fromhex(unnamed)
    assert chip.transmit(bytes.fromhex("00A4020C022F01")) == b"\x90\x00"
    assert opened_with_bac(chip).send(READ_SOD + le(100)).data == SOD[:100]


def test_no_file_at_all_is_selected_with_p1_00() -> None:
    chip = odd("no-select-mf")
    assert chip.transmit(bytes.fromhex("00A4000C022F01")) == b"\x6d\x00"


@pytest.mark.parametrize("command", ["00A4020C022F00", "00A4000C022F00", "00B09E0000"])
def test_ef_dir_is_refused(command: str) -> None:
    assert odd("ef-dir-6982").transmit(bytes.fromhex(command)) == b"\x69\x82"
    assert odd().transmit(bytes.fromhex(command)) != b"\x69\x82"


@pytest.mark.parametrize("wanted", [100, 64])
def test_the_last_frame_of_the_sod_has_a_wrong_mac(wanted: int) -> None:
    terminal = opened_with_bac(odd("sod-last-mac-wrong"))
    terminal.send(SELECT_SOD)
    at = len(SOD) - wanted
    read = b"\x00\xb0" + at.to_bytes(2, "big") + le(wanted)
    terminal.send(b"\x00\xb0" + (at - wanted).to_bytes(2, "big") + le(wanted))
    if wanted == 64:
        assert terminal.send(read) == Reply(0x9000, SOD[-64:])
        return
    with pytest.raises(AssertionError):
        terminal.send(read)
    terminal.send(b"\x00\xb0" + (at - wanted).to_bytes(2, "big") + le(wanted))  # the channel lives


def test_bac_is_lost_when_the_application_is_selected_again() -> None:
    terminal = opened_with_bac(odd("lost-on-reselect"))
    assert terminal.send(READ_SOD + le(16)).sw == 0x9000
    assert terminal.send(SELECT_APPLICATION).sw == 0x9000
    assert terminal.chip.transmit(terminal.protect(READ_SOD + le(16))) == b"\x69\x88"
    ordinary = opened_with_bac(odd())
    ordinary.send(SELECT_APPLICATION)
    assert ordinary.send(READ_SOD + le(16)).sw == 0x9000


def test_bac_is_refused() -> None:
    chip = chip_of(passport("bac", quirk="bac-refused"), quirk="bac-refused")
    chip.transmit(SELECT_APPLICATION)
    assert chip.transmit(GET_CHALLENGE) == b"\x6a\x88"
    assert chip.transmit(b"\x00\x82\x00\x00\x28" + bytes(40) + b"\x28") == b"\x6a\x88"


def test_a_reader_without_extended_length() -> None:
    terminal = opened_with_bac(odd("reader-short-only"))
    before = terminal.ssc
    extended = terminal.protect(READ_SOD + b"\x00\x02\x00", long=True)
    assert terminal.chip.transmit(extended) == b"\x67\x00"
    terminal.ssc = before  # the chip never saw it
    assert terminal.send(READ_SOD + le(16)).sw == 0x9000


def test_a_reader_that_loses_the_chip() -> None:
    chip = odd("reader-drops-extended")
    assert chip.transmit(SELECT_APPLICATION) == b"\x90\x00"
    assert chip.transmit(bytes.fromhex("00B08100000000")) is None
    assert chip.transmit(SELECT_APPLICATION) is None
    chip.enter_field()
    assert chip.transmit(SELECT_APPLICATION) == b"\x90\x00"


LONG_SELECT = b"\x00\xa4\x04\x0c"
AID = SELECT_APPLICATION[5:]


def test_a_plain_command_in_parts() -> None:
    chip = odd("chaining-accepted")
    first = b"\x10\xa4\x04\x0c\x03" + AID[:3]
    assert chip.transmit(first) == b"\x90\x00"
    assert chip.transmit(LONG_SELECT + b"\x04" + AID[3:]) == b"\x90\x00"
    assert chip.transmit(first) == b"\x90\x00"
    assert chip.transmit(GET_CHALLENGE) == b"\x68\x83"  # another command within the chain
    assert len(chip.transmit(GET_CHALLENGE) or b"") == 10
    assert odd().transmit(first) == b"\x68\x84"


def test_a_protected_command_in_parts() -> None:
    terminal = opened_with_bac(odd("chaining-accepted"))
    whole = terminal.protect(SELECT_SOD)
    data, awaited = whole[5:-1], whole[-1:]
    for part in (data[:9], data[9:20]):
        assert terminal.chip.transmit(b"\x1c" + whole[1:4] + bytes([len(part)]) + part) == b"\x90\0"
    rest = data[20:]
    answer = terminal.chip.transmit(whole[:4] + bytes([len(rest)]) + rest + awaited)
    assert answer is not None
    terminal.ssc += 1
    assert terminal.send(bytes.fromhex("00B0000010")).data == SOD[:16]


def test_parts_that_are_protected_each() -> None:
    terminal = opened_with_bac(odd("chaining-required", interface=Interface(False, 256)))
    assert terminal.send(bytes.fromhex("10A4020C0101")).sw == 0x9000
    assert terminal.send(bytes.fromhex("00A4020C011D")).sw == 0x9000
    assert terminal.send(bytes.fromhex("00B0000010")).data == SOD[:16]
    assert terminal.send(READ_SOD + b"\0\0\0", long=True) == Reply(0x6700)


def test_an_answer_in_parts() -> None:
    terminal = opened_with_bac(odd("answers-in-small-parts"))
    first = terminal.chip.transmit(terminal.protect(READ_SOD + le(200)))
    assert first is not None
    assert (len(first), first[-2:]) == (102, b"\x61\x7e")
    second = terminal.chip.transmit(bytes.fromhex("00C000007E"))
    assert second is not None
    assert (len(second), second[-2:]) == (102, b"\x61\x1a")
    third = terminal.chip.transmit(bytes.fromhex("00C000001A"))
    assert third is not None
    whole = first[:-2] + second[:-2] + third
    assert terminal.opened(whole).data == SOD[:200]
    assert opened_with_bac(odd("answers-in-parts")).send(READ_SOD + le(200)).data == SOD[:200]


def test_quirks_are_settings() -> None:
    profile = changed(PROFILES["bac"], {"quirk": "le-at-most-192,aa-cut"})
    profile = changed(profile, {"quirk": "ef-dir-6982"})
    assert profile.quirks == ("le-at-most-192", "aa-cut", "ef-dir-6982")
    chip = make_chip(profile, document())
    assert chip.transmit(bytes.fromhex("00A4020C022F00")) == b"\x69\x82"
    assert opened_with_bac(chip).send(READ_SOD + le(200)) == Reply(0x6700)


def test_a_slow_link_and_a_slow_chip() -> None:
    slow = changed(PROFILES["bac"], {"link_kbit": "424", "apdu_ms": "5"})
    assert pace_of(slow) == pace_of(changed(PROFILES["bac"], {"quirk": "slow-link"}))
    # 13 bytes out and 252 back at 424 kbit/s are five milliseconds; the chip takes five more.
    assert pace_of(slow).seconds(13, 252) == pytest.approx(0.010)
    assert pace_of(changed(PROFILES["bac"], {"quirk": "slow-chip"})) == Pace(None, 200.0)
    assert Pace(None, 200.0).seconds(13, 252) == pytest.approx(0.2)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "five", "1e9"])
def test_a_pace_that_cannot_be(value: str) -> None:
    with pytest.raises(BadInput, match="apdu_ms"):
        changed(PROFILES["bac"], {"apdu_ms": value})


async def test_a_moment_waited_for_is_over() -> None:
    loop = asyncio.get_running_loop()
    for wait in (-1.0, 0.0, 0.001, 0.004):
        moment = loop.time() + wait
        await wait_until(moment)
        assert loop.time() >= moment


def test_an_unknown_quirk() -> None:
    with pytest.raises(BadInput, match="no such quirk bogus"):
        changed(PROFILES["bac"], {"quirk": "le-at-most-192,bogus"})


def test_quirks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chip", "--list-quirks", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {each["name"] for each in listed} == set(SWITCHES)
    assert all(set(each) == {"name", "number", "readable", "description"} for each in listed)
    assert main(["chip", "--list-quirks"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(SWITCHES)
