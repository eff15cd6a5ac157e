"""9303-11 Appendix D, byte for byte: keys, BAC, secure messaging, reading EF.COM."""

import datetime as dt
from collections.abc import Iterator

import pytest

from egate.emrtd.access.bac import BacKeys, open_with_bac
from egate.emrtd.conversation import Conversation, T
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_enc, kdf_mac
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import select_file
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import parse
from egate.emrtd.secure_messaging import over

MRZ = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C<3UTO6908061F9406236<<<<<<<8")
KEY = MrzKey.from_mrz(parse(MRZ, dt.date(2026, 7, 1)))
RANDOM = {8: "781723860C06C226", 16: "0B795240CB7049B01C19B33E32804F0B"}

# D.3 and D.4: command, response.
BAC = [
    ("00 84 00 00 08", "4608F91988702212 9000"),
    (
        (
            "00 82 00 00 28 72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2"
            "5F1448EEA8AD90A7 28"
        ),
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449 9000",
    ),
]
READING = [
    (
        "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
        "990290008E08FA855A5D4C50A8ED9000",
    ),
    (
        "0CB000000D9701048E08ED6705417E96BA5500",
        "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
    ),
    (
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
    ),
]


def play(conversation: Conversation[T], exchanges: list[tuple[str, str]]) -> T:
    """Answer ``conversation`` with the published responses and compare each command."""
    answers: Iterator[tuple[str, str]] = iter(exchanges)
    try:
        command = next(conversation)
        while True:
            expected, answer = next(answers)
            assert command.encode().hex() == bytes.fromhex(expected).hex()
            command = conversation.send(ResponseApdu.decode(bytes.fromhex(answer)))
    except StopIteration as finished:
        assert next(answers, None) is None
        result: T = finished.value
        return result


def test_keys_from_a_seed() -> None:
    seed = bytes.fromhex("239AB9CB282DAF66231DC5A4DF6BFBAE")
    assert kdf_enc(seed, SmAlgorithm.TDES).hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert kdf_mac(seed, SmAlgorithm.TDES).hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_keys_from_an_mrz() -> None:
    keys = BacKeys.from_mrz_key(KEY)
    assert keys.k_enc.hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert keys.k_mac.hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"
    assert "AB94" not in repr(keys).upper()


def test_access_and_reading() -> None:
    channel = play(open_with_bac(KEY, lambda size: bytes.fromhex(RANDOM[size])), BAC)
    # The example reads four bytes, then the 18 that they announce; ``read_file`` asks for more.
    assert play(over(channel, _select_and_read(4, 18)), READING) == bytes.fromhex(
        "60145F0104303130365F36063034303030305C026175"
    )


def _select_and_read(*pieces: int) -> Conversation[bytes]:
    """Select EF.COM and read it in ``pieces`` of so many bytes, as the example does."""
    yield from select_file(LdsFile.EF_COM.file_id)
    content = b""
    for size in pieces:
        answer = yield CommandApdu(0x00, 0xB0, 0x00, len(content), le=size)
        content += answer.data
    return content


@pytest.mark.parametrize(
    ("algorithm", "encrypt", "authenticate"),
    [
        # 9303-11 Appendix G.1, PACE over ECDH with AES-128, keys of the session.
        (
            SmAlgorithm.AES_128,
            "F5F0E35C0D7161EE6724EE513A0D9A7F",
            "FE251C7858B356B24514B3BD5F4297D1",
        ),
    ],
)
def test_aes_keys(algorithm: SmAlgorithm, encrypt: str, authenticate: str) -> None:
    secret = bytes.fromhex("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925")
    assert kdf_enc(secret, algorithm).hex().upper() == encrypt
    assert kdf_mac(secret, algorithm).hex().upper() == authenticate
