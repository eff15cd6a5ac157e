"""Whatever bytes a reader sends, the chip answers with a status word and gives nothing away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.chip import des
from hardware_mocks.chip.apdu import Command
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.ciphers import TripleDesSession
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION, SecureMessagingError
from hardware_mocks.tlv import TlvError, elements, encode

SECRET = b"only after access"
DOCUMENT = Document(
    ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<")),
    "123456",
    {0x011E: SECRET, 0x0101: SECRET * 9},
)
SELECT = bytes.fromhex("00A4040C07A0000002471001")

likely = st.builds(
    lambda cla, ins, rest: bytes([cla, ins]) + rest,
    st.sampled_from([0x00, 0x0C, 0x10, 0x80]),
    st.sampled_from([0xA4, 0xB0, 0xB1, 0x84, 0x82, 0x88, 0x22, 0x86]),
    st.binary(max_size=60),
)
commands = st.lists(st.one_of(st.binary(max_size=300), likely, st.just(SELECT)), max_size=12)


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


@given(st.binary(max_size=120), st.booleans())
def test_a_channel_opens_only_what_its_keys_protect(body: bytes, odd: bool) -> None:  # noqa: FBT001
    channel = ProtectedChannel(TripleDesSession(des.Keys(bytes(16), bytes(range(16)))))
    with pytest.raises(SecureMessagingError) as refused:
        channel.unwrap(Command(0x0C, 0xB1 if odd else 0xB0, 0, 0, body, 256))
    assert refused.value.sw in {0x6987, 0x6988}


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
