"""Chip authentication: every cipher and group, every name of a key, every refusal."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.ca import (
    ChipAuthentication,
    ChipAuthenticationResult,
    ChipNotAuthenticated,
    authenticate_chip,
    check_chip_authentication,
)
from egate.emrtd.chip_authentication.ca_offers import ChipAuthenticationOffers
from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.sm_cipher import session_cipher
from egate.emrtd.errors import SecureMessagingBroken
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.secure_messaging import SecureMessaging, over
from egate.emrtd.tlv import decode_all, encode, find
from tests.emrtd_passport import carry
from tests.secure_chip import SecureChip

ID_PK = bytes.fromhex("04007F0007020201")
ID_CA = bytes.fromhex("04007F0007020203")
CIPHERS = {
    "1": SmAlgorithm.TDES,
    "2": SmAlgorithm.AES_128,
    "3": SmAlgorithm.AES_192,
    "4": SmAlgorithm.AES_256,
}
OLD_SECRET = bytes(range(32))
WRONG = StatusWord(0x6A80)
NOT_FOUND = StatusWord(0x6A88)


def integer(number: int) -> bytes:
    return encode(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def family(parameter_id: int) -> int:
    return 1 if parameter_id < 3 else 2


def key_info(parameter_id: int, private: int, key_id: bytes = b"") -> bytes:
    """ChipAuthenticationPublicKeyInfo with standardised domain parameters."""
    domain = standardised(parameter_id)
    public = domain.public_key(private)
    bits = integer(int.from_bytes(public, "big")) if parameter_id < 3 else public
    algorithm = encode(0x06, bytes.fromhex("04007F00070102")) + integer(parameter_id)
    spki = encode(0x30, encode(0x30, algorithm) + encode(0x03, b"\x00" + bits))
    oid = encode(0x06, ID_PK + bytes((family(parameter_id),)))
    return encode(0x30, oid + spki + key_id)


def protocol_info(which: int, cipher: str, key_id: bytes = b"", version: int = 1) -> bytes:
    """ChipAuthenticationInfo."""
    oid = encode(0x06, ID_CA + bytes((which, int(cipher))))
    return encode(0x30, oid + integer(version) + key_id)


def dg14(*infos: bytes) -> bytes:
    return encode(0x6E, encode(0x31, b"".join(infos)))


@dataclass
class CaChip:
    """What a chip does with the two ways of chip authentication, written from 9303-11 §6.2.4."""

    keys: dict[int, tuple[int, int]]  # reference -> domain parameters, private key
    refuse: Callable[[CommandApdu], StatusWord] = lambda _: OK
    lies: bool = False
    chain: bytes = b""
    chosen: tuple[SmAlgorithm, int] | None = None
    references: list[bytes | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        old = session_cipher(SmAlgorithm.AES_128, OLD_SECRET)
        self.secure = SecureChip(old, self.answer)

    def answer(self, command: CommandApdu) -> ResponseApdu:
        if (refused := self.refuse(command)) != OK:
            self.chain = b""
            return ResponseApdu(b"", refused)
        if command.cla & 0x10:
            self.chain += command.data
            return ResponseApdu(b"", OK)
        data, self.chain = self.chain + command.data, b""
        match command.header[1:]:
            case b"\x22\x41\xa6":
                return self.agree(SmAlgorithm.TDES, find(data, 0x91), self.reference(data))
            case b"\x22\x41\xa4":
                oid = find(data, 0x80)
                assert oid[:8] == ID_CA
                self.chosen = CIPHERS[str(oid[9])], self.reference(data)
                return ResponseApdu(b"", OK)
            case b"\x86\x00\x00":
                assert self.chosen is not None
                assert command.le == 256
                return self.agree(self.chosen[0], find(find(data, 0x7C), 0x80), self.chosen[1])
            case b"\xa4\x02\x0c":
                assert command.data == b"\x01\x0e"
                return ResponseApdu(b"", StatusWord(0x6A82))
        raise AssertionError(command.header)

    def reference(self, data: bytes) -> int:
        named = dict(decode_all(data)).get(0x84)
        self.references.append(named)
        return -1 if named is None else int.from_bytes(named, "big")

    def agree(self, cipher: SmAlgorithm, public: bytes, reference: int) -> ResponseApdu:
        if reference not in self.keys:
            return ResponseApdu(b"", NOT_FOUND)
        parameter_id, private = self.keys[reference]
        secret = standardised(parameter_id).shared_secret(private, public)
        self.secure.next_cipher = session_cipher(cipher, bytes(32) if self.lies else secret)
        return ResponseApdu(encode(0x7C, b""), OK)


def authenticated(
    chip: CaChip, raw: bytes, *, extended_length: bool = False
) -> ChipAuthenticationResult:
    channel = SecureMessaging(session_cipher(SmAlgorithm.AES_128, OLD_SECRET), ssc=0)
    conversation = authenticate_chip(channel, raw, os.urandom, extended_length=extended_length)
    return carry(conversation, chip.secure)


@pytest.mark.parametrize("parameter_id", [0, 1, 2, 8, 12, 13, 14, 16, 18])
@pytest.mark.parametrize("cipher", CIPHERS)
def test_every_group_and_cipher(parameter_id: int, cipher: str) -> None:
    chip = CaChip({-1: (parameter_id, 7)})
    raw = dg14(key_info(parameter_id, 7), protocol_info(family(parameter_id), cipher))
    result = authenticated(chip, raw)
    assert isinstance(result, ChipAuthentication)
    domain = standardised(parameter_id)
    assert (result.cipher, result.domain_parameters) == (CIPHERS[cipher], domain.name)
    assert result.key_id is None
    assert result.detail == (
        f"{'DH' if parameter_id < 3 else 'ECDH'}, {domain.name}, {CIPHERS[cipher]}"
    )
    domain.validate(result.ephemeral)
    select = CommandApdu(0x00, 0xA4, 0x02, 0x0C, b"\x01\x0e")
    goes_on = carry(over(result.channel, one(select)), chip.secure)
    assert goes_on.status == StatusWord(0x6A82)
    assert check_chip_authentication(result, is_signed=True) == CheckResult(
        CheckId.CHIP_AUTHENTICATION, Outcome.SUCCESSFUL, result.detail
    )


def one(command: CommandApdu):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a conversation
    return (yield command)


@pytest.mark.parametrize("cipher", ["1", "2"])
def test_a_long_key_goes_in_a_chain_or_in_extended_length(cipher: str) -> None:
    raw = dg14(key_info(2, 7), protocol_info(1, cipher))
    in_chain, at_length = CaChip({-1: (2, 7)}), CaChip({-1: (2, 7)})
    assert isinstance(authenticated(in_chain, raw), ChipAuthentication)
    assert isinstance(authenticated(at_length, raw, extended_length=True), ChipAuthentication)
    assert [c.cla for c in in_chain.secure.log].count(0x10) == 1
    assert [c.cla for c in at_length.secure.log].count(0x10) == 0
    assert max(len(c.data) for c in in_chain.secure.log) == 223


NUMBER_C3 = bytes.fromhex("020200C3")


@pytest.mark.parametrize("in_key", [NUMBER_C3, bytes.fromhex("0201C3"), bytes.fromhex("0401C3")])
@pytest.mark.parametrize("in_protocol", [NUMBER_C3, bytes.fromhex("0201C3")])
def test_the_number_of_a_key_has_several_encodings(in_key: bytes, in_protocol: bytes) -> None:
    chip = CaChip({0xC3: (13, 7)})
    raw = dg14(key_info(13, 7, in_key), protocol_info(2, "2", in_protocol))
    result = authenticated(chip, raw)
    assert isinstance(result, ChipAuthentication)
    assert result.key_id == 0xC3
    assert chip.references == [b"\xc3"]


def test_a_chip_that_wants_the_sign_octet_or_no_number() -> None:
    raw = dg14(key_info(13, 7, NUMBER_C3), protocol_info(2, "2", NUMBER_C3))

    def wants(reference: bytes | None) -> Callable[[CommandApdu], StatusWord]:
        def refuse(command: CommandApdu) -> StatusWord:
            if command.header[1:] != b"\x22\x41\xa4":
                return OK
            return OK if dict(decode_all(command.data)).get(0x84) == reference else NOT_FOUND

        return refuse

    for reference in (b"\xc3", b"\x00\xc3", None):
        chip = CaChip({0xC3: (13, 7), -1: (13, 7)}, wants(reference))
        assert isinstance(authenticated(chip, raw), ChipAuthentication)
        assert chip.references == [reference]


def test_several_keys_are_told_apart() -> None:
    one_, two = bytes.fromhex("020101"), bytes.fromhex("020102")
    raw = dg14(
        key_info(13, 7, one_),
        key_info(16, 9, two),
        protocol_info(2, "2", one_),
        protocol_info(2, "4", two),
    )
    chip = CaChip({1: (13, 7), 2: (16, 9)})
    result = authenticated(chip, raw)
    assert isinstance(result, ChipAuthentication)
    assert (result.key_id, result.cipher) == (2, SmAlgorithm.AES_256)
    # With several keys, no number would leave the choice to the chip.
    refused = authenticated(CaChip({}), raw)
    assert refused == ChipNotAuthenticated(
        Outcome.FAILED,
        "the chip refused ECDH, brainpoolP384r1, AES-256, key 2, status 6A88; "
        "the chip refused ECDH, brainpoolP256r1, AES-128, key 1, status 6A88",
    )


@pytest.mark.parametrize(
    ("parameter_id", "name"), [(12, "ECDH, P-256"), (0, "DH, RFC5114-1024-160")]
)
def test_keys_without_a_protocol_stand_for_3des(parameter_id: int, name: str) -> None:
    chip = CaChip({-1: (parameter_id, 7)})
    result = authenticated(chip, dg14(key_info(parameter_id, 7)))
    assert isinstance(result, ChipAuthentication)
    assert result.detail == f"{name}, 3DES; 3DES assumed, EF.DG14 names no cipher"
    assert chip.secure.log[0].header[1:] == b"\x22\x41\xa6"


def test_3des_on_a_chip_without_its_command() -> None:
    """9303-11 §8.5 note 1."""

    def refuse(command: CommandApdu) -> StatusWord:
        return StatusWord(0x6A86) if command.p2 == 0xA6 else OK

    chip = CaChip({-1: (13, 7)}, refuse)
    result = authenticated(chip, dg14(key_info(13, 7), protocol_info(2, "1")))
    assert isinstance(result, ChipAuthentication)
    assert [c.header[1:].hex() for c in chip.secure.log] == ["2241a6", "2241a4", "860000", "a4020c"]


def test_a_weaker_offer_after_a_refusal_is_told() -> None:
    def refuse(command: CommandApdu) -> StatusWord:
        return WRONG if command.p2 == 0xA4 else OK

    raw = dg14(key_info(13, 7), protocol_info(2, "1"), protocol_info(2, "2"))
    result = authenticated(CaChip({-1: (13, 7)}, refuse), raw)
    assert isinstance(result, ChipAuthentication)
    assert result.cipher is SmAlgorithm.TDES
    assert result.detail == (
        "ECDH, brainpoolP256r1, 3DES; the chip refused ECDH, brainpoolP256r1, AES-128, status 6A80"
    )


def test_attempts_are_bounded() -> None:
    numbers = [bytes((0x02, 0x02, 0x00, 0x80 + i)) for i in range(20)]
    raw = dg14(
        *(key_info(13, 7 + i, number) for i, number in enumerate(numbers)),
        *(protocol_info(2, "1", number) for number in numbers),
    )
    chip = CaChip({}, lambda _: WRONG)
    result = authenticated(chip, raw)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is Outcome.FAILED
    assert len(chip.secure.log) == 12


@pytest.mark.parametrize(
    ("parameter_id", "ins", "value", "at_length", "outcome"),
    [
        (2, 0x86, 0x6884, False, Outcome.UNDETERMINED),
        (2, 0x86, 0x6A80, False, Outcome.UNDETERMINED),  # it read a part as if it were all
        (2, 0x86, 0x6700, True, Outcome.UNDETERMINED),
        (2, 0x86, 0x6A80, True, Outcome.FAILED),  # it took the command and refuses the key
        (2, 0x22, 0x6A80, False, Outcome.FAILED),  # a short command
        (2, 0x22, 0x6A80, True, Outcome.FAILED),
        (0, 0x86, 0x6884, False, Outcome.FAILED),  # the key fits into one command
        (0, 0x86, 0x6700, True, Outcome.FAILED),
    ],
)
def test_who_refuses_the_form_of_a_command_refuses_no_key(
    parameter_id: int, ins: int, value: int, outcome: Outcome, *, at_length: bool
) -> None:
    def refuse(command: CommandApdu) -> StatusWord:
        return StatusWord(value) if command.ins == ins else OK

    raw = dg14(key_info(parameter_id, 7), protocol_info(1, "2"))
    chip = CaChip({-1: (parameter_id, 7)}, refuse)
    result = authenticated(chip, raw, extended_length=at_length)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is outcome
    assert result.is_form_refused == (outcome is Outcome.UNDETERMINED)


def test_a_3des_key_refused_in_a_chain_is_not_refused_by_the_lack_of_the_other_way() -> None:
    def refuse(command: CommandApdu) -> StatusWord:
        return StatusWord(0x6884 if command.p2 == 0xA6 else 0x6A86)

    chip = CaChip({-1: (2, 7)}, refuse)
    result = authenticated(chip, dg14(key_info(2, 7), protocol_info(1, "1")))
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is Outcome.UNDETERMINED


def test_one_key_that_is_refused_in_short_is_enough_to_fail() -> None:
    one_, two = bytes.fromhex("020101"), bytes.fromhex("020102")
    raw = dg14(
        key_info(2, 7, one_),
        key_info(13, 9, two),
        protocol_info(1, "4", one_),
        protocol_info(2, "2", two),
    )
    chip = CaChip({1: (2, 7), 2: (13, 9)}, lambda c: WRONG if c.ins == 0x86 else OK)
    result = authenticated(chip, raw)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("number", "at_length", "outcome"),
    [
        (1, True, Outcome.FAILED),  # MSE:Set AT, which is short
        (2, True, Outcome.UNDETERMINED),  # GENERAL AUTHENTICATE
        (2, False, Outcome.UNDETERMINED),  # its first part
        (3, False, Outcome.UNDETERMINED),  # its last
    ],
)
def test_a_long_command_refused_outside_the_channel_did_perhaps_not_get_through(
    number: int, outcome: Outcome, *, at_length: bool
) -> None:
    chip = CaChip({-1: (2, 7)})
    chip.secure.naked = (number, StatusWord(0x6700))
    raw = dg14(key_info(2, 7), protocol_info(1, "2"))
    result = authenticated(chip, raw, extended_length=at_length)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.is_channel_lost
    assert result.outcome is outcome


def test_a_chip_that_does_not_have_the_key_fails() -> None:
    raw = dg14(key_info(13, 7), protocol_info(2, "2"))
    result = authenticated(CaChip({-1: (13, 8)}), raw)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is Outcome.FAILED
    assert result.is_channel_lost
    assert "the chip agreed and does not have the keys" in result.detail
    lying = authenticated(CaChip({-1: (13, 7)}, lies=True), raw)
    assert isinstance(lying, ChipNotAuthenticated)


def test_a_wrong_mac_in_the_new_channel_fails() -> None:
    chip = CaChip({-1: (13, 7)})
    chip.secure.wrong_mac = 3
    result = authenticated(chip, dg14(key_info(13, 7), protocol_info(2, "2")))
    assert result == ChipNotAuthenticated(
        Outcome.FAILED,
        "ECDH, brainpoolP256r1, AES-128: the chip agreed and does not have the keys (response MAC)",
        is_channel_lost=True,
    )


def test_a_wrong_mac_in_the_old_channel_is_not_a_finding() -> None:
    chip = CaChip({-1: (13, 7)})
    chip.secure.wrong_mac = 2
    with pytest.raises(SecureMessagingBroken, match="response MAC"):
        authenticated(chip, dg14(key_info(13, 7), protocol_info(2, "2")))


def test_a_refusal_outside_the_channel_fails_and_loses_it() -> None:
    chip = CaChip({-1: (13, 7)})
    chip.secure.naked = (1, WRONG)
    result = authenticated(chip, dg14(key_info(13, 7), protocol_info(2, "2")))
    assert result == ChipNotAuthenticated(
        Outcome.FAILED, "the chip refused outside the channel, status 6A80", is_channel_lost=True
    )


@pytest.mark.parametrize("value", [0x6987, 0x6988, 0x9000])
def test_a_channel_that_breaks_is_not_a_refusal(value: int) -> None:
    chip = CaChip({-1: (13, 7)})
    chip.secure.naked = (1, StatusWord(value))
    with pytest.raises(SecureMessagingBroken):
        authenticated(chip, dg14(key_info(13, 7), protocol_info(2, "2")))


OFF_THE_CURVE = key_info(13, 7)[:-1] + b"\x00"
TA = encode(0x30, encode(0x06, bytes.fromhex("04007F0007020202")) + integer(1))
# ChipAuthenticationDomainParameterInfo of version 2: another thing under the same name.
DOMAIN_INFO = encode(0x30, encode(0x06, ID_CA + b"\x02") + encode(0x30, b""))


@pytest.mark.parametrize(
    ("raw", "outcome", "detail"),
    [
        (dg14(TA), Outcome.NOT_SUPPORTED, "EF.DG14 offers none"),
        (dg14(DOMAIN_INFO), Outcome.NOT_SUPPORTED, "EF.DG14 offers none"),
        (b"\x6e\x00", Outcome.FAILED, "EF.DG14 cannot be read: "),
        (dg14(protocol_info(2, "2")), Outcome.UNDETERMINED, "ECDH AES-128: no usable key"),
        (
            dg14(key_info(13, 7), protocol_info(2, "2", version=2)),
            Outcome.UNDETERMINED,
            "ECDH AES-128: version 2",
        ),
        (
            dg14(key_info(13, 7), protocol_info(1, "4")),
            Outcome.UNDETERMINED,
            "DH AES-256: no usable key belongs to it",
        ),
        (dg14(OFF_THE_CURVE, protocol_info(2, "2")), Outcome.UNDETERMINED, "ECDH key: "),
        (dg14(OFF_THE_CURVE), Outcome.UNDETERMINED, "ECDH key: "),
    ],
)
def test_nothing_to_be_done(raw: bytes, outcome: Outcome, detail: str) -> None:
    chip = CaChip({-1: (13, 7)})
    result = authenticated(chip, raw)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is outcome
    assert result.detail.startswith(detail)
    assert not chip.secure.log


def test_unknown_protocols_are_left_out() -> None:
    unknown = encode(0x30, encode(0x06, ID_CA + b"\x02\x09") + integer(1))
    other_key = encode(0x30, encode(0x06, ID_PK + b"\x07") + encode(0x30, b""))
    infos = SecurityInfos.of_dg14(
        dg14(unknown, other_key, DOMAIN_INFO, key_info(13, 7), protocol_info(2, "3"))
    )
    found = ChipAuthenticationOffers.of(infos)
    assert [str(offer) for offer in found.offers] == ["ECDH, brainpoolP256r1, AES-192"]
    assert found.unsupported == ()


def test_not_every_one_of_too_many_keys_is_tried() -> None:
    keys = [key_info(13, number + 2, integer(number)) for number in range(20)]
    found = ChipAuthenticationOffers.of(SecurityInfos.of_dg14(dg14(*keys)))
    assert len(found.offers) == 8
    assert found.unsupported == ("20 keys, of which 8 were looked at",)


def test_a_key_of_pace_cam_is_no_offer_of_3des() -> None:
    cam = encode(0x06, bytes.fromhex("04007F00070202040602"))
    pace_cam = encode(0x30, cam + integer(2) + integer(13))
    assert authenticated(
        CaChip({-1: (13, 7)}), dg14(pace_cam, key_info(13, 7))
    ) == ChipNotAuthenticated(Outcome.NOT_SUPPORTED, "EF.DG14 offers none")
    both = SecurityInfos.of_dg14(dg14(pace_cam, key_info(13, 7), protocol_info(2, "1")))
    assert len(ChipAuthenticationOffers.of(both).offers) == 1


def test_the_strongest_comes_first() -> None:
    infos = SecurityInfos.of_dg14(
        dg14(
            key_info(12, 7, bytes.fromhex("020101")),
            key_info(15, 7, bytes.fromhex("020102")),
            protocol_info(2, "1", bytes.fromhex("020101")),
            protocol_info(2, "2", bytes.fromhex("020102")),
            protocol_info(2, "2", bytes.fromhex("020101")),
            protocol_info(2, "4", bytes.fromhex("020101")),
        )
    )
    offers = ChipAuthenticationOffers.of(infos).offers
    assert [str(offer) for offer in offers] == [
        "ECDH, P-256, AES-256, key 1",
        "ECDH, P-384, AES-128, key 2",
        "ECDH, P-256, AES-128, key 1",
        "ECDH, P-256, 3DES, key 1",
    ]


@pytest.mark.parametrize(
    ("outcome", "signed", "expected"),
    [
        (Outcome.FAILED, True, Outcome.FAILED),
        (Outcome.FAILED, False, Outcome.UNDETERMINED),
        (Outcome.UNDETERMINED, False, Outcome.UNDETERMINED),
        (Outcome.NOT_SUPPORTED, False, Outcome.NOT_SUPPORTED),
    ],
)
def test_an_unsigned_offer_proves_nothing(
    outcome: Outcome, expected: Outcome, *, signed: bool
) -> None:
    result = check_chip_authentication(ChipNotAuthenticated(outcome, "x"), is_signed=signed)
    assert result.outcome is expected
    vouch = outcome is Outcome.FAILED and not signed
    assert ("does not vouch" in result.detail) == vouch


def test_a_proof_with_an_unsigned_key_proves_nothing() -> None:
    raw = dg14(key_info(13, 7), protocol_info(2, "2"))
    result = authenticated(CaChip({-1: (13, 7)}), raw)
    checked = check_chip_authentication(result, is_signed=False)
    assert checked.outcome is Outcome.UNDETERMINED
    assert checked.detail.endswith("the SOD does not vouch for the key in EF.DG14")
