"""How the simulated chip takes the commands of Chip Authentication, right and wrong ones."""

import pytest

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.chip_authentication import ChipAuthentication
from hardware_mocks.chip.chip_key import ChipKey, ChipKeyOrder
from hardware_mocks.chip.ciphers import SUITES, AesSession, CipherName, TripleDesSession
from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.tlv import encode

OIDS = {"3DES": 1, "AES-128": 2, "AES-192": 3, "AES-256": 4}
TERMINAL_PRIVATE = 7


def session() -> Session:
    channel = ProtectedChannel(SUITES["AES-128"].session(b"old"))
    return Session(EMRTD_APPLICATION, access_granted=True, channel=channel)


def chosen(parameter_id: int, cipher: CipherName, *, reference: bytes | None = None) -> Command:
    family = 2 if parameter_id >= 8 else 1
    objects = encode(0x80, bytes.fromhex(f"04007F00070202030{family}0{OIDS[cipher]}"))
    if reference is not None:
        objects += encode(0x84, reference)
    return Command(0, 0x22, 0x41, 0xA4, objects)


def authenticate(public: bytes) -> Command:
    return Command(0, 0x86, 0, 0, encode(0x7C, encode(0x80, public)), 256)


def at_once(public: bytes, *, reference: bytes | None = None) -> Command:
    extra = b"" if reference is None else encode(0x84, reference)
    return Command(0, 0x22, 0x41, 0xA6, encode(0x91, public) + extra)


def key_of(parameter_id: int, *ciphers: CipherName, key_id: int | None = None) -> ChipKey:
    return ChipKey(ChipKeyOrder(parameter_id, ciphers, key_id), 11)


def agreed(key: ChipKey, cipher: CipherName) -> object:
    group = key.order.group
    secret = group.shared_secret(group.multiply(TERMINAL_PRIVATE, key.public))
    return SUITES[cipher].session(secret)


@pytest.mark.parametrize("parameter_id", sorted(GROUPS))
@pytest.mark.parametrize("cipher", ["AES-128", "AES-192", "AES-256"])
def test_both_sides_agree_keys(parameter_id: int, cipher: CipherName) -> None:
    key = key_of(parameter_id, cipher)
    chip, opened = ChipAuthentication([key]), session()
    public = GROUPS[parameter_id].public_key(TERMINAL_PRIVATE)
    assert chip.answer(chosen(parameter_id, cipher), opened) == Reply(0x9000)
    assert chip.answer(authenticate(public), opened) == Reply(0x9000, b"\x7c\x00")
    assert isinstance(opened.next_channel, ProtectedChannel)
    assert opened.next_channel._cipher == agreed(key, cipher)
    assert isinstance(opened.next_channel._cipher, AesSession)
    assert opened.terminal_key == GROUPS[parameter_id].compressed(public)


@pytest.mark.parametrize("parameter_id", [2, 12])
@pytest.mark.parametrize("ciphers", [("3DES",), ()])
def test_3des_is_agreed_at_once(parameter_id: int, ciphers: tuple[CipherName, ...]) -> None:
    key = key_of(parameter_id, *ciphers)
    chip, opened = ChipAuthentication([key]), session()
    public = GROUPS[parameter_id].public_key(TERMINAL_PRIVATE)
    assert chip.answer(at_once(public), opened) == Reply(0x9000)
    assert isinstance(opened.next_channel, ProtectedChannel)
    assert opened.next_channel._cipher == agreed(key, "3DES")
    assert isinstance(opened.next_channel._cipher, TripleDesSession)


def test_a_chip_of_3des_alone_knows_no_other_way() -> None:
    refused = ChipAuthentication([key_of(12, "3DES")]).answer(chosen(12, "3DES"), session())
    assert refused == Reply(0x6A80)
    both = ChipAuthentication([key_of(12, "3DES", "AES-128")])
    assert both.answer(chosen(12, "3DES"), session()) == Reply(0x9000)


