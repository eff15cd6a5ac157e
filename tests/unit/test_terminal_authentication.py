"""Terminal authentication: the commands, the signature, and every way it can end."""

import hashlib
from dataclasses import dataclass, field
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK, StatusWord
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.terminal_authentication.authenticate import (
    SessionBinding,
    TerminalAuthenticated,
    TerminalAuthentication,
    TerminalNotAuthenticated,
    authenticate_terminal,
    compress,
)
from egate.emrtd.terminal_authentication.cv_certificate import CvCertificate
from egate.emrtd.terminal_authentication.presentation import present_terminal
from egate.emrtd.tlv import decode_all, encode, find
from tests.cv_forge import ECDSA, ID_AT, RSA, FakeTerminal, Holder, parts
from tests.emrtd_passport import carry

CHALLENGE = bytes(range(8))
BINDING = SessionBinding(b"L898902C<3", b"\x55" * 32)


@cache
def ec_key(name: str, curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    del name
    return ec.generate_private_key(ec.SECP256R1() if curve == "P-256" else ec.BrainpoolP256R1())


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    del name
    return rsa.generate_private_key(65537, 2048)


def holders(arcs: str) -> tuple[Holder, Holder, Holder]:
    names = ("DECVCA00001", "DEDVDE001", "DEISDE001")
    make = rsa_key if arcs in RSA else ec_key
    cvca, verifier, terminal = (Holder(name, make(name), arcs) for name in names)
    return cvca, verifier, terminal


@cache
def chain(arcs: str = "0203", *, bits: tuple[int, int, int] = (0xC3, 0x83, 0x03)) -> list[bytes]:
    """CVCA's own certificate, the document verifier's, the terminal's."""
    cvca, verifier, terminal = holders(arcs)
    return [
        parts(cvca.name, cvca, bits[0], domain=True).signed_by(cvca),
        parts(cvca.name, verifier, bits[1]).signed_by(cvca),
        parts(verifier.name, terminal, bits[2]).signed_by(verifier),
    ]


def terminal(arcs: str = "0203", certificates: list[bytes] | None = None) -> FakeTerminal:
    found = chain(arcs) if certificates is None else certificates
    return FakeTerminal({"DECVCA00001": found}, holders(arcs)[2])


@dataclass
class FakeChip:
    """The chip's side of terminal authentication, written from 9303-11 §7.1.5."""

    trust_point: CvCertificate
    refused: tuple[int, StatusWord] = (0, OK)  # the command with this number
    challenge: bytes = CHALLENGE
    keys: dict[str, CvCertificate] = field(default_factory=dict)
    chosen: str = ""
    chain: bytes = b""
    log: list[CommandApdu] = field(default_factory=list)

    def answer(self, command: CommandApdu) -> ResponseApdu:
        self.log.append(command)
        if len(self.log) == self.refused[0]:
            return ResponseApdu(b"", self.refused[1])
        if command.cla & 0x10:
            self.chain += command.data
            return ResponseApdu(b"", OK)
        data, self.chain = self.chain + command.data, b""
        match command.header[1:]:
            case b"\x22\x81\xb6" | b"\x22\x81\xa4":
                return self._choose(data)
            case b"\x2a\x00\xbe":
                return self._verify(data)
            case b"\x84\x00\x00":
                assert command.le == 8
                return ResponseApdu(self.challenge, OK)
            case b"\x82\x00\x00":
                return self._authenticate(data)
        raise AssertionError(command.header)

    def _known(self) -> CvCertificate:
        return {self.trust_point.holder: self.trust_point, **self.keys}[self.chosen]

    def _choose(self, data: bytes) -> ResponseApdu:
        self.chosen = find(data, 0x83).decode("ascii")
        known = {self.trust_point.holder, *self.keys}
        return ResponseApdu(b"", OK if self.chosen in known else StatusWord(0x6A88))

    def _verify(self, data: bytes) -> ResponseApdu:
        certificate = CvCertificate.parse(encode(0x7F21, data))
        curve = self.trust_point.public_key.curve
        if not certificate.is_signed_by(self._known().public_key, curve):
            return ResponseApdu(b"", StatusWord(0x6300))
        self.keys[certificate.holder] = certificate
        return ResponseApdu(b"", OK)

    def _authenticate(self, signature: bytes) -> ResponseApdu:
        signed = BINDING.id_ic + self.challenge + BINDING.ephemeral
        curve = self.trust_point.public_key.curve
        right = self._known().public_key.verify(signature, signed, curve)
        return ResponseApdu(b"", OK if right else StatusWord(0x6300))


def authenticated(
    chip: FakeChip, who: FakeTerminal, *trust_points: str, most_bytes: int = 223
) -> TerminalAuthentication:
    points = trust_points or ("DECVCA00001",)
    conversation = authenticate_terminal(who, points, BINDING, most_bytes=most_bytes)
    return carry(conversation, chip.answer)


def chip(arcs: str = "0203") -> FakeChip:
    return FakeChip(CvCertificate.parse(chain(arcs)[0]))


@pytest.mark.parametrize("arcs", [*RSA, *ECDSA])
@pytest.mark.parametrize("most_bytes", [223, 0xFFFF])
def test_a_terminal_is_accepted(arcs: str, most_bytes: int) -> None:
    who, its_chip = terminal(arcs), chip(arcs)
    result = authenticated(its_chip, who, most_bytes=most_bytes)
    assert isinstance(result, TerminalAuthenticated)
    assert result.trust_point == "DECVCA00001"
    assert result.authorization.may_read_fingerprints
    assert result.authorization.may_read_irises
    assert who.signed == [BINDING.id_ic + CHALLENGE + BINDING.ephemeral]
    assert all(len(command.data) <= most_bytes for command in its_chip.log)


def test_the_commands_of_a_chain() -> None:
    its_chip = chip()
    authenticated(its_chip, terminal(), most_bytes=0xFFFF)
    assert [c.header.hex() for c in its_chip.log] == [
        "002281b6",
        "002a00be",
        "002281b6",
        "002a00be",
        "002281a4",
        "00840000",
        "00820000",
    ]
    verify = [c for c in its_chip.log if c.ins == 0x2A]
    assert [[tag for tag, _ in decode_all(c.data)] for c in verify] == [[0x7F4E, 0x5F37]] * 2
    assert its_chip.log[4].data == encode(0x83, b"DEISDE001")


def test_a_link_certificate_leads_to_the_new_key() -> None:
    old, (cvca, _, _) = Holder("DECVCA00000", ec_key("old"), "0203"), holders("0203")
    link = parts(old.name, cvca, 0xC3, domain=True).signed_by(old)
    known = CvCertificate.parse(parts(old.name, old, 0xC3, domain=True).signed_by(old))
    who = FakeTerminal({old.name: [link, *chain()[1:]]}, holders("0203")[2])
    result = authenticated(FakeChip(known), who, "DECVCA99999", old.name)
    assert isinstance(result, TerminalAuthenticated)
    assert result.trust_point == old.name


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (1, "the chip does not know the key DECVCA00001, status 6A88"),
        (2, "the chip does not accept the certificate DEDVDE001, status 6A88"),
        (4, "the chip does not accept the certificate DEISDE001, status 6A88"),
        (5, "the chip does not take the terminal's key, status 6A88"),
        (6, "the chip gave no challenge, status 6A88"),
        (7, "the chip does not accept the terminal's signature, status 6A88"),
    ],
)
def test_a_chip_refuses(number: int, reason: str) -> None:
    its_chip = FakeChip(CvCertificate.parse(chain()[0]), (number, StatusWord(0x6A88)))
    result = authenticated(its_chip, terminal(), most_bytes=0xFFFF)
    assert result == TerminalNotAuthenticated(reason)
    assert len(its_chip.log) == number


