"""9303-11 Appendix F: active authentication with RSA, and the real specimen's DG14 and DG15."""

from pathlib import Path

import pytest

from egate.emrtd.chip_authentication import iso9796_2
from egate.emrtd.chip_authentication.aa import challenge_chip
from egate.emrtd.chip_authentication.iso9796_2 import SignatureWrong
from egate.emrtd.crypto.public_key import RsaPublicKey
from egate.emrtd.lds.dg14 import SecurityInfos
from egate.emrtd.lds.dg15 import active_authentication_key

RND_IFD = bytes.fromhex("F173589974BF40C6")
# Steps 9 and 12: F = '6A' | M1 | H | 'BC'.
F = bytes.fromhex(
    "6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC19"
    "91B543F1696546C5524CF23A5303CD6C98599F40B79F377B5F3A1406B3B4D8F9"
    "6784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD"
    "4E7292E2DCDA3024B47DA8C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC"
)
# The example prints no public key. With the exponent one, what a signature recovers is itself.
PLAIN_KEY = RsaPublicKey(modulus=(1 << 1024) - 1, exponent=1)


def test_the_message_representative_of_appendix_f() -> None:
    iso9796_2.verify(PLAIN_KEY, F, RND_IFD)


@pytest.mark.parametrize("position", [0, 1, 60, 110, 127])
def test_any_other_representative_is_wrong(position: int) -> None:
    other = F[:position] + bytes((F[position] ^ 0x10,)) + F[position + 1 :]
    with pytest.raises(SignatureWrong):
        iso9796_2.verify(PLAIN_KEY, other, RND_IFD)


def test_another_challenge_is_wrong() -> None:
    with pytest.raises(SignatureWrong, match="not over this challenge"):
        iso9796_2.verify(PLAIN_KEY, F, bytes(8))


def test_the_command_of_appendix_f(shared_data: Path) -> None:
    dg15 = (shared_data / "trust/lds_bsi2008/Datagroup15.bin").read_bytes()
    conversation = challenge_chip(dg15, lambda _: RND_IFD, longest_short_answer=231)
    assert next(conversation).encode().hex().upper() == "0088000008F173589974BF40C600"


def test_the_keys_of_a_specimen(shared_data: Path) -> None:
    folder = shared_data / "trust/lds_bsi2008"
    key = active_authentication_key((folder / "Datagroup15.bin").read_bytes())
    assert isinstance(key, RsaPublicKey)
    assert key.modulus.bit_length() == 1024
    infos = SecurityInfos.of_dg14((folder / "Datagroup14.bin").read_bytes())
    (chip_key,) = infos.chip_authentication_public_keys()
    assert chip_key.oid == "0.4.0.127.0.7.2.2.1.2"
    assert chip_key.key_id is None
    assert chip_key.spki.startswith(bytes.fromhex("30820113"))
    assert infos.active_authentication_hash() is None
