"""9303-11 appendix F: what the chip signs in Active Authentication with RSA."""

import hashlib

from cryptography.hazmat.primitives.asymmetric import rsa

from hardware_mocks.chip.active_authentication import (
    AaScheme,
    ActiveAuthentication,
    message_representative,
    recoverable_bytes,
)
from hardware_mocks.chip.apdu import Command
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session

RND_IFD = bytes.fromhex("F173589974BF40C6")
M1 = bytes.fromhex(
    "9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991"
    "B543F1696546C5524CF23A5303CD6C98599F40B79F377B5F3A1406B3B4D8F967"
    "84D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E"
    "7292E2DCDA3024B47DA8"
)
F = bytes.fromhex(
    "6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC19"
    "91B543F1696546C5524CF23A5303CD6C98599F40B79F377B5F3A1406B3B4D8F9"
    "6784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD"
    "4E7292E2DCDA3024B47DA8C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC"
)


def test_message_representative() -> None:
    assert message_representative(M1, RND_IFD, "sha1") == F


def test_length_of_the_recoverable_part() -> None:
    assert recoverable_bytes(1024 // 8, "sha1") == len(M1)


def test_the_public_key_recovers_what_was_signed() -> None:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505  the size of the worked example
    chip = ActiveAuthentication(key, lambda length: M1[:length], AaScheme("sha1"))
    session = Session(application=EMRTD_APPLICATION, access_granted=True)
    reply = chip.answer(Command(0, 0x88, 0, 0, RND_IFD, ne=256), session)
    assert reply is not None
    assert reply.sw == 0x9000
    public = key.public_key().public_numbers()
    recovered = pow(int.from_bytes(reply.data, "big"), public.e, public.n)
    assert recovered.to_bytes(128, "big") == F


def test_sha256_has_a_trailer_of_two_bytes() -> None:
    m1 = bytes(recoverable_bytes(256, "sha256"))
    representative = message_representative(m1, RND_IFD, "sha256")
    assert len(representative) == 256
    assert representative.endswith(hashlib.sha256(m1 + RND_IFD).digest() + b"\x34\xcc")