def test_a_short_challenge_is_not_signed() -> None:
    who = terminal()
    its_chip = FakeChip(CvCertificate.parse(chain()[0]), challenge=b"1234567")
    result = authenticated(its_chip, who)
    assert result == TerminalNotAuthenticated("the chip gave no challenge, status 9000")
    assert not who.signed


def test_no_chain_from_the_chips_trust_points() -> None:
    its_chip = chip()
    result = authenticated(its_chip, terminal(), "FRCVCA00001")
    assert result == TerminalNotAuthenticated(
        "the terminal has no chain from a trust point of the chip"
    )
    assert not its_chip.log


def wrong_chains() -> list[tuple[list[bytes], str]]:
    cvca, verifier, its_terminal = holders("0203")
    own, dv, inspection = chain()
    by_cvca = parts(cvca.name, its_terminal, 0x03).signed_by(cvca)
    dv_by_dv = parts(verifier.name, its_terminal, 0x83).signed_by(verifier)
    last = parts(its_terminal.name, cvca, 0x03).signed_by(its_terminal)
    forged = parts(cvca.name, verifier, 0x83).signed_by(verifier)
    unplaced = parts(cvca.name, verifier, 0x83)
    unplaced.objects[0x7F49] = unplaced.objects[0x7F49][:-1]
    wrong = parts(cvca.name, verifier, 0x83)
    wrong.objects[0x7F49] = encode(0x06, bytes.fromhex("04007F00070202020203")) + encode(
        0x86, b"\x04" + bytes(10)
    )
    short_point = [own, wrong.signed_by(cvca), inspection]
    return [
        ([own], "ends at no terminal"),
        ([own, dv], "ends at no terminal"),
        ([own, inspection], "DEISDE001 is not certified by DECVCA00001"),
        ([dv, inspection, inspection], "DEISDE001 is not certified by DEISDE001"),
        ([by_cvca], "DEISDE001 has no right to its role TERMINAL"),
        ([own, by_cvca], "DEISDE001 has no right to its role TERMINAL"),
        ([own, dv, dv_by_dv, last], "DEISDE001 has no right to its role DOMESTIC_DV"),
        ([own, forged, inspection], "the signature of DEDVDE001 is wrong"),
        ([own, unplaced.signed_by(cvca), inspection], "longer than what holds it"),
        (short_point, "public point of a form or length that cannot be"),
        ([b"\x7f\x21\x00"], "ends inside its header"),
    ]


