"""PACE with chip authentication mapping: the chip shows its key while it opens (9303-11 §4.4.3.5).

The chip opened the channel with a mapping key that nobody else has, and gives away its quotient
by the static key. Only who has the static key can make the two agree.
"""

from dataclasses import dataclass, field
from datetime import date
from hmac import compare_digest

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.crypto.key_agreement import KeyAgreement, key_agreement_of_spki
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.card_security import CardSecurity
from egate.emrtd.passive_authentication import country
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.document_signer import (
    Finding,
    check_signature,
    check_signer_revocation,
    check_validity,
    path_of,
)


@dataclass(frozen=True, slots=True)
class PaceCamEvidence:
    """What the chip gave while PACE-CAM opened it, and the signed file with its key.

    Args:
        mapping_public: PK_Map,IC.
        authentication_data: CA_IC, decrypted; empty when none came that can be decrypted.
        parameter_id: of the domain parameters, and so the number of the key.
        card_security: the whole file EF.CardSecurity; None when the chip did not give it.

    """

    mapping_public: bytes = field(repr=False)
    authentication_data: bytes = field(repr=False)
    parameter_id: int | None
    card_security: bytes | None = field(repr=False)


def check_pace_cam(
    evidence: PaceCamEvidence, anchors: TrustAnchors, at: date, *, issuing_state: str | None = None
) -> CheckResult:
    """Check that the chip has the key that EF.CardSecurity shows, and whose that is.

    Whatever the bytes are, this ends in a result. It fails where a signed file promises what
    the chip does not have, and where somebody changed that file; a file that nobody trusted
    signed promises nothing.

    Args:
        evidence: of this opening.
        anchors: the CSCAs and CRLs that are trusted.
        at: the day to decide for, in UTC.
        issuing_state: as in the MRZ; None when it is not known.

    """
    outcome, detail = _check(evidence, anchors, at, issuing_state)
    return CheckResult(CheckId.CHIP_AUTHENTICATION, outcome, f"PACE-CAM: {detail}")


def _check(
    evidence: PaceCamEvidence, anchors: TrustAnchors, at: date, issuing_state: str | None
) -> Finding:
    if evidence.card_security is None:
        return Outcome.UNDETERMINED, "the chip does not give EF.CardSecurity"
    try:
        file = CardSecurity.parse(evidence.card_security)
    except DocumentRejected as error:
        return Outcome.UNDETERMINED, f"EF.CardSecurity cannot be read: {error}"
    signature, signer = check_signature(file.signed, "EF.CardSecurity")
    if signature[0] is not Outcome.SUCCESSFUL:
        return signature
    matched = _match(file, evidence)
    if matched[0] is not Outcome.SUCCESSFUL:
        return matched
    return _vouched(signer, anchors, at, issuing_state) or matched


def _vouched(
    signer: Certificate | None, anchors: TrustAnchors, at: date, issuing_state: str | None
) -> Finding | None:
    """Return what keeps the signer from vouching for the key, None when nothing does."""
    path = path_of(signer, anchors, at)
    if path.outcome is not Outcome.SUCCESSFUL:
        return path.outcome, f"the key matches; {path.detail}"
    for outcome, detail in (
        check_validity(signer, path.csca, at),
        check_signer_revocation(signer, path.csca, anchors, at),
    ):
        if outcome is Outcome.FAILED:
            return Outcome.UNDETERMINED, f"the key matches; {detail}"
    named = signer.country if signer else ""
    if issuing_state and named and not country.is_same_state(named, issuing_state):
        return Outcome.FAILED, "the signer of EF.CardSecurity is not of the issuing State"
    return None


def _match(file: CardSecurity, evidence: PaceCamEvidence) -> Finding:
    """Compare PK_Map,IC with KA(CA_IC, PK_IC) (§4.4.3.5.2)."""
    try:
        domain, public = _static_key(file, evidence.parameter_id)
    except DocumentRejected as error:
        return Outcome.UNDETERMINED, f"the key in EF.CardSecurity cannot be used: {error}"
    factor = int.from_bytes(evidence.authentication_data, "big")
    if not 0 < factor < domain.order:
        return Outcome.FAILED, "the chip gave no chip authentication data"
    if not compare_digest(domain.public_key(factor, public), evidence.mapping_public):
        return Outcome.FAILED, "the chip does not have the key in EF.CardSecurity"
    return Outcome.SUCCESSFUL, domain.name


class _KeyMissing(DocumentRejected):
    """No key, or several of which none is named. Never leaves this module."""


def _static_key(file: CardSecurity, parameter_id: int | None) -> tuple[KeyAgreement, bytes]:
    """Return the key whose number is that of the domain parameters; or the only one (§9.2.1)."""
    keys = file.infos.chip_authentication_public_keys()
    named = [key for key in keys if key.key_id == parameter_id] or list(keys)
    if len(named) != 1:
        raise _KeyMissing(f"{len(named)} keys, none of them number {parameter_id}")
    return key_agreement_of_spki(named[0].spki)
