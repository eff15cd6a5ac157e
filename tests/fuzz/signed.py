"""Damaged content under good signatures and MACs: what only a dishonest State or chip can send."""

from functools import cache

from egate.emrtd import asn1
from egate.emrtd.chip_authentication.ca_offers import ChipAuthenticationOffers
from egate.emrtd.chip_authentication.pace_cam import PaceCamEvidence, check_pace_cam
from egate.emrtd.crypto.padding import pad
from egate.emrtd.crypto.sm_cipher import TdesSmCipher
from egate.emrtd.iso7816.apdu import ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.verify import verify
from egate.emrtd.secure_messaging import SecureMessaging
from egate.emrtd.terminal_authentication.chain import ChainRejected, TerminalChain
from egate.emrtd.terminal_authentication.cv_certificate import CvCertificate
from egate.emrtd.tlv import encode
from hardware_mocks.pki.signed_data import Signer, signed_data
from tests.eac_worked_example import DH, ECDH
from tests.fuzz.samples import card_securities
from tests.trust_data import Anchors
from tests.trust_forge import DG1, NOW, TODAY, Forge, make_sod, security_object

_SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"
_CIPHER = TdesSmCipher(bytes(range(16)), bytes(range(16, 32)))


def protected_objects() -> tuple[bytes, ...]:
    """Data objects that precede the MAC of a response: with content, and of status alone."""
    cryptogram = b"\x01" + _CIPHER.encrypt(pad(bytes(range(50)), _CIPHER.block_size), 1)
    status = encode(0x99, b"\x90\x00")
    return encode(0x87, cryptogram) + status, encode(0x85, cryptogram[1:]) + status, status


@cache
def _signer() -> Signer:
    return Forge().signer()


@cache
def _anchors() -> Anchors:
    return Anchors([Forge().csca()], [Forge().crl()])


def security_objects() -> tuple[bytes, ...]:
    return security_object({1: DG1}), security_object({1: DG1, 2: b"x", 14: b"y"}, version=1)


def signed_security_object(content: bytes) -> None:
    """Passive authentication of a SOD whose content is damaged and signed well."""
    sod = make_sod(_signer(), {}, content=content)
    verify(sod, {1: DG1, 14: b"y"}, _anchors(), TODAY, issuing_state="BGD", clock=lambda: 0.0)


def card_security_contents() -> tuple[bytes, ...]:
    return tuple(SignedData.parse(asn1.decode(raw)).content for raw in card_securities())


def signed_card_security(content: bytes) -> None:
    """PACE-CAM with a file whose content is damaged and signed well."""
    raw = signed_data(_SECURITY_OBJECT, content, _signer(), NOW)
    for public, number in ((ECDH.chip_public, 13), (DH.chip_public, None)):
        evidence = PaceCamEvidence(public, content[-8:], number, raw)
        check_pace_cam(evidence, _anchors(), TODAY, issuing_state="BGD")


def card_security(raw: bytes) -> None:
    """PACE-CAM with a file that is damaged as a whole."""
    check_pace_cam(PaceCamEvidence(ECDH.chip_public, bytes(8), 13, raw), _anchors(), TODAY)


def authentic_response(objects: bytes) -> None:
    """Secure messaging with a chip that has the keys and protects anything."""
    mac = _CIPHER.mac(pad(objects, _CIPHER.block_size), 1)
    SecureMessaging(_CIPHER, ssc=0).unprotect(ResponseApdu(objects + encode(0x8E, mac), OK))


def cv_chain(raw: bytes) -> None:
    """A terminal's chain with one certificate in the place of its document verifier."""
    holder = CvCertificate.parse(ECDH.cvca).holder
    try:
        TerminalChain.parse((raw, ECDH.terminal), holder)
        TerminalChain.parse((ECDH.cvca, ECDH.document_verifier, raw), holder)
    except ChainRejected:
        return


def chip_authentication_offers(raw: bytes) -> None:
    ChipAuthenticationOffers.of(SecurityInfos.of_dg14(raw))
