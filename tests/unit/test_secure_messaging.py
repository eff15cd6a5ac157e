"""The channel: both cipher families, both lengths, and its death."""

import dataclasses

import pytest

from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.padding import pad, unpad
from egate.emrtd.crypto.sm_cipher import AesSmCipher, SmCipher, TdesSmCipher
from egate.emrtd.errors import SecureMessagingBroken
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.emrtd.secure_messaging import SecureMessaging, most_plain_bytes, over
from egate.emrtd.tlv import decode_all, encode

KEY = bytes(range(16))
CIPHERS = {
    "3DES": lambda: TdesSmCipher(KEY, KEY[::-1]),
    "AES-128": lambda: AesSmCipher(KEY, KEY[::-1]),
    "AES-256": lambda: AesSmCipher(KEY * 2, KEY[::-1] * 2),
}


@pytest.fixture(params=CIPHERS)
def cipher(request: pytest.FixtureRequest) -> SmCipher:
    made: SmCipher = CIPHERS[request.param]()
    return made


def answer(
    cipher: SmCipher, ssc: int, plain: bytes, *, odd: bool = False, extra: bytes = b""
) -> ResponseApdu:
    """What a chip sends: the far end of the channel, written once more."""
    body = b""
    if plain:
        cryptogram = cipher.encrypt(pad(plain, cipher.block_size), ssc)
        body = encode(0x85, cryptogram) if odd else encode(0x87, b"\x01" + cryptogram)
    body += extra or encode(0x99, b"\x90\x00")
    return ResponseApdu(body + encode(0x8E, cipher.mac(pad(body, cipher.block_size), ssc)), OK)


@pytest.mark.parametrize("plain", [b"", b"x", bytes(7), bytes(8), b"\x80\x00", bytes(3000)])
@pytest.mark.parametrize("odd", [False, True])
def test_answers_are_opened(cipher: SmCipher, plain: bytes, *, odd: bool) -> None:
    channel = SecureMessaging(cipher, ssc=5)
    channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
    opened = channel.unprotect(answer(cipher, 7, plain, odd=odd))
    assert opened == ResponseApdu(plain, OK)


@pytest.mark.parametrize("ins", [0x88, 0xB1])
def test_commands_are_sealed(cipher: SmCipher, ins: int) -> None:
    sent = SecureMessaging(cipher, ssc=0).protect(CommandApdu(0, ins, 1, 2, b"12345678", le=256))
    objects = dict(decode_all(sent.data))
    assert sent.header == bytes((0x0C, ins, 1, 2))
    assert sent.le == 256
    assert objects[0x97] == b"\x00"
    cryptogram = objects[0x85] if ins == 0xB1 else objects[0x87].removeprefix(b"\x01")
    assert unpad(cipher.decrypt(cryptogram, 1)) == b"12345678"
    body = sent.data[: -len(encode(0x8E, objects[0x8E]))]
    covered = pad(sent.header, cipher.block_size) + pad(body, cipher.block_size)
    assert objects[0x8E] == cipher.mac(covered, 1)


def test_long_answers_ask_in_extended_form(cipher: SmCipher) -> None:
    sent = SecureMessaging(cipher, ssc=0).protect(CommandApdu(0, 0xB0, 0, 0, le=4096))
    assert dict(decode_all(sent.data))[0x97] == b"\x10\x00"
    assert (sent.le, sent.is_extended) == (65536, True)
    sent = SecureMessaging(cipher, ssc=0).protect(CommandApdu(0, 0xB0, 0, 0, le=65536))
    assert dict(decode_all(sent.data))[0x97] == b"\x00\x00"


def test_data_that_grow_too_long_for_the_short_form_extend_it(cipher: SmCipher) -> None:
    sent = SecureMessaging(cipher, ssc=0).protect(CommandApdu(0, 0x86, 0, 0, bytes(250), le=256))
    assert sent.is_extended
    assert dict(decode_all(sent.data))[0x97] == b"\x00"


@pytest.mark.parametrize("extended", [False, True])
def test_the_most_that_fits_into_one_answer(cipher: SmCipher, *, extended: bool) -> None:
    room = 65536 if extended else 256
    most = most_plain_bytes(cipher.block_size, room)
    assert len(answer(cipher, 1, bytes(most)).data) <= room
    assert len(answer(cipher, 1, bytes(most + 1)).data) > room - cipher.block_size


