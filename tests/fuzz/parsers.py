"""Everything that takes bytes of a chip: each parser with samples that are valid."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from egate.emrtd import asn1, tlv
from egate.emrtd.access.card_access import CardAccess
from egate.emrtd.asn1 import Element
from egate.emrtd.chip_authentication.aa import ChallengeResponse, check_active_authentication
from egate.emrtd.crypto.key_agreement import key_agreement_of_spki
from egate.emrtd.crypto.public_key import load_public_key
from egate.emrtd.errors import DocumentRejected, RetryableReadError
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
from tests.fuzz.target import Target
from tests.fuzz.text import either

REFUSALS: Final = (RetryableReadError, DocumentRejected)
Made = Callable[[], Sequence[bytes]]
# Other formats of zones than chips have: a licence, an old card, visas.
ZONES: Final = (
    b"ABC123D<<\nFACHE123456789001<<410624<<<<<\nHUBER<<PETER<FRANZ<XAVER<<<<<<",
    b"IDFRADOUEL<<<<<<<<<<<<<<<<<<<<932013\n0506932020438CHRISTIANE<<NI2906209F3",
    b"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    b"I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8",
)


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


def _certificates() -> tuple[bytes, ...]:
    return tuple(
        certificate.raw
        for raw in samples(0x011D)
        for certificate in SignedData.parse(unwrap(raw)).certificates
    )


def _everything() -> tuple[bytes, ...]:
    return tuple(raw for document in documents().values() for raw in document.files.values())


def _lines() -> tuple[bytes, ...]:
    printed = tuple("\n".join(document.mrz).encode() for document in documents().values())
    return (*printed, *ZONES)


def _file(take: Callable[[bytes], object], file_id: int, share: int = 4) -> Target:
    return Target(take, lambda: samples(file_id), REFUSALS, share=share)


def _of(take: Callable[[bytes], object], made: Made, share: int = 4) -> Target:
    return Target(take, made, REFUSALS, share=share)


def _files() -> Mapping[str, Target]:
    return {
        "EF.COM": _file(Com.parse, 0x011E),
        "EF.SOD": _file(_sod, 0x011D, 8),
        "DG1": _file(_dg1, 0x0101),
        "DG2": _file(face_images, 0x0102),
        "DG3": _file(finger_images, 0x0103),
        "DG5": _file(displayed_portraits, 0x0105),
        "DG7": _file(displayed_signatures, 0x0107),
        "DG11": _file(AdditionalPersonalDetails.parse, 0x010B),
        "DG12": _file(AdditionalDocumentDetails.parse, 0x010C),
        "DG13": _file(optional_details, 0x010D, 1),
        "DG14": _file(SecurityInfos.of_dg14, 0x010E),
        "DG15": _file(active_authentication_key, 0x010F),
        "DG16": _file(persons_to_notify, 0x0110),
        "active authentication": _file(_active_authentication, 0x010F, 2),
        "passive authentication": _file(_passive_authentication, 0x011D, 2),
        "chip authentication": _file(signed.chip_authentication_offers, 0x010E),
        "EF.DIR": _of(EfDir.parse, lambda: master_samples(0x2F00)),
        "EF.ATR-INFO": _of(EfAtrInfo.parse, lambda: master_samples(0x2F01)),
        "EF.CardAccess": _of(CardAccess.parse, lambda: master_samples(0x011C), 8),
        "EF.CVCA": _of(
            EfCvca.parse, lambda: (bytes.fromhex("420E") + b"DETESTCVCA0001" + bytes(20),)
        ),
        "EF.CardSecurity": _of(signed.card_security, card_securities, 2),
        "signed EF.CardSecurity": _of(
            signed.signed_card_security, signed.card_security_contents, 2
        ),
    }


@cache
def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    found = {
        "tlv": _of(_walk_tlv, _everything),
        "asn1": _of(_walk_asn1, lambda: (*samples(0x011D), *samples(0x010F), *_certificates()), 8),
        "mrz": Target(_mrz, _lines, REFUSALS, either),
        "SecurityInfos": _of(_security_infos, _security_infos_samples, 8),
        "SubjectPublicKeyInfo": _of(_spki, _spkis),
        "public key": _of(
            load_public_key,
            lambda: tuple(tlv.decode_one(raw, 0x6F) for raw in samples(0x010F)),
        ),
        "certificate": _of(Certificate.parse, _certificates),
        "CRL": _of(RevocationList.parse, lambda: (pki().authorities["BGD"].crl,), 1),
        "deviation list": _of(DeviationList.parse, deviation_lists, 2),
        "CV certificate": _of(CvCertificate.parse, cv_certificates),
        "chain of CV certificates": _of(signed.cv_chain, cv_certificates, 2),
        "seal": _of(verified_seal, seals),
        "signed seal": _of(signed_seal, unsigned_seals, 2),
        "response": _of(signed.authentic_response, signed.protected_objects, 8),
        "signed security object": _of(signed.signed_security_object, signed.security_objects, 2),
    }
    return {f"emrtd/{name}": target for name, target in {**found, **_files()}.items()}