def test_the_reference_of_one_of_several_keys() -> None:
    first, second = key_of(12, "AES-128", key_id=1), ChipKey(ChipKeyOrder(13, key_id=195), 3)
    chip, opened = ChipAuthentication([first, second]), session()
    assert chip.answer(chosen(12, "AES-128"), opened) == Reply(0x6A88)  # which of both?
    assert chip.answer(chosen(12, "AES-128", reference=b"\x03"), opened) == Reply(0x6A88)
    for spelling in (b"\xc3", b"\x00\xc3"):
        assert chip.answer(chosen(12, "AES-128", reference=spelling), opened) == Reply(0x9000)
        public = GROUPS[13].public_key(TERMINAL_PRIVATE)
        assert chip.answer(authenticate(public), opened) == Reply(0x9000, b"\x7c\x00")


def test_mechanisms_that_it_does_not_have() -> None:
    chip = ChipAuthentication([key_of(12, "AES-128")])
    assert chip.answer(chosen(12, "AES-256"), session()) == Reply(0x6A80)
    assert chip.answer(chosen(2, "AES-128"), session()) == Reply(0x6A80)
    no_chip_authentication = Command(0, 0x22, 0x41, 0xA4, encode(0x80, b"\x04\x00"))
    assert chip.answer(no_chip_authentication, session()) == Reply(0x6A80)
    public = GROUPS[12].public_key(TERMINAL_PRIVATE)
    assert chip.answer(at_once(public), session()) == Reply(0x6A88)


@pytest.mark.parametrize(
    "data",
    [b"", encode(0x7C), encode(0x7C, encode(0x81, b"\x04")), encode(0x80, b"\x04"), b"\x7c\x05",
     encode(0x7C, encode(0x80, b"\x04" + bytes(64))), encode(0x7C, encode(0x80, b"\x04"))],
)  # fmt: skip
def test_an_ephemeral_key_that_is_none_changes_nothing(data: bytes) -> None:
    chip, opened = ChipAuthentication([key_of(12, "AES-128")]), session()
    old = opened.channel
    assert chip.answer(chosen(12, "AES-128"), opened) == Reply(0x9000)
    assert chip.answer(Command(0, 0x86, 0, 0, data, 256), opened) == Reply(0x6A80)
    assert opened.channel is old
    assert opened.next_channel is None
    public = GROUPS[12].public_key(TERMINAL_PRIVATE)
    assert chip.answer(authenticate(public), opened) is None  # it must be chosen again


@pytest.mark.parametrize("public", [b"\x01", b"", b"\x02"])
def test_numbers_outside_the_group_are_refused(public: bytes) -> None:
    chip, opened = ChipAuthentication([key_of(2, "3DES")]), session()
    assert chip.answer(at_once(public), opened) == Reply(0x6A80)
    assert chip.answer(Command(0, 0x22, 0x41, 0xA6, b"\x91"), opened) == Reply(0x6A80)
    assert chip.answer(Command(0, 0x22, 0x41, 0xA6, encode(0x84, b"\1")), opened) == Reply(0x6A80)
    assert opened.next_channel is None


def test_it_needs_a_channel() -> None:
    chip = ChipAuthentication([key_of(12, "AES-128")])
    plain = Session(EMRTD_APPLICATION, access_granted=True)
    assert chip.answer(chosen(12, "AES-128"), plain) == Reply(0x6982)
    in_master_file = session()
    in_master_file.application = b""
    assert chip.answer(chosen(12, "AES-128"), in_master_file) == Reply(0x6982)


def test_other_commands_are_left_to_others() -> None:
    chip = ChipAuthentication([key_of(12, "AES-128")])
    for command in (Command(0, 0x22, 0xC1, 0xA4), Command(0, 0x86, 0, 0), Command(0, 0xB0, 0, 0)):
        assert chip.answer(command, session()) is None


@pytest.mark.parametrize(
    ("parameter_id", "parameters"), [(99, "explicit"), (2, "named"), (12, "pkcs3")]
)
def test_orders_that_cannot_be(parameter_id: int, parameters: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of the reasons
        ChipKeyOrder(parameter_id, parameters=parameters)  # type: ignore[arg-type]
