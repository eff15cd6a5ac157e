"""Everything that takes bytes of a chip: each parser with samples that are valid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from egate.emrtd import asn1, tlv
from egate.emrtd.access.card_access import CardAccess
from egate.emrtd.asn1 import Element
from egate.emrtd.chip_authentication.aa import ChallengeResponse, check_active_authentication
from egate.emrtd.crypto.key_agreement import key_agreement_of_spki
from egate.emrtd.crypto.public_key import load_public_key
from egate.emrtd.iso7816.status import OK
from egate.emrtd.lds.com import Com
from egate.emrtd.lds.dg1 import mrz_lines
from egate.emrtd.lds.dg2 import face_images
from egate.emrtd.lds.dg3 import finger_images
from egate.emrtd.lds.dg5 import displayed_portraits
from egate.emrtd.lds.dg7 import displayed_signatures
from egate.emrtd.lds.dg11 import AdditionalPersonalDetails
from egate.emrtd.lds.dg12 import AdditionalDocumentDetails
from egate.emrtd.lds.dg13 import optional_details
from egate.emrtd.lds.dg15 import active_authentication_key
from egate.emrtd.lds.dg16 import persons_to_notify
from egate.emrtd.lds.ef_atr_info import EfAtrInfo
from egate.emrtd.lds.ef_dir import EfDir
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.lds.sod import LdsSecurityObject, unwrap
from egate.emrtd.mrz.layout import MrzFormat
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import parse
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.passive_authentication.verify import verify
from egate.emrtd.terminal_authentication.cv_certificate import CvCertificate
from egate.emrtd.terminal_authentication.trust_points import EfCvca
from tests.deviation_forge import deviation_lists
from tests.emrtd_passport import TODAY, anchors, pki
from tests.fuzz import signed
from tests.fuzz.samples import card_securities, cv_certificates, documents, master_samples, samples
from tests.fuzz.seals import seals, signed_seal, unsigned_seals, verified_seal

# Other formats of zones than chips have: a licence, an old card, visas.
ZONES: Final = (
    b"ABC123D<<\nFACHE123456789001<<410624<<<<<\nHUBER<<PETER<FRANZ<XAVER<<<<<<",
    b"IDFRADOUEL<<<<<<<<<<<<<<<<<<<<932013\n0506932020438CHRISTIANE<<NI2906209F3",
    b"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    b"I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8",
)


@dataclass(frozen=True, slots=True)
class Parser:
    """One target.

    Args:
        parse: takes the damaged bytes.
        samples: valid bytes.
        weight: how often it is chosen, beside the others.

    """

    parse: Callable[[bytes], object]
    samples: Sequence[bytes]
    weight: int = 4


def _walk_tlv(raw: bytes) -> None:
    for _, value in tlv.decode_all(raw):
        if value:
            tlv.decode_header(value)
            tlv.find(value, value[0])


def _walk_asn1(raw: bytes) -> None:
    """Read every element by its kind, as deep as it goes for a thousand elements."""
    open_elements = [asn1.decode(raw, trailing=True)]
    kinds: Mapping[int, Callable[[Element], object]] = {
        asn1.INTEGER: asn1.integer,
        asn1.OBJECT_IDENTIFIER: asn1.oid,
        asn1.OCTET_STRING: asn1.octets,
        asn1.BIT_STRING: asn1.bits,
        asn1.UTC_TIME: asn1.moment,
        asn1.GENERALIZED_TIME: asn1.moment,
    }
    for _ in range(1000):
        if not open_elements:
            return
        element = open_elements.pop()
        if element.is_constructed:
            open_elements += element.children()
        elif element.tag in kinds:
            kinds[element.tag](element)


def _security_infos(raw: bytes) -> None:
    infos = SecurityInfos.parse(raw)
    infos.of_pace()
    infos.terminal_authentication()
    infos.active_authentication()
    infos.active_authentication_hash()
    infos.ef_dir()
    for key in infos.chip_authentication_public_keys():
        domain, public = key_agreement_of_spki(key.spki)
        domain.validate(public)


def _sod(raw: bytes) -> None:
    LdsSecurityObject.parse(SignedData.parse(unwrap(raw)).content)


def _mrz(raw: bytes) -> None:
    text = raw.decode("latin-1")
    mrz = parse(text.split("\n"), TODAY)
    if mrz.format in (MrzFormat.TD1, MrzFormat.TD2, MrzFormat.TD3):
        MrzKey.from_mrz(mrz)


def _dg1(raw: bytes) -> None:
    MrzKey.from_mrz(parse(mrz_lines(raw), TODAY))


def _passive_authentication(raw: bytes) -> None:
    groups = {1: samples(0x0101)[0]}
    verify(raw, groups, anchors(), TODAY, issuing_state="BGD", clock=lambda: 0.0)


def _active_authentication(raw: bytes) -> None:
    """The first half as the key's file, the whole as a signature too."""
    answered = ChallengeResponse(bytes(8), raw[:256], OK)
    check_active_authentication(raw, answered, raw)
    check_active_authentication(samples(0x010F)[0], answered)


