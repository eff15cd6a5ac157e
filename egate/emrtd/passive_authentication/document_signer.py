"""The signer of a file, whatever the file: its signature, path, validity and revocation."""

from datetime import date

from egate.emrtd.checks import Outcome
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.certificate_path import (
    CertificatePath,
    find_certificate_path,
)
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.revocation import check_revocation

Finding = tuple[Outcome, str]


def check_signature(signed: SignedData, what: str) -> tuple[Finding, Certificate | None]:
    """Return how a signature of ``signed`` stands, and the certificate of its signer.

    Args:
        signed: what was signed. Of several signatures one that is right counts.
        what: the file, for the reason.

    """
    checked = [_check_signer(signed, number, what) for number in range(len(signed.signers))]
    return next((each for each in checked if each[0][0] is Outcome.SUCCESSFUL), checked[0])


def _check_signer(signed: SignedData, number: int, what: str) -> tuple[Finding, Certificate | None]:
    signer = signed.signers[number]
    certificate = signed.certificate_of(signer)
    if certificate is None:
        return (Outcome.UNDETERMINED, f"{what} has no certificate of its signer"), None
    try:
        signed.check_signature(signer, certificate)
    except DocumentRejected as error:
        return (Outcome.FAILED, str(error)), certificate
    except LibcryptoUnavailable as error:
        return (Outcome.UNDETERMINED, str(error)), certificate
    return (Outcome.SUCCESSFUL, ""), certificate


def path_of(
    signer: Certificate | None, anchors: TrustAnchors, at: date, usage: str | None = None
) -> CertificatePath:
    """Return the path to a trusted CSCA; without a signer there is none.

    Args:
        signer: of whatever was signed.
        anchors: what is trusted.
        at: the day to decide for.
        usage: as in ``find_certificate_path``.

    """
    if signer is None:
        return CertificatePath(Outcome.UNDETERMINED, "no signer")
    try:
        return find_certificate_path(signer, anchors, at, usage)
    except LibcryptoUnavailable as error:
        return CertificatePath(Outcome.UNDETERMINED, str(error))


def check_validity(signer: Certificate | None, csca: Certificate | None, at: date) -> Finding:
    """Return whether ``at`` is within the validity of both certificates."""
    for certificate, name in ((signer, "signer"), (csca, "CSCA")):
        if certificate is not None and not certificate.is_valid_on(at):
            when = "not yet" if at < certificate.not_before.date() else "no longer"
            return Outcome.FAILED, f"the {name} is {when} valid"
    if signer is None or csca is None:
        return Outcome.UNDETERMINED, "no trusted CSCA" if signer else "no signer"
    return Outcome.SUCCESSFUL, ""


def check_signer_revocation(
    signer: Certificate | None, csca: Certificate | None, anchors: TrustAnchors, at: date
) -> Finding:
    """Return whether the State revoked the signer."""
    if signer is None or csca is None:
        return Outcome.UNDETERMINED, "no trusted CSCA" if signer else "no signer"
    state = csca.country
    try:
        return check_revocation(signer, csca, anchors.cscas_of(state), anchors.crls_of(state), at)
    except LibcryptoUnavailable as error:
        return Outcome.UNDETERMINED, str(error)
