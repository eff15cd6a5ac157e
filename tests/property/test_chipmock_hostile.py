"""Whatever bytes a reader sends, the chip answers with a status word and gives nothing away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.chip.apdu import Command, parse
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.pace import passwords_of
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION, SecureMessagingError
from hardware_mocks.pki import der
from hardware_mocks.tlv import TlvError, elements, encode
from tests.pace_terminal import (
    AGREEMENT,
    AUTHENTICATION,
    MAPPING,
    ChannelTerminal,
    PaceTerminal,
)

SECRET = b"only after access"
DOCUMENT = Document(
    ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<")),
    "123456",
    {0x011E: SECRET, 0x0101: SECRET * 9},
    master_files={0x011D: SECRET},
    pace=(
        PaceOffer("GM", "ECDH", "AES-128", 12),
        PaceOffer("IM", "ECDH", "3DES", 13),
        PaceOffer("CAM", "ECDH", "AES-256", 12),
        PaceOffer("GM", "DH", "AES-192", 0),
        PaceOffer("IM", "DH", "AES-256", 0),
    ),
    pace_cam_keys={12: 0x12345},
)
PASSWORD = passwords_of(DOCUMENT.mrz_information, DOCUMENT.can)[1]
SELECT = bytes.fromhex("00A4040C07A0000002471001")

likely = st.builds(
    lambda cla, ins, rest: bytes([cla, ins]) + rest,
    st.sampled_from([0x00, 0x0C, 0x10, 0x1C, 0x80]),
    st.sampled_from([0xA4, 0xB0, 0xB1, 0x84, 0x82, 0x88, 0x22, 0x86]),
    st.binary(max_size=60),
)
set_templates = st.builds(
    lambda offer, reference, more: (
        b"\x80\x0a"
        + der.oid(offer.protocol)[2:]
        + encode(0x83, reference)
        + encode(0x84, bytes([offer.reference]))
        + more
    ),
    st.sampled_from(DOCUMENT.pace),
    st.sampled_from([b"\x01", b"\x02", b"\x03", b""]),
    st.one_of(st.just(b""), st.binary(max_size=20)),
).map(lambda body: b"\x00\x22\xc1\xa4" + bytes([len(body)]) + body)
public_values = st.one_of(
    st.binary(max_size=140),
    st.integers(1, 1 << 200).map(GROUPS[12].public_key),
    st.integers(1, 1 << 150).map(GROUPS[0].public_key),
    st.sampled_from([bytes(16), bytes(24), bytes(32), bytes(8), b"\x04" + bytes(64), bytes(128)]),
)


def general_authenticate(chained: bool, tag: int | None, value: bytes) -> bytes:  # noqa: FBT001
    body = encode(0x7C, b"" if tag is None else encode(tag, value))
    return bytes([0x10 if chained else 0, 0x86, 0, 0, len(body)]) + body + b"\0"


steps = st.builds(
    general_authenticate,
    st.booleans(),
    st.sampled_from([None, 0x81, 0x83, 0x85, 0x82]),
    public_values,
)
# Runs of PACE that go right for some steps and wrong in one.
runs = st.builds(
    lambda template, public, t, wrong: [
        template,
        general_authenticate(True, None, b""),
        general_authenticate(True, 0x81, t or public),
        general_authenticate(True, 0x83, public),
        wrong,
        general_authenticate(False, 0x85, bytes(8)),
    ],
    set_templates,
    public_values,
    st.sampled_from([b"", bytes(16), bytes(32)]),
    st.one_of(steps, likely),
)
commands = st.one_of(
    st.lists(st.one_of(st.binary(max_size=300), likely, st.just(SELECT)), max_size=12),
    st.lists(st.one_of(set_templates, steps, likely), max_size=12),
    runs,
)


@given(commands)
def test_no_bytes_crash_the_chip(sent: list[bytes]) -> None:
    chip = Chip(DOCUMENT)
    for apdu in sent:
        answer = chip.transmit(apdu)
        assert answer is not None
        assert len(answer) >= 2
        assert SECRET not in answer


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=80),
       st.integers(0, 65536))  # fmt: skip
def test_no_command_crashes_an_open_chip(ins: int, p1: int, p2: int, data: bytes, ne: int) -> None:
    chip = Chip(DOCUMENT)
    chip._session.application = EMRTD_APPLICATION
    chip._session.access_granted = True
    reply = chip._answer(Command(0, ins, p1, p2, data, ne, extended=True))
    assert 0x6000 < reply.sw <= 0x9000
    assert len(reply.data) <= ne


@given(st.sampled_from(DOCUMENT.pace), st.sampled_from([MAPPING, AGREEMENT, AUTHENTICATION]),
       public_values)  # fmt: skip
def test_no_share_of_the_terminal_crashes_a_run(
    offer: PaceOffer, number: int, share: bytes
) -> None:
    terminal = PaceTerminal(Chip(DOCUMENT), offer, PASSWORD)
    terminal.choose(parameters=offer.reference)
    for step in (terminal.get_nonce, terminal.map_nonce, terminal.agree)[: number - 1]:
        step()
    reply = terminal.step(number, share)
    assert reply.sw in {0x9000, 0x6300, 0x6A80}
    assert reply.sw != 0x9000 or number != AUTHENTICATION


@given(st.binary(max_size=120), st.booleans(), st.sampled_from(list(SUITES)))
def test_a_channel_opens_only_what_its_keys_protect(
    body: bytes,
    odd: bool,  # noqa: FBT001
    cipher: CipherName,
) -> None:
    channel = ProtectedChannel(SUITES[cipher].session(b"a secret"))
    with pytest.raises(SecureMessagingError) as refused:
        channel.unwrap(Command(0x0C, 0xB1 if odd else 0xB0, 0, 0, body, 256))
    assert refused.value.sw in {0x6987, 0x6988}


@given(
    st.binary(max_size=60),
    st.integers(0, 256),
    st.sampled_from(list(SUITES)),
    st.sampled_from([0xB0, 0xB1]),
)
def test_a_channel_opens_what_its_keys_protect(
    data: bytes, ne: int, cipher: CipherName, ins: int
) -> None:
    suite = SUITES[cipher]
    chip = Chip(DOCUMENT)
    chip._session.channel = ProtectedChannel(suite.session(b"a secret"))
    terminal = ChannelTerminal(chip, suite.session(b"a secret"))
    length = bytes([len(data)]) if data else b""
    apdu = terminal.protect(bytes([0, ins, 0, 0]) + length + data + bytes([ne % 256])[: ne and 1])
    opened = chip._session.channel.unwrap(parse(apdu))
    assert (opened.cla, opened.ins, opened.data, opened.ne) == (0, ins, data, ne)


@given(st.lists(st.tuples(st.sampled_from([0x04, 0x5C, 0x7F61, 0x87]), st.binary(max_size=400))))
def test_data_objects_survive_the_round_trip(parts: list[tuple[int, bytes]]) -> None:
    raw = b"".join(encode(tag, value) for tag, value in parts)
    assert [(part.tag, part.value) for part in elements(raw)] == parts


@given(st.binary(max_size=200))
def test_any_bytes_are_objects_or_an_error(raw: bytes) -> None:
    try:
        found = elements(raw)
    except TlvError:
        return
    assert b"".join(part.raw for part in found) == raw
