"""Whatever happens to a protected answer, the channel dies of it and no counter comes twice."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.crypto.padding import pad
from egate.emrtd.crypto.sm_cipher import AesSmCipher, SmCipher, TdesSmCipher
from egate.emrtd.errors import SecureMessagingBroken
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.secure_messaging import SecureMessaging
from egate.emrtd.tlv import encode

KEY = bytes(range(32))


class Counting:
    """A cipher that remembers every counter it was used with, and for what."""

    def __init__(self, cipher: SmCipher) -> None:
        self.block_size = cipher.block_size
        self.used: list[int] = []
        self._cipher = cipher

    def encrypt(self, padded: bytes, ssc: int) -> bytes:
        return self._cipher.encrypt(padded, ssc)

    def decrypt(self, cryptogram: bytes, ssc: int) -> bytes:
        return self._cipher.decrypt(cryptogram, ssc)

    def mac(self, padded: bytes, ssc: int) -> bytes:
        self.used.append(ssc)
        return self._cipher.mac(padded, ssc)


CIPHERS: dict[str, Callable[[], SmCipher]] = {
    "3DES": lambda: TdesSmCipher(KEY[:16], KEY[16:]),
    "AES-128": lambda: AesSmCipher(KEY[:16], KEY[16:]),
    "AES-192": lambda: AesSmCipher(KEY[:24], KEY[8:]),
    "AES-256": lambda: AesSmCipher(KEY, KEY[::-1]),
}


def answer(cipher: SmCipher, ssc: int, plain: bytes, *, odd: bool) -> bytes:
    cryptogram = cipher.encrypt(pad(plain, cipher.block_size), ssc)
    body = encode(0x85, cryptogram) if odd else encode(0x87, b"\x01" + cryptogram)
    body += encode(0x99, b"\x90\x00")
    return body + encode(0x8E, cipher.mac(pad(body, cipher.block_size), ssc))


COMMANDS = st.builds(
    CommandApdu,
    cla=st.just(0),
    ins=st.sampled_from((0xA4, 0xB0, 0xB1, 0x86)),
    p1=st.just(0),
    p2=st.just(0),
    data=st.binary(max_size=300),
    le=st.none() | st.integers(1, 65536),
)
FAULTS = ("dropped", "repeated", "reordered", "mutated", "cut", "naked")


@given(
    name=st.sampled_from(sorted(CIPHERS)),
    ssc=st.integers(0, 2**64 - 1),
    commands=st.lists(COMMANDS, min_size=2, max_size=6),
    fault=st.sampled_from(FAULTS),
    draw=st.data(),
)
def test_a_fault_ends_the_channel_and_no_counter_is_used_twice(
    name: str, ssc: int, commands: list[CommandApdu], fault: str, draw: st.DataObject
) -> None:
    chip = CIPHERS[name]()
    counting = Counting(CIPHERS[name]())
    channel = SecureMessaging(counting, ssc=ssc)
    size = 1 << 8 * chip.block_size
    last = draw.draw(st.integers(1, len(commands) - 1), label="the faulty answer")
    before = b""
    for i, command in enumerate(commands[:last]):
        channel.protect(command)
        before = answer(chip, (ssc + 2 * i + 2) % size, b"content", odd=bool(command.ins & 1))
        assert channel.unprotect(ResponseApdu(before, OK)).data == b"content"
    command = commands[last]
    channel.protect(command)
    good = answer(chip, (ssc + 2 * last + 2) % size, b"content", odd=bool(command.ins & 1))
    ahead = answer(chip, (ssc + 2 * last + 4) % size, b"content", odd=bool(command.ins & 1))
    at = draw.draw(st.integers(0, len(good) - 1), label="where")
    bad = {
        "dropped": ahead,
        "repeated": before,
        "reordered": ahead,
        "mutated": good[:at] + bytes((good[at] ^ draw.draw(st.integers(1, 255)),)) + good[at + 1 :],
        "cut": good[:at],
        "naked": b"",
    }[fault]
    raised = 0
    for attempt in (bad, good, ahead):  # dead is dead: even the right answer comes too late
        try:
            channel.unprotect(ResponseApdu(attempt, StatusWord(0x9000)))
        except SecureMessagingBroken:
            raised += 1
    assert raised == 3
    try:
        channel.protect(command)
    except SecureMessagingBroken:
        raised += 1
    assert raised == 4
    assert len(counting.used) == len(set(counting.used))
