"""Who may read fingerprints from the simulated chip, and who may not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.bac import BasicAccess
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.chip_authentication import ChipAuthentication
from hardware_mocks.chip.chip_key import ChipKey, ChipKeyOrder
from hardware_mocks.chip.ciphers import SUITES
from hardware_mocks.chip.cv_certificate import CertificateRefused, CvCertificate
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.file_system import FileSystem
from hardware_mocks.chip.order import Order
from hardware_mocks.chip.personaliser import EF_CVCA, issue
from hardware_mocks.chip.profiles import usual_holder
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.chip.terminal_authentication import TerminalAuthentication, TrustPoint
from hardware_mocks.pki.pki import Pki
from hardware_mocks.pki.terminals import (
    CV_KINDS,
    CvHolder,
    CvKind,
    TerminalAuthority,
    cv_certificate,
    establish_terminals,
    terminal_signature,
)
from hardware_mocks.tlv import elements, encode

TODAY = date(2026, 7, 1)
WEEK = (TODAY, TODAY + timedelta(days=7))
NUMBER = "L898902C<3"
TERMINAL_KEY = b"the terminal's ephemeral key"
FINGERS = Command(0, 0xB0, 0x83, 0, b"", 256)
IRISES = Command(0, 0xB0, 0x84, 0, b"", 256)
GET_CHALLENGE = Command(0, 0x84, 0, 0, b"", 8)


@pytest.fixture(scope="module", params=CV_KINDS)
def authority(request: pytest.FixtureRequest) -> TerminalAuthority:
    return establish_terminals("UT", request.param, TODAY)


@pytest.fixture(scope="module")
def ecdsa() -> TerminalAuthority:
    return establish_terminals("UT", "ecdsa", TODAY)


class Inspection:
    """A chip with fingerprints and irises, just after Chip Authentication."""

    def __init__(self, authority: TerminalAuthority, today: date = TODAY) -> None:
        trust = TrustPoint(authority.cvca.certificate, today)
        self.mechanism = TerminalAuthentication(trust, NUMBER, lambda count: b"r" * count)
        self.files = FileSystem({}, {0x0103: b"fingers", 0x0104: b"irises"}, max_le=256)
        channel = ProtectedChannel(SUITES["AES-128"].session(b"secret"))
        self.session = Session(
            EMRTD_APPLICATION, access_granted=True, channel=channel, terminal_key=TERMINAL_KEY
        )

    def send(self, command: Command) -> int:
        reply = self.mechanism.answer(command, self.session)
        assert reply is not None
        return reply.sw

    def show(self, holder_reference: bytes, certificate: bytes) -> int:
        """MSE:Set DST, and PSO:Verify Certificate with the certificate's content."""
        chosen = self.send(Command(0, 0x22, 0x81, 0xB6, encode(0x83, holder_reference)))
        if chosen != 0x9000:
            return chosen
        (whole,) = elements(certificate)
        return self.send(Command(0, 0x2A, 0x00, 0xBE, whole.value))

    def show_chain(self, authority: TerminalAuthority) -> None:
        verifier, terminal = authority.verifier, authority.terminal
        assert self.show(authority.cvca.reference, verifier.certificate) == 0x9000
        assert self.show(verifier.reference, terminal.certificate) == 0x9000
        assert self.choose(terminal.reference) == 0x9000

    def choose(self, reference: bytes) -> int:
        return self.send(Command(0, 0x22, 0x81, 0xA4, encode(0x83, reference)))

    def prove(self, terminal: CvHolder, identifier: bytes = NUMBER.encode()) -> int:
        assert self.send(GET_CHALLENGE) == 0x9000
        signature = terminal_signature(terminal, identifier + b"r" * 8 + TERMINAL_KEY)
        return self.send(Command(0, 0x82, 0, 0, signature))

    def read(self, command: Command) -> Reply | None:
        return self.files.answer(command, self.session)