def test_the_short_most_is_that_of_9303_11() -> None:
    assert most_plain_bytes(8) == 231
    assert most_plain_bytes(16) == 223


def broken(raw: bytes) -> list[bytes]:
    changed = [raw[:i] + bytes((raw[i] ^ 1,)) + raw[i + 1 :] for i in range(len(raw))]
    return [*changed, b"", raw[:-10], raw[:-1], raw + b"\x00", raw + encode(0x99, b"\x90\x00")]


def test_no_changed_answer_is_taken_and_the_channel_dies(cipher: SmCipher) -> None:
    good = answer(cipher, 2, b"content of a file").data
    for raw in broken(good):
        channel = SecureMessaging(cipher, ssc=0)
        channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
        with pytest.raises(SecureMessagingBroken):
            channel.unprotect(ResponseApdu(raw, OK))
        with pytest.raises(SecureMessagingBroken, match="earlier"):
            channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
        with pytest.raises(SecureMessagingBroken, match="earlier"):
            channel.unprotect(ResponseApdu(good, OK))


def test_the_counter_is_authenticated(cipher: SmCipher) -> None:
    channel = SecureMessaging(cipher, ssc=0)
    channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
    with pytest.raises(SecureMessagingBroken, match="MAC"):
        channel.unprotect(answer(cipher, 3, b"replayed"))


def test_the_counter_wraps(cipher: SmCipher) -> None:
    channel = SecureMessaging(cipher, ssc=256**cipher.block_size - 2)
    channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
    assert channel.unprotect(answer(cipher, 0, b"first of a new round")).status == OK


def test_a_naked_status_is_named(cipher: SmCipher) -> None:
    channel = SecureMessaging(cipher, ssc=0)
    channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
    with pytest.raises(SecureMessagingBroken, match="without MAC, status 9000"):
        channel.unprotect(ResponseApdu(b"", OK))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (encode(0x87, b"\x01" + bytes(16)), "not authenticated"),
        (encode(0x99, b"\x90"), "not authenticated"),
        (encode(0x99, b"\x90\x00") * 2, "list of data objects"),
        (encode(0x87, b"\x02" + bytes(16)) + encode(0x99, b"\x90\x00"), "cryptogram"),
        (encode(0x87, b"") + encode(0x99, b"\x90\x00"), "cryptogram"),
        (encode(0x87, b"\x01" + bytes(9)) + encode(0x99, b"\x90\x00"), "cryptogram"),
        (encode(0x87, b"\x01" + bytes(16)) + encode(0x99, b"\x90\x00"), "padding"),
    ],
)
def test_an_authentic_answer_must_still_be_well_formed(
    cipher: SmCipher, body: bytes, fault: str
) -> None:
    channel = SecureMessaging(cipher, ssc=0)
    channel.protect(CommandApdu(0, 0xB0, 0, 0, le=1))
    with pytest.raises(SecureMessagingBroken, match=fault):
        channel.unprotect(answer(cipher, 2, b"", extra=body))


def test_a_conversation_inside_a_channel(cipher: SmCipher) -> None:
    closed: list[str] = []

    def reading() -> Conversation[bytes]:
        try:
            first = yield CommandApdu(0, 0xB0, 0, 0, le=1)
            second = yield CommandApdu(0, 0xB0, 0, 1, le=1)
            return first.data + second.data
        finally:
            closed.append("reading")

    conversation = over(SecureMessaging(cipher, ssc=0), reading())
    assert next(conversation).cla == 0x0C
    conversation.send(answer(cipher, 2, b"a"))
    with pytest.raises(StopIteration) as stopped:
        conversation.send(answer(cipher, 4, b"b"))
    assert stopped.value.value == b"ab"

    conversation = over(SecureMessaging(cipher, ssc=0), reading())
    next(conversation)
    conversation.close()
    assert closed == ["reading"] * 2


def test_commands_stay_values() -> None:
    command = CommandApdu(0, 0xB0, 0, 0, le=1)
    SecureMessaging(TdesSmCipher(KEY, KEY), ssc=0).protect(command)
    assert command == dataclasses.replace(command)
