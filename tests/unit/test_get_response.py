"""Answers in pieces: 61xx on the wire and inside the channel."""

import pytest

from egate.emrtd.crypto.sm_cipher import AesSmCipher
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.get_response import collected
from egate.emrtd.iso7816.link import Link, carried
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.secure_messaging import SecureMessaging, over
from tests.emrtd_passport import carry
from tests.unit.test_secure_messaging import KEY, answer

CIPHER = AesSmCipher(KEY, KEY[::-1])


def cut(content: bytes, left: int) -> ResponseApdu:
    return ResponseApdu(content, StatusWord(0x6100 | left))


def test_the_rest_is_fetched_until_the_end() -> None:
    sent: list[CommandApdu] = []
    answers = [cut(b"23", 0), ResponseApdu(b"45", OK)]

    def transmit(command: CommandApdu) -> ResponseApdu:
        sent.append(command)
        return answers.pop(0)

    whole = carry(collected(cut(b"01", 2)), transmit)
    assert whole == ResponseApdu(b"012345", OK)
    assert [c.encode().hex() for c in sent] == ["00c0000002", "00c0000000"]


def test_an_answer_without_end_is_given_up() -> None:
    with pytest.raises(DocumentRejected, match="does not end"):
        carry(collected(cut(b"", 1)), lambda _: cut(b"x", 1))


def test_an_answer_longer_than_any_response_is_given_up() -> None:
    parts = iter((cut(bytes(0xFFFF), 1), cut(b"x", 1)))
    with pytest.raises(DocumentRejected, match="too long"):
        carry(collected(cut(b"x", 0)), lambda _: next(parts))


def ask() -> object:
    return (yield CommandApdu(0, 0x88, 0, 0, b"challenge", le=256))


@pytest.mark.parametrize("first", [0, 1, 100])
def test_a_protected_answer_may_come_in_pieces(first: int) -> None:
    raw = answer(CIPHER, 2, bytes(range(200))).data
    answers = [cut(raw[:first], len(raw) - first), ResponseApdu(raw[first:], OK)]
    sent: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        sent.append(command)
        return answers.pop(0)

    got = carry(carried(over(SecureMessaging(CIPHER, ssc=0), ask()), Link()), transmit)
    assert got == ResponseApdu(bytes(range(200)), OK)
    assert [c.cla for c in sent] == [0x0C, 0x00]


def test_what_the_protected_status_announces_is_for_the_conversation_inside() -> None:
    raw = answer(CIPHER, 2, b"part", extra=bytes.fromhex("99026110")).data
    channel = SecureMessaging(CIPHER, ssc=0)
    got = carry(carried(over(channel, ask()), Link()), lambda _: cut(raw, 0x10))
    assert got == cut(b"part", 0x10)
