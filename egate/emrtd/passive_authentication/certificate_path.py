"""From a document signer to the CSCA that stands for its State (9303-12 appendix D).

The path is one certificate long. Link certificates establish anchors, they are no
intermediates; there are no policies and no name constraints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from egate.emrtd.checks import Outcome
from egate.emrtd.passive_authentication import country, distinguished_name
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.distinguished_name import is_same_name

# Keys for master lists, deviation lists, visible seals and DTCs are certified by the CSCA
# too, and may not sign documents (9303-12 §7.1.1.3, §7.1.3).
SEAL_SIGNING: Final = "2.23.136.1.1.11.1"
_OTHER_PURPOSES: Final = frozenset(
    {"2.23.136.1.1.3", "2.23.136.1.1.8", SEAL_SIGNING, "2.23.136.1.1.12.1"}
)


@dataclass(frozen=True, slots=True)
class CertificatePath:
    """How the search for the CSCA ended; ``csca`` only if its key verified the signer."""

    outcome: Outcome
    detail: str = ""
    csca: Certificate | None = None


def find_certificate_path(
    signer: Certificate, anchors: TrustAnchors, at: date, usage: str | None = None
) -> CertificatePath:
    """Return the path from ``signer`` to a trusted CSCA.

    Args:
        signer: the document signer, or that of something else.
        anchors: what is trusted.
        at: of several certificates of the key, one valid on this day is preferred.
        usage: the extended key usage it must have if it has any; None for a document signer.

    Raises:
        LibcryptoUnavailable: this machine cannot verify the signature.

    """
    if not _is_for(signer, usage):
        return CertificatePath(Outcome.FAILED, "the signer's certificate is for another purpose")
    by_key = anchors.cscas_with_key_identifier(signer.aki) if signer.aki else ()
    if csca := _verifying(signer, by_key, at):
        if not _may_issue(csca, signer):
            return CertificatePath(Outcome.FAILED, "the CSCA is of another State")
        return CertificatePath(Outcome.SUCCESSFUL, "", csca)
    if csca := _verifying(signer, _by_name(signer, anchors), at):
        return CertificatePath(Outcome.SUCCESSFUL, "the CSCA was found by its name", csca)
    if by_key:
        return CertificatePath(Outcome.FAILED, "the CSCA did not sign the signer's certificate")
    return CertificatePath(Outcome.UNDETERMINED, "no trusted CSCA for the signer")


def _is_for(signer: Certificate, usage: str | None) -> bool:
    usages = set(signer.extended_key_usages)
    return not _OTHER_PURPOSES & usages if usage is None else not usages or usage in usages


def _verifying(signer: Certificate, cscas: Sequence[Certificate], at: date) -> Certificate | None:
    # A key has several certificates, its own and the links to it: it is tried once.
    each_key = {csca.spki: csca for csca in cscas}
    right = {spki for spki, csca in each_key.items() if signer.verify_signed_by(csca)}
    signers = [csca for csca in cscas if csca.spki in right]
    return max(signers, key=lambda c: (c.is_valid_on(at), c.not_after), default=None)


def _by_name(signer: Certificate, anchors: TrustAnchors) -> Sequence[Certificate]:
    """Return the CSCAs to try where an identifier cannot choose (LV, version 1 certificates)."""
    state = country.normalise(distinguished_name.country_of(signer.issuer))
    return [
        csca
        for csca in anchors.cscas_of(state)
        if (signer.aki is None or csca.ski is None) and is_same_name(csca.subject, signer.issuer)
    ]


def _may_issue(csca: Certificate, signer: Certificate) -> bool:
    """Return whether the names agree, or at least the State: some spell their name anew (PH)."""
    if is_same_name(csca.subject, signer.issuer):
        return True
    return country.is_same_state(csca.country, distinguished_name.country_of(signer.issuer))
