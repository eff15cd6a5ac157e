"""How the oddities of real certificates, lists and SODs show in their bytes.

Where asn1crypto can read what is odd, it does, so that our own reader is not its own judge.
"""

from asn1crypto import x509

from egate.emrtd.crypto.public_key import EcPublicKey, RsaPublicKey
from egate.emrtd.lds.sod import LdsSecurityObject
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData

NULL = b"\x05\x00"
ECDSA_SHA256 = bytes.fromhex("06082A8648CE3D040302")
RSA_SHA512 = bytes.fromhex("06092A864886F70D01010D")
PRIME_FIELD = bytes.fromhex("06072A8648CE3D0101")
BASIC_CONSTRAINTS = "2.5.29.19"
AKI, NAME_CHANGE = "2.5.29.35", "2.23.136.1.1.6.1"
SKI_OID = bytes.fromhex("0603551D0E")
REASON_CODE = bytes.fromhex("0603551D15")
TELETEX = 20
RSA_UNNAMED, RSA_PSS = "2a864886f70d010101", "2a864886f70d01010a"
ECDSA_SHA1 = "2a8648ce3d0401"


def fields_of(certificate: Certificate) -> x509.TbsCertificate:
    """The certificate as asn1crypto reads it."""
    return x509.Certificate.load(certificate.raw)["tbs_certificate"]


def extension(certificate: Certificate, kind: str) -> bytes:
    """The content of an extension; empty if it is not there."""
    for each in fields_of(certificate)["extensions"]:
        if each["extn_id"].dotted == kind:
            return bytes(each["extn_value"].contents)
    return b""


def is_critical(certificate: Certificate, kind: str) -> bool:
    listed = fields_of(certificate)["extensions"]
    return any(each["extn_id"].dotted == kind and each["critical"].native for each in listed)


def has_half_an_issuer(certificate: Certificate) -> bool:
    """The AKI names the serial number of the issuer's certificate and not its issuer."""
    parts = x509.AuthorityKeyIdentifier.load(extension(certificate, AKI))
    issuer, serial = parts["authority_cert_issuer"], parts["authority_cert_serial_number"]
    return issuer.native is None and serial.native is not None


def allows_no_certificates(certificate: Certificate) -> bool:
    usage = x509.Certificate.load(certificate.raw).key_usage_value
    return usage is not None and "key_cert_sign" not in usage.native


def is_version_1(certificate: Certificate) -> bool:
    tbs = fields_of(certificate)
    return tbs["version"].native == "v1" and not len(tbs["extensions"])


def string_tags(name: bytes) -> set[int]:
    return {pair["value"].chosen.tag for rdn in x509.Name.load(name).chosen for pair in rdn}


def country(certificate: Certificate) -> str:
    return fields_of(certificate)["subject"].native.get("country_name", "")


def pss_salt(certificate: Certificate) -> int:
    parameters = x509.Certificate.load(certificate.raw)["signature_algorithm"]["parameters"]
    return parameters["salt_length"].native


def rsa_exponent(certificate: Certificate) -> int:
    return fields_of(certificate)["subject_public_key_info"]["public_key"].native["public_exponent"]


def algorithm(signed: SignedData) -> str:
    return signed.signers[0].signature_algorithm.raw.hex()


def digest(signed: SignedData) -> str:
    return signed.signers[0].digest_algorithm.raw.hex()


def curve(signed: SignedData) -> str:
    key = signed.certificates[0].public_key()
    return key.curve.name if isinstance(key, EcPublicKey) else ""


def recovered(signed: SignedData) -> bytes:
    key = signed.certificates[0].public_key()
    assert isinstance(key, RsaPublicKey)
    return key.recover(signed.signers[0].signature) or b""


def lds_version(signed: SignedData) -> str | None:
    return LdsSecurityObject.parse(signed.content).lds_version
