"""Commands with a right MAC around what no terminal may send: 6988, whatever the cipher."""

import pytest

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.ciphers import SUITES, CipherName
from hardware_mocks.chip.padding import pad, unpad
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import SecureMessagingError
from hardware_mocks.tlv import encode

CIPHERS = list(SUITES)


def command(cipher: CipherName, objects: bytes, *, ins: int = 0xB0, cla: int = 0x0C) -> Command:
    """The first command of a session, with these data objects and their MAC."""
    session = SUITES[cipher].session(b"a secret")
    header = bytes([cla, ins, 0, 0])
    message = pad(header, session.block_bytes) + objects if objects else header
    body = objects + encode(0x8E, session.checksum(message, 1))
    return Command(cla, ins, 0, 0, body, 256)


def channel(cipher: CipherName) -> ProtectedChannel:
    return ProtectedChannel(SUITES[cipher].session(b"a secret"))


def cryptogram(cipher: CipherName, plain: bytes) -> bytes:
    return SUITES[cipher].session(b"a secret").encrypt(plain, 1)


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize(
    "objects",
    [
        lambda _: encode(0x87, b""),
        lambda _: encode(0x87, b"\x01"),
        lambda _: encode(0x87, b"\x01" + bytes(7)),
        lambda right: encode(0x87, b"\x02" + right),
        lambda right: encode(0x87, right),
        lambda right: encode(0x85, right),  # for an odd instruction only
        lambda right: encode(0x87, b"\x01" + right) * 2,
        lambda right: encode(0x97, b"\x00") + encode(0x87, b"\x01" + right),
        lambda _: encode(0x97, b""),
        lambda _: encode(0x97, b"\x00\x01\x00"),
        lambda _: encode(0x99, b"\x90\x00"),
        lambda _: b"\x87\x7f",
        lambda _: b"\x87",
    ],
)  # fmt: skip
def test_wrong_objects_end_the_session(cipher: CipherName, objects: object) -> None:
    assert callable(objects)
    right = cryptogram(cipher, b"data")
    with pytest.raises(SecureMessagingError) as refused:
        channel(cipher).unwrap(command(cipher, objects(right)))
    assert refused.value.sw == 0x6988


@pytest.mark.parametrize("cipher", CIPHERS)
def test_data_without_padding_ends_the_session(cipher: CipherName) -> None:
    session = SUITES[cipher].session(b"a secret")
    padded = session.encrypt(bytes(16), 1)[: -session.block_bytes]
    with pytest.raises(SecureMessagingError) as refused:
        channel(cipher).unwrap(command(cipher, encode(0x87, b"\x01" + padded)))
    assert refused.value.sw == 0x6988


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize(
    ("le", "awaited"), [(b"", 0), (b"\x08", 8), (b"\0", 256), (b"\x01\0", 256), (b"\0\0", 65536)]
)
def test_the_length_awaited(cipher: CipherName, le: bytes, awaited: int) -> None:
    opened = channel(cipher).unwrap(command(cipher, encode(0x97, le) if le else b""))
    assert (opened.ne, opened.data) == (awaited, b"")


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_link_of_a_chain_stays_one(cipher: CipherName) -> None:
    data = encode(0x87, b"\x01" + cryptogram(cipher, b"data"))
    opened = channel(cipher).unwrap(command(cipher, data, ins=0x86, cla=0x1C))
    assert (opened.cla, opened.ins, opened.data) == (0x10, 0x86, b"data")


@pytest.mark.parametrize("cipher", CIPHERS)
def test_the_counter_never_stands_still(cipher: CipherName) -> None:
    one = channel(cipher)
    answers = {one.wrap(Reply(0x9000, b"same"), odd_instruction=False) for _ in range(5)}
    assert len(answers) == 5
    session = SUITES[cipher].session(b"a secret")
    last = ProtectedChannel(session, ssc=(1 << 8 * session.block_bytes) - 1)
    assert last.wrap(Reply(0x9000), odd_instruction=False)[-2:] == b"\x90\x00"


@pytest.mark.parametrize("wrong", [b"", b"\x80" + bytes(16), bytes(16), b"\x01" * 16])
def test_padding_is_at_most_one_block(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="padding"):
        unpad(wrong, 16)
    assert unpad(pad(wrong, 16), 16) == wrong
