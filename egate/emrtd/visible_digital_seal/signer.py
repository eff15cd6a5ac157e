"""The signer of a seal: found by reference, since no seal carries a certificate (9303-13 §2.2.1).

The profile of its certificate is in 9303-12 §7.1.3.
"""

from collections.abc import Iterable
from typing import Final

from egate.emrtd.checks import Outcome
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.crypto.public_key import EcPublicKey
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication import country, distinguished_name
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.document_signer import Finding
from egate.emrtd.visible_digital_seal.header import SealHeader
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal

_COMMON_NAME: Final = "2.5.4.3"
# The hash follows from the bits of the order of the base point (9303-13 §2.4).
_HASHES: Final = ((224, "sha224"), (256, "sha256"), (384, "sha384"), (512, "sha512"))


def signers_named_by(header: SealHeader, certificates: Iterable[Certificate]) -> list[Certificate]:
    """Return those of ``certificates`` that ``header`` refers to, by State, name and serial."""
    state, name = header.signer_identifier[:2], header.signer_identifier[2:]
    return [
        certificate
        for certificate in certificates
        if certificate.serial == header.certificate_serial
        and certificate.country == country.normalise(state)
        and (_COMMON_NAME, name) in distinguished_name.attributes(certificate.subject)
    ]


def check_signature(seal: VisibleDigitalSeal, signer: Certificate) -> Finding:
    """Return whether the key of ``signer`` made the signature of ``seal`` (9303-13 §2.4)."""
    try:
        key = signer.public_key()
    except DocumentRejected as error:
        return Outcome.FAILED, f"the key of the signer: {error}"
    if not isinstance(key, EcPublicKey):
        return Outcome.FAILED, "the key of the signer is not of an elliptic curve"
    order_bits = key.curve.n.bit_length()
    hash_name = next((name for bits, name in _HASHES if order_bits <= bits), None)
    if hash_name is None:
        return Outcome.FAILED, f"no hash for a signature on {key.curve.name}"
    if len(seal.signature) != 2 * ((order_bits + 7) // 8):
        return Outcome.FAILED, "the signature has another length than the signer's"
    try:
        right = key.verify_plain(seal.signature, seal.signed, hash_name)
    except LibcryptoUnavailable as error:
        return Outcome.UNDETERMINED, str(error)
    return (Outcome.SUCCESSFUL, "") if right else (Outcome.FAILED, "the signature is wrong")


def find_signer(
    seal: VisibleDigitalSeal, certificates: Iterable[Certificate]
) -> tuple[Finding, Certificate | None]:
    """Return how the signature of ``seal`` stands, and the certificate of its signer.

    Args:
        seal: whose signer is looked for.
        certificates: of any signers. Of several that the seal refers to, the one whose
            key made the signature counts.

    """
    named = signers_named_by(seal.header, certificates)
    checked = [(check_signature(seal, each), each) for each in named]
    for finding, certificate in checked:
        if finding[0] is Outcome.SUCCESSFUL:
            return finding, certificate
    if not checked:
        return (Outcome.UNDETERMINED, "no certificate of the seal's signer"), None
    return checked[0]
