"""Passive authentication: were these data signed by the State? (9303-11 §5.1)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hmac import compare_digest
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.checks import CheckId, CheckResult, Outcome, overall
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.sod import LdsSecurityObject, unwrap
from egate.emrtd.passive_authentication import country
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.document_signer import (
    Finding,
    check_signature,
    check_signer_revocation,
    check_validity,
    path_of,
)
from egate.emrtd.passive_authentication.document_type import is_of_type

# China signs its SODs as plain data.
_CONTENT_TYPES: Final = frozenset({"2.23.136.1.1.1", "1.2.840.113549.1.7.1"})
_DG1: Final = 0x61
_MRZ: Final = 0x5F1F


@dataclass(frozen=True, slots=True)
class SignerIdentity:
    """The document signer: its State, and its serial number in hexadecimal."""

    country: str
    serial: str


@dataclass(frozen=True, slots=True)
class CscaIdentity:
    """The CSCA whose key verified the signer: identifier in hexadecimal, and its State."""

    ski: str
    country: str


@dataclass(frozen=True, slots=True)
class PassiveAuthentication:
    """What passive authentication found out.

    Args:
        outcome: failed if one check failed, else undetermined if one is, else successful.
        checks: every check, each exactly once.
        signer: None if the SOD has no certificate of its signer.
        csca: None if none of the trusted ones verified the signer.
        signer_certificate: as in the SOD; None likewise.
        changed_data_groups: those whose hashes are wrong; none if one is not signed at all.

    """

    outcome: Outcome
    checks: tuple[CheckResult, ...]
    signer: SignerIdentity | None
    csca: CscaIdentity | None
    signer_certificate: Certificate | None = field(default=None, repr=False)
    changed_data_groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _OpenedSod:
    """A SOD as far as it can be read, and how its signature stands."""

    finding: Finding
    security_object: LdsSecurityObject | None = None
    signer: Certificate | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the document says it is; "" for what it does not say."""

    issuing_state: str
    document_code: str

    @classmethod
    def of_dg1(cls, dg1: bytes | None) -> "_Claim | None":
        """Read the first five characters of the MRZ, the same in every format (9303-10 §4.7.1)."""
        if dg1 is None:
            return None
        try:
            fields = asn1.decode(dg1, trailing=True).expect(_DG1, "DG1").fields("DG1")
            mrz = fields.take(_MRZ).content.decode("ascii", "replace")
        except DocumentRejected:
            return cls("", "")
        return cls(mrz[2:5].strip("<"), mrz[:2].strip("<"))

    def is_of_type(self, types: tuple[str, ...]) -> bool:
        """Return whether the signer is for this type, or does not say for which."""
        if not types or not self.document_code:
            return True
        return any(is_of_type(self.document_code, kind) for kind in types)


def verify(
    sod: bytes,
    data_groups: Mapping[int, bytes],
    anchors: TrustAnchors,
    at: date,
    *,
    issuing_state: str | None = None,
    clock: Callable[[], float],
) -> PassiveAuthentication:
    """Authenticate ``data_groups`` by ``sod``. Whatever the bytes are, this ends in a result.

    Args:
        sod: the file EF.SOD.
        data_groups: the files that were read, by number.
        anchors: the CSCAs and CRLs that are trusted.
        at: the day to decide for, in UTC.
        issuing_state: as in the MRZ; taken from DG1 if None and DG1 is there.
        clock: seconds, for the durations.

    """
    checks: list[CheckResult] = []
    claim = _Claim.of_dg1(data_groups.get(1))
    if issuing_state is not None:
        claim = _Claim(issuing_state, claim.document_code if claim else "")

    def add(check_id: CheckId, finding: Finding, began: float) -> None:
        duration_ms = max(0, round((clock() - began) * 1000))
        checks.append(CheckResult(check_id, finding[0], finding[1], duration_ms))

    began = clock()
    opened = _open(sod)
    add(CheckId.SOD_SIGNATURE, opened.finding, began)
    began = clock()
    path = path_of(opened.signer, anchors, at)
    add(CheckId.CERTIFICATE_PATH, (path.outcome, path.detail), began)
    began = clock()
    add(CheckId.DS_VALIDITY, check_validity(opened.signer, path.csca, at), began)
    began = clock()
    add(
        CheckId.DS_REVOCATION, check_signer_revocation(opened.signer, path.csca, anchors, at), began
    )
    began = clock()
    hashes, changed = _check_hashes(opened.security_object, data_groups)
    add(CheckId.DG_HASHES, hashes, began)
    began = clock()
    add(CheckId.COUNTRY, _check_country(opened.signer, path.csca, claim), began)
    return PassiveAuthentication(
        outcome=overall(checks),
        checks=tuple(checks),
        signer=_identity(opened.signer),
        csca=_csca_identity(path.csca),
        signer_certificate=opened.signer,
        changed_data_groups=changed,
    )