def _spki(raw: bytes) -> None:
    domain, public = key_agreement_of_spki(raw)
    domain.validate(public)


def _security_infos_samples() -> tuple[bytes, ...]:
    dg14s = (tlv.decode_one(raw, 0x6E) for raw in samples(0x010E))
    content = (SignedData.parse(asn1.decode(raw)).content for raw in card_securities()[:2])
    return (*dg14s, *master_samples(0x011C), *content)


def _spkis() -> tuple[bytes, ...]:
    infos = (SecurityInfos.parse(raw) for raw in _security_infos_samples())
    return tuple(key.spki for each in infos for key in each.chip_authentication_public_keys())


@cache
def parsers() -> Mapping[str, Parser]:
    """Return the targets by name."""
    home = pki().authorities["BGD"]
    sods, dg15s = samples(0x011D), samples(0x010F)
    certificates = tuple(
        certificate.raw
        for raw in sods
        for certificate in SignedData.parse(unwrap(raw)).certificates
    )
    everything = tuple(raw for document in documents().values() for raw in document.files.values())
    printed = tuple("\n".join(document.mrz).encode() for document in documents().values())
    return {
        "tlv": Parser(_walk_tlv, everything),
        "asn1": Parser(_walk_asn1, (*sods, *dg15s, *certificates), 8),
        "mrz": Parser(_mrz, (*printed, *ZONES)),
        "EF.COM": Parser(Com.parse, samples(0x011E)),
        "EF.SOD": Parser(_sod, sods, 8),
        "DG1": Parser(_dg1, samples(0x0101)),
        "DG2": Parser(face_images, samples(0x0102)),
        "DG3": Parser(finger_images, samples(0x0103)),
        "DG5": Parser(displayed_portraits, samples(0x0105)),
        "DG7": Parser(displayed_signatures, samples(0x0107)),
        "DG11": Parser(AdditionalPersonalDetails.parse, samples(0x010B)),
        "DG12": Parser(AdditionalDocumentDetails.parse, samples(0x010C)),
        "DG13": Parser(optional_details, samples(0x010D), 1),
        "DG14": Parser(SecurityInfos.of_dg14, samples(0x010E)),
        "DG15": Parser(active_authentication_key, dg15s),
        "DG16": Parser(persons_to_notify, samples(0x0110)),
        "EF.DIR": Parser(EfDir.parse, master_samples(0x2F00)),
        "EF.ATR/INFO": Parser(EfAtrInfo.parse, master_samples(0x2F01)),
        "EF.CardAccess": Parser(CardAccess.parse, master_samples(0x011C), 8),
        "EF.CVCA": Parser(EfCvca.parse, (bytes.fromhex("420E") + b"DETESTCVCA0001" + bytes(20),)),
        "SecurityInfos": Parser(_security_infos, _security_infos_samples(), 8),
        "SubjectPublicKeyInfo": Parser(_spki, _spkis()),
        "public key": Parser(load_public_key, tuple(tlv.decode_one(raw, 0x6F) for raw in dg15s)),
        "certificate": Parser(Certificate.parse, certificates),
        "CRL": Parser(RevocationList.parse, (home.crl,), 1),
        "deviation list": Parser(DeviationList.parse, deviation_lists(), 2),
        "CV certificate": Parser(CvCertificate.parse, cv_certificates()),
        "chain of CV certificates": Parser(signed.cv_chain, cv_certificates(), 2),
        "passive authentication": Parser(_passive_authentication, sods, 2),
        "seal": Parser(verified_seal, seals()),
        "signed seal": Parser(signed_seal, unsigned_seals(), 2),
        "active authentication": Parser(_active_authentication, dg15s, 2),
        "response": Parser(signed.authentic_response, signed.protected_objects(), 8),
        "signed security object": Parser(
            signed.signed_security_object, signed.security_objects(), 2
        ),
        "EF.CardSecurity": Parser(signed.card_security, card_securities(), 2),
        "signed EF.CardSecurity": Parser(
            signed.signed_card_security, signed.card_security_contents(), 2
        ),
        "chip authentication": Parser(signed.chip_authentication_offers, samples(0x010E)),
    }
