"""What a chip may do wrong in Basic Access Control."""

import pytest

from egate.emrtd.access.bac import BacKeys, BacNotOffered, open_with_bac
from egate.emrtd.crypto.padding import pad
from egate.emrtd.crypto.sm_cipher import RetailMac, TdesCbc
from egate.emrtd.errors import AccessDenied
from egate.emrtd.iso7816.apdu import ResponseApdu
from egate.emrtd.mrz.mrz_key import MrzKey

KEY = MrzKey.from_td3_line_2("L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CHALLENGE = bytes(8) + b"\x90\x00"


def ended(*answers: bytes) -> None:
    conversation = open_with_bac(KEY, bytes)
    next(conversation)
    for answer in answers:
        conversation.send(ResponseApdu.decode(answer))


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([bytes(7) + b"\x90\x00"], "7 bytes"),
        ([CHALLENGE, b"\x63\x00"], "EXTERNAL AUTHENTICATE: status 6300"),
        ([CHALLENGE, bytes(39) + b"\x90\x00"], "EXTERNAL AUTHENTICATE"),
        ([CHALLENGE, bytes(40) + b"\x90\x00"], "MAC is wrong"),
    ],
)
def test_a_refusal_is_named(answers: list[bytes], fault: str) -> None:
    with pytest.raises(AccessDenied, match=fault):
        ended(*answers)


def test_a_chip_without_bac_is_told_from_wrong_keys() -> None:
    with pytest.raises(BacNotOffered, match="GET CHALLENGE: status 6A88"):
        ended(b"\x6a\x88")


@pytest.mark.parametrize(
    "numbers", [bytes(8) + b"\x01" * 8, b"\x01" * 8 + bytes(8)], ids=["RND.IFD", "RND.IC"]
)
def test_an_answer_to_another_challenge_is_refused(numbers: bytes) -> None:
    keys = BacKeys.from_mrz_key(KEY)
    e_ic = TdesCbc(keys.k_enc).encrypt(numbers + bytes(16))
    m_ic = RetailMac(keys.k_mac).mac(pad(e_ic, 8))
    with pytest.raises(AccessDenied, match="not to this challenge"):
        ended(CHALLENGE, e_ic + m_ic + b"\x90\x00")