def test_a_terminal_of_the_state_reads_fingers_and_irises(authority: TerminalAuthority) -> None:
    inspection = Inspection(authority)
    assert inspection.read(FINGERS) == Reply(0x6982)
    inspection.show_chain(authority)
    assert inspection.read(FINGERS) == Reply(0x6982)
    assert inspection.prove(authority.terminal) == 0x9000
    assert inspection.read(FINGERS) == Reply(0x9000, b"fingers")
    assert inspection.read(IRISES) == Reply(0x9000, b"irises")


def test_after_pace_the_chip_is_identified_by_its_key(ecdsa: TerminalAuthority) -> None:
    inspection = Inspection(ecdsa)
    inspection.session.chip_identifier = b"compressed"
    inspection.show_chain(ecdsa)
    assert inspection.prove(ecdsa.terminal) == 0x6300
    assert inspection.prove(ecdsa.terminal, b"compressed") == 0x9000


def test_it_is_done_once_and_a_challenge_is_good_once(ecdsa: TerminalAuthority) -> None:
    inspection = Inspection(ecdsa)
    inspection.show_chain(ecdsa)
    assert inspection.send(Command(0, 0x82, 0, 0, bytes(64))) == 0x6985  # no challenge yet
    assert inspection.prove(ecdsa.verifier) == 0x6300  # signed by another's key
    assert inspection.send(Command(0, 0x82, 0, 0, bytes(64))) == 0x6985
    assert inspection.prove(ecdsa.terminal) == 0x9000
    assert inspection.prove(ecdsa.terminal) == 0x6982


def test_rights_are_what_every_certificate_grants(ecdsa: TerminalAuthority) -> None:
    verifier = replace(
        ecdsa.verifier, certificate=cv_certificate("ecdsa", ecdsa.verifier, ecdsa.cvca, 0x81, WEEK)
    )
    inspection = Inspection(ecdsa)
    inspection.show_chain(replace(ecdsa, verifier=verifier))
    assert inspection.prove(ecdsa.terminal) == 0x9000
    assert inspection.read(FINGERS) == Reply(0x9000, b"fingers")
    assert inspection.read(IRISES) == Reply(0x6982)


def test_rights_end_with_the_channel(ecdsa: TerminalAuthority) -> None:
    inspection = Inspection(ecdsa)
    inspection.show_chain(ecdsa)
    inspection.prove(ecdsa.terminal)
    assert inspection.read(FINGERS) == Reply(0x9000, b"fingers")
    key = ChipKey(ChipKeyOrder(12), 5)
    public = encode(0x7C, encode(0x80, key.public))
    chip = ChipAuthentication([key])
    chosen = Command(0, 0x22, 0x41, 0xA4, encode(0x80, bytes.fromhex("04007F00070202030202")))
    assert chip.answer(chosen, inspection.session) == Reply(0x9000)
    assert chip.answer(Command(0, 0x86, 0, 0, public), inspection.session) == Reply(0x9000)
    assert inspection.read(Command(0, 0xB0, 0, 0, b"", 256)) == Reply(0x6982)  # still selected
    assert inspection.prove(ecdsa.terminal) == 0x6985  # the chain is to be shown again


def test_what_comes_before(ecdsa: TerminalAuthority) -> None:
    inspection = Inspection(ecdsa)
    assert inspection.send(Command(0, 0x2A, 0x00, 0xBE, b"")) == 0x6985  # no key chosen
    assert inspection.choose(ecdsa.terminal.reference) == 0x6A88  # not shown yet
    assert inspection.show(ecdsa.verifier.reference, ecdsa.terminal.certificate) == 0x6A88
    inspection.session.terminal_key = None  # no chip authentication
    assert inspection.show(ecdsa.cvca.reference, ecdsa.verifier.certificate) == 0x6982
    access = BasicAccess("L898902C<369080619406236", lambda count: b"b" * count)
    assert inspection.mechanism.answer(GET_CHALLENGE, inspection.session) is None
    assert access.answer(GET_CHALLENGE, inspection.session) == Reply(0x9000, b"b" * 8)