@pytest.mark.parametrize("number", range(len(wrong_chains())))
def test_a_terminal_that_is_set_up_wrongly_sends_nothing(number: int) -> None:
    certificates, reason = wrong_chains()[number]
    its_chip = chip()
    result = authenticated(its_chip, terminal(certificates=certificates))
    assert isinstance(result, TerminalNotAuthenticated)
    assert reason in result.reason
    assert not its_chip.log


@pytest.mark.parametrize(
    ("bits", "fingerprints", "irises"),
    [((0xC3, 0x81, 0x03), True, False), ((0xC2, 0x43, 0x03), False, True)],
)
def test_rights_are_what_all_certificates_grant(
    bits: tuple[int, int, int], *, fingerprints: bool, irises: bool
) -> None:
    result = authenticated(chip(), terminal(certificates=chain(bits=bits)))
    assert isinstance(result, TerminalAuthenticated)
    assert result.authorization.may_read_fingerprints is fingerprints
    assert result.authorization.may_read_irises is irises


def test_another_kind_of_terminal_has_no_rights_to_inspect() -> None:
    _, verifier, its_terminal = holders("0203")
    other = parts(verifier.name, its_terminal, 0x03, kind=ID_AT).signed_by(verifier)
    result = authenticated(chip(), terminal(certificates=[*chain()[:2], other]))
    assert isinstance(result, TerminalAuthenticated)
    assert not result.authorization.may_read_fingerprints
    assert not result.authorization.may_read_irises


def test_a_chain_without_its_first_key_is_left_to_the_chip() -> None:
    """Only the chip has the curve then, so no signature can be checked here."""
    result = authenticated(chip(), terminal(certificates=chain()[1:]))
    assert isinstance(result, TerminalAuthenticated)


def test_the_binding_after_bac() -> None:
    key = MrzKey("L898902C<", "690806", "940623")
    public = b"\x04" + b"x" * 32 + b"y" * 32
    binding = SessionBinding.after_bac(key, standardised(13), public)
    assert binding == SessionBinding(b"L898902C<3", b"x" * 32)
    assert "L898902C" not in repr(binding)


def test_the_binding_after_pace() -> None:
    chip_public, public = b"\x04" + b"c" * 64, b"\x04" + b"t" * 48 + b"u" * 48
    binding = SessionBinding.after_pace((standardised(12), chip_public), standardised(16), public)
    assert binding == SessionBinding(b"c" * 32, b"t" * 48)


def with_ef_cvca(its_chip: FakeChip, content: bytes, sw: int = 0x9000) -> FakeChip:
    """The chip with an EF.CVCA, 011C."""
    answer = its_chip.answer

    def answered(command: CommandApdu) -> ResponseApdu:
        match command.header[1:]:
            case b"\xa4\x02\x0c":
                return ResponseApdu(b"", OK if command.data == b"\x01\x1c" else NO_FILE)
            case b"\xb0\x00\x00":
                assert command.le == 36
                return ResponseApdu(content, StatusWord(sw))
        return answer(command)

    its_chip.answer = answered  # type: ignore[method-assign]
    return its_chip


NO_FILE = StatusWord(0x6A82)
EF_CVCA = encode(0x42, b"DECVCA00002") + encode(0x42, b"DECVCA00001") + bytes(10)


def presented(its_chip: FakeChip, file_id: int = 0x011C) -> TerminalAuthentication:
    conversation = present_terminal(terminal(), BINDING, cvca_file_id=file_id)
    return carry(conversation, its_chip.answer)


@pytest.mark.parametrize("sw", [0x9000, 0x6282])
def test_a_terminal_is_presented_to_whom_the_chip_trusts(sw: int) -> None:
    result = presented(with_ef_cvca(chip(), EF_CVCA, sw))
    assert isinstance(result, TerminalAuthenticated)
    assert result.trust_point == "DECVCA00001"


def test_a_chip_without_ef_cvca_is_not_asked() -> None:
    its_chip = with_ef_cvca(chip(), EF_CVCA)
    for result, reason in [
        (presented(its_chip, 0x011A), "EF.CVCA cannot be read: SELECT 011A: status 6A82"),
        (
            presented(with_ef_cvca(chip(), b"", 0x6982)),
            "EF.CVCA cannot be read: READ BINARY EF.CVCA: status 6982",
        ),
        (
            presented(with_ef_cvca(chip(), bytes(36))),
            "EF.CVCA cannot be read: EF.CVCA names no trust point, or more than two",
        ),
    ]:
        assert result == TerminalNotAuthenticated(reason)
    assert not its_chip.log


def test_a_diffie_hellman_key_is_hashed() -> None:
    public = b"\x07" * 128
    assert compress(standardised(0), public) == hashlib.sha1(public).digest()  # noqa: S324
