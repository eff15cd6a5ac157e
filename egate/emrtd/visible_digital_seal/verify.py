"""Is a seal genuine: did a signer of the State make it? (9303-13 appendix D)."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome, overall
from egate.emrtd.passive_authentication import country
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.certificate_path import SEAL_SIGNING, CertificatePath
from egate.emrtd.passive_authentication.document_signer import (
    Finding,
    check_signer_revocation,
    check_validity,
    path_of,
)
from egate.emrtd.visible_digital_seal.document_type import document_type_of, features_of
from egate.emrtd.visible_digital_seal.feature import FeatureName
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.sealed_mrz import SealedMrz
from egate.emrtd.visible_digital_seal.signer import find_signer

_NO_SIGNER: Final = "no certificate of the seal's signer"


@dataclass(frozen=True, slots=True)
class SealVerification:
    """What was found out about a seal.

    Args:
        checks: every check of a seal, each exactly once.
        signer: certificate of the seal's signer; None if it was not there.
        csca: whose key verified the signer; None if none of the trusted ones did.

    """

    checks: tuple[CheckResult, ...]
    signer: Certificate | None
    csca: Certificate | None

    @property
    def outcome(self) -> Outcome:
        """Failed if one check failed, else undetermined if one is, else successful."""
        return overall(self.checks)


def verify(
    seal: VisibleDigitalSeal,
    certificates: Iterable[Certificate],
    anchors: TrustAnchors,
    at: date,
    *,
    clock: Callable[[], float],
) -> SealVerification:
    """Verify ``seal``. Whatever it says, this ends in a result.

    Args:
        seal: as it was read.
        certificates: among which the seal's signer is looked for; they need not be trusted.
        anchors: the CSCAs and CRLs that are trusted.
        at: the day to decide for, in UTC.
        clock: seconds, for the durations.

    """
    checks: list[CheckResult] = []
    began = clock()

    def add(check_id: CheckId, finding: Finding) -> None:
        nonlocal began
        now = clock()
        checks.append(CheckResult(check_id, *finding, max(0, round((now - began) * 1000))))
        began = now

    mrz = SealedMrz.of(seal, at)
    add(CheckId.SEAL_FORMAT, _check_format(seal, mrz))
    signature, signer = find_signer(seal, certificates)
    add(CheckId.SEAL_SIGNATURE, signature)
    path = _path_of(signer, anchors, at)
    add(CheckId.SEAL_CERTIFICATE_PATH, (path.outcome, path.detail))
    add(CheckId.SEAL_SIGNER_VALIDITY, check_validity(signer, path.csca, at))
    add(CheckId.SEAL_SIGNER_REVOCATION, check_signer_revocation(signer, path.csca, anchors, at))
    add(CheckId.SEAL_COUNTRY, _check_country(seal, mrz, signer, path.csca))
    add(CheckId.SEAL_DOCUMENT_TYPE, _check_document_type(mrz, signer))
    return SealVerification(tuple(checks), signer, path.csca)


def _check_format(seal: VisibleDigitalSeal, mrz: SealedMrz | None) -> Finding:
    """Return whether the seal has what its kind of document needs (appendix D, format)."""
    if seal.header.certificate_serial == 0:
        return Outcome.FAILED, "the certificate reference is reserved for tests"
    kind = document_type_of(seal.header)
    if kind is None:
        return Outcome.UNDETERMINED, "nobody defined the features of this kind of document"
    features = features_of(seal)
    for feature in features:
        if feature.fault:
            return Outcome.FAILED, f"{feature.name}: {feature.fault}"
    found = Counter(each.name for each in features if each.name is not FeatureName.UNKNOWN)
    for name in sorted(kind.required - found.keys()):
        return Outcome.FAILED, f"{name} is missing"
    for name, count in found.items():
        if count > 1:
            return Outcome.FAILED, f"{name} is there twice"
    if FeatureName.MRZ in kind.required and (mrz is None or not _has_right_digits(mrz)):
        return Outcome.FAILED, "the MRZ in the seal has a wrong check digit"
    unknown = len(features) - found.total()
    return Outcome.SUCCESSFUL, f"{unknown} unknown features" if unknown else ""


def _has_right_digits(mrz: SealedMrz) -> bool:
    return all(mrz.parsed.check_digits.values())


def _path_of(signer: Certificate | None, anchors: TrustAnchors, at: date) -> CertificatePath:
    path = path_of(signer, anchors, at, SEAL_SIGNING)
    if signer is None or path.outcome is not Outcome.SUCCESSFUL or signer.extended_key_usages:
        return path
    # The profile demands the usage (9303-12 §7.1.3); without it this may be a document signer.
    detail = "the certificate does not say that it is for seals"
    return CertificatePath(Outcome.UNDETERMINED, detail, path.csca)


def _check_country(
    seal: VisibleDigitalSeal,
    mrz: SealedMrz | None,
    signer: Certificate | None,
    csca: Certificate | None,
) -> Finding:
    """Return whether seal, signer, CSCA and MRZ are of one State: none signs for another."""
    state = seal.header.issuing_country
    if signer is None:
        return Outcome.UNDETERMINED, _NO_SIGNER
    if not country.is_same_state(signer.country, state):
        return Outcome.FAILED, "the signer is of another State than the seal"
    if csca is not None and not country.is_same_state(csca.country, signer.country):
        return Outcome.FAILED, "the signer is not of its CSCA's State"
    if mrz is not None and not country.is_same_state(mrz.parsed.issuing_state, state):
        # Appendix D has no such rule, and the example of 9303-7 appendix E would break it.
        return Outcome.UNDETERMINED, "the MRZ in the seal names another State than the seal"
    return Outcome.SUCCESSFUL, ""


def _check_document_type(mrz: SealedMrz | None, signer: Certificate | None) -> Finding:
    """Return whether the signer may seal such a document; one letter means all that begin so."""
    if signer is None:
        return Outcome.UNDETERMINED, _NO_SIGNER
    kinds = [each.strip("< ") for each in signer.document_types]
    if not kinds:
        return Outcome.NOT_SUPPORTED, "the signer names no types of documents"
    if mrz is None:
        return Outcome.NOT_SUPPORTED, "the seal has no MRZ"
    code = mrz.parsed.document_code
    if any(code == kind or (len(kind) == 1 and code.startswith(kind)) for kind in kinds):
        return Outcome.SUCCESSFUL, ""
    return Outcome.FAILED, "the signer is for other types of documents"