@pytest.mark.parametrize("spoilt", [0, 40, -1])
def test_certificates_that_are_not_signed(ecdsa: TerminalAuthority, spoilt: int) -> None:
    inspection = Inspection(ecdsa)
    raw = bytearray(elements(ecdsa.verifier.certificate)[0].value)
    raw[spoilt] ^= 0x01
    assert inspection.show(ecdsa.cvca.reference, encode(0x7F21, bytes(raw))) == 0x6A80
    assert inspection.choose(ecdsa.verifier.reference) == 0x6A88


def test_roles_and_dates(ecdsa: TerminalAuthority) -> None:
    past = (TODAY - timedelta(days=30), TODAY - timedelta(days=1))
    for holder, issuer, authorization, period in (
        (ecdsa.terminal, ecdsa.cvca, 0x03, WEEK),  # a CVCA lets no terminals in by itself
        (ecdsa.verifier, ecdsa.cvca, 0x83, past),
    ):
        inspection = Inspection(ecdsa)
        wrong = cv_certificate("ecdsa", holder, issuer, authorization, period)
        assert inspection.show(issuer.reference, wrong) == 0x6A80
    inspection = Inspection(ecdsa)
    inspection.show(ecdsa.cvca.reference, ecdsa.verifier.certificate)
    again = cv_certificate("ecdsa", ecdsa.terminal, ecdsa.verifier, 0x83, WEEK)
    assert inspection.show(ecdsa.verifier.reference, again) == 0x6A80  # a DV makes no DV


def test_a_link_certificate_brings_a_new_authority_and_the_date(ecdsa: TerminalAuthority) -> None:
    inspection = Inspection(ecdsa, TODAY - timedelta(days=300))
    assert inspection.show(ecdsa.cvca.reference, ecdsa.next_cvca.certificate) == 0x9000
    newer = replace(
        ecdsa.verifier,
        certificate=cv_certificate("ecdsa", ecdsa.verifier, ecdsa.next_cvca, 0x83, WEEK),
    )
    inspection.show_chain(replace(ecdsa, cvca=ecdsa.next_cvca, verifier=newer))
    assert inspection.prove(ecdsa.terminal) == 0x9000
    # The date has come with the certificates: what expired yesterday is refused now.
    old = (TODAY - timedelta(days=30), TODAY - timedelta(days=1))
    expired = cv_certificate("ecdsa", ecdsa.verifier, ecdsa.next_cvca, 0x83, old)
    assert inspection.show(ecdsa.next_cvca.reference, expired) == 0x6A80


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x7f\x4e",
        encode(0x7F4E, b"") + encode(0x5F37, b""),
        encode(0x5F37, b"") + encode(0x7F4E, b""),
        encode(0x30, b""),
    ],
)
def test_what_is_no_certificate(raw: bytes) -> None:
    with pytest.raises(CertificateRefused):
        CvCertificate.parse(raw)
    with pytest.raises(CertificateRefused):
        CvCertificate.of_file(raw)


@pytest.mark.parametrize("kind", CV_KINDS)
def test_a_document_trusts_the_cvca_of_its_state(kind: CvKind) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    pki = Pki.make(now, [kind])
    order = Order(
        active_authentication=None,
        terminal_authentication=kind,
        chip_keys=(ChipKeyOrder(),),
        groups=frozenset({3}),
    )
    document = issue(usual_holder(now), pki, order)
    authority = pki.authorities["BGD"].terminals[kind]
    assert document.terminal_trust == TrustPoint(
        authority.cvca.certificate, now.date() - timedelta(days=1)
    )
    assert document.files[EF_CVCA] == b"\x42\x0fBDCVCATESTBD001".ljust(36, b"\0")
    assert bytes.fromhex("300D060804007F0007020202020101") in document.files[0x010E]


def test_the_commands_are_unknown_to_a_chip_without() -> None:
    chip = Chip(Document(("P<UTO".ljust(44, "<"), "L898902C<3".ljust(44, "<")), "", {}))
    assert chip.transmit(bytes.fromhex("002281B603830101")) == b"\x6d\x00"