def _open(sod: bytes) -> _OpenedSod:
    try:
        signed = SignedData.parse(unwrap(sod))
    except DocumentRejected as error:
        return _OpenedSod((Outcome.FAILED, f"the SOD cannot be read: {error}"))
    try:
        security_object = LdsSecurityObject.parse(signed.content)
    except DocumentRejected as error:
        security_object, fault = None, f"the security object cannot be read: {error}"
    else:
        fault = "" if signed.content_type in _CONTENT_TYPES else "the content type is not of a SOD"
    signature, signer = check_signature(signed, "the SOD")
    finding = (Outcome.FAILED, fault) if fault else signature
    return _OpenedSod(finding, security_object, signer)


def _check_hashes(
    security_object: LdsSecurityObject | None, data_groups: Mapping[int, bytes]
) -> tuple[Finding, frozenset[int]]:
    """Return the finding, and the data groups that were changed if all are signed."""
    nothing = frozenset[int]()
    if not data_groups:
        return (Outcome.NOT_SUPPORTED, "no data group was given"), nothing
    if security_object is None:
        return (Outcome.UNDETERMINED, "no security object"), nothing
    hashes = security_object.data_group_hashes
    if unsigned := sorted(data_groups.keys() - hashes.keys()):
        return (Outcome.FAILED, f"{_groups(unsigned, 'is', 'are')} not in the SOD"), nothing
    changed = [
        number
        for number, content in sorted(data_groups.items())
        if not compare_digest(
            hashlib.new(security_object.hash_name, content).digest(), hashes[number]
        )
    ]
    if changed:
        return (Outcome.FAILED, f"{_groups(changed, 'was', 'were')} changed"), frozenset(changed)
    return (Outcome.SUCCESSFUL, ""), nothing


def _groups(numbers: list[int], one: str, many: str) -> str:
    names = ", ".join(f"DG{number}" for number in numbers)
    return f"{names} {one if len(numbers) == 1 else many}"


def _check_country(
    signer: Certificate | None, csca: Certificate | None, claim: _Claim | None
) -> Finding:
    if signer is None:
        return Outcome.UNDETERMINED, "no document signer"
    if csca is not None and not country.is_same_state(signer.country, csca.country):
        return Outcome.FAILED, "the document signer is not of its CSCA's State"
    if claim is None:
        return Outcome.NOT_SUPPORTED, "neither DG1 nor an issuing State was given"
    if not signer.country or not claim.issuing_state:
        return Outcome.UNDETERMINED, "DG1 or the document signer names no State"
    if not country.is_same_state(signer.country, claim.issuing_state):
        if not (country.is_known(signer.country) and country.is_known(claim.issuing_state)):
            return Outcome.UNDETERMINED, "a code of no known State"  # TR-03135-1 §5.6.4.5
        return Outcome.FAILED, "the document signer is not of the issuing State"
    if not claim.is_of_type(signer.document_types):
        return Outcome.UNDETERMINED, "the document signer is for other types of documents"
    return Outcome.SUCCESSFUL, ""


def _identity(signer: Certificate | None) -> SignerIdentity | None:
    return None if signer is None else SignerIdentity(signer.country, signer.serial_hex)


def _csca_identity(csca: Certificate | None) -> CscaIdentity | None:
    return None if csca is None else CscaIdentity((csca.ski or b"").hex(), csca.country)
