"""Laws of the simulated documents and of chips that do everything at once."""

from datetime import date
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_mocks.chip import mrz
from hardware_mocks.chip.apdu import Command
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.chip_key import ChipKey, ChipKeyOrder
from hardware_mocks.chip.ciphers import SUITES
from hardware_mocks.chip.cv_certificate import CertificateRefused, CvCertificate
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.session import EMRTD_APPLICATION
from hardware_mocks.chip.terminal_authentication import TrustPoint
from hardware_mocks.pki.terminals import TerminalAuthority, establish_terminals
from hardware_mocks.tlv import elements, encode

TODAY = date(2026, 7, 1)
LINES = ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<"))
SECRET = b"the image of a finger"

characters = st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
numbers = st.text(characters, min_size=1, max_size=22)
dates = st.from_regex(r"[0-9]{6}|<<<<<<|[0-9]{2}<<<<", fullmatch=True)
letters = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ -'", min_size=1, max_size=50).filter(str.strip)


@given(st.sampled_from(["TD1", "TD2", "TD3"]), numbers, dates, dates, letters)
def test_whatever_is_printed_gives_access(
    document_type: mrz.DocumentType, number: str, birth: str, expiry: str, name: str
) -> None:
    fields = mrz.ZoneFields("I", "UTO", name, "JO", number, "UTO", birth, "<", expiry)
    longest = {"TD1": 9 + 13, "TD2": 9 + 5, "TD3": 9}[document_type]
    try:
        lines = mrz.zone(document_type, fields)
    except ValueError:
        assert len(number) > longest
        return
    assert len(number) <= longest
    padded = number.ljust(9, "<")
    parts = (padded, birth, expiry)
    expected = "".join(part + mrz.check_digit(part) for part in parts)
    assert mrz.mrz_information(lines) == expected
    assert mrz.numbered_document(lines) == padded + mrz.check_digit(padded)


@cache
def authority() -> TerminalAuthority:
    return establish_terminals("UT", "ecdsa", TODAY)


def open_chip() -> Chip:
    """A chip with every mechanism, behind a channel and with a terminal that has agreed keys."""
    document = Document(
        LINES,
        "123456",
        {0x0103: SECRET, 0x0104: SECRET},
        pace=(PaceOffer(),),
        chip_keys=(ChipKey(ChipKeyOrder(12, ("3DES", "AES-128")), 5),),
        terminal_trust=TrustPoint(authority().cvca.certificate, TODAY),
    )
    chip = Chip(document)
    chip._session.application = EMRTD_APPLICATION
    chip._session.access_granted = True
    chip._session.terminal_key = b"key"
    chip._session.channel = ProtectedChannel(SUITES["AES-128"].session(b"secret"))
    return chip


instructions = st.sampled_from(
    [(0x22, 0x81, 0xB6), (0x22, 0x81, 0xA4), (0x22, 0x41, 0xA4), (0x22, 0x41, 0xA6), (0x86, 0, 0),
     (0x2A, 0, 0xBE), (0x84, 0, 0), (0x82, 0, 0), (0x88, 0, 0), (0xB0, 0x83, 0), (0xB0, 0x84, 0),
     (0xB1, 0, 3), (0xA4, 2, 0x0C)]
)  # fmt: skip
likely = st.one_of(
    st.binary(max_size=80),
    st.binary(max_size=40).map(lambda raw: encode(0x7C, encode(0x80, raw))),
    st.binary(max_size=70).map(lambda raw: encode(0x91, raw)),
    st.sampled_from([1, 2, 3, 4]).map(
        lambda arc: encode(0x80, bytes.fromhex(f"04007F0007020203020{arc}"))
    ),
    st.sampled_from([b"UTCVCATESTUT001", b"UTDVTESTUT001"]).map(lambda raw: encode(0x83, raw)),
)


@settings(max_examples=50)
@given(st.lists(st.tuples(instructions, likely), max_size=12))
def test_no_commands_open_the_fingerprints(sent: list[tuple[tuple[int, int, int], bytes]]) -> None:
    chip = open_chip()
    for (ins, p1, p2), data in sent:
        reply = chip._answer(Command(0, ins, p1, p2, data, 256))
        assert 0x6000 < reply.sw <= 0x9000
        assert SECRET not in reply.data


@settings(max_examples=50)
@given(st.data())
def test_a_changed_certificate_is_refused(data: st.DataObject) -> None:
    """Whatever bit is turned: it cannot be read, or is none that the authority issued."""
    cvca = CvCertificate.of_file(authority().cvca.certificate)
    raw = bytearray(elements(authority().verifier.certificate)[0].value)
    at = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[at // 8] ^= 1 << at % 8
    try:
        CvCertificate.parse(bytes(raw)).check_issued_by(cvca, TODAY)
    except CertificateRefused:
        return
    raise AssertionError(f"bit {at}")
