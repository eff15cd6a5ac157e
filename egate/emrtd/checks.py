"""What a check leaves behind: one result with a stable id (BSI TR-03135-1 section 4).

A failed authentication is a finding about the document, never an exception.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """How a check ended."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOT_SUPPORTED = "not_supported"
    ABORTED = "aborted"


class CheckId(StrEnum):
    """Stable report codes; stored records refer to them, so none is ever renamed."""

    OPTICAL_MRZ_CHECK_DIGITS = "OPTICAL.MRZ.CHECK_DIGITS"
    OPTICAL_MRZ_EXPIRY = "OPTICAL.MRZ.EXPIRY"
    MRZ_PRINT = "OPTICAL.MRZ.PRINT"
    """Type face, pitch and place of the MRZ (ICAO 9303-3 section 4)."""
    OPTICAL_IR = "OPTICAL.IR"
    OPTICAL_UV = "OPTICAL.UV"
    PHOTOGRAPH = "OPTICAL.PHOTOGRAPH"
    """The printed portrait under white light against infrared, and its edges."""
    PATTERN = "OPTICAL.PATTERN"
    """The page against the model of its document: layout and background."""
    OPTICAL_SEAL = "OPTICAL.SEAL"
    """The visible digital seal of the page: found, genuine, and as the MRZ (9303-13)."""
    ACCESS = "ELECTRONIC.ACCESS"
    SOD_SIGNATURE = "ELECTRONIC.PA.SOD_SIGNATURE"
    CERTIFICATE_PATH = "ELECTRONIC.PA.CERTIFICATE_PATH"
    DS_VALIDITY = "ELECTRONIC.PA.DS_VALIDITY"
    DS_REVOCATION = "ELECTRONIC.PA.DS_REVOCATION"
    DG_HASHES = "ELECTRONIC.PA.DG_HASHES"
    COUNTRY = "ELECTRONIC.PA.COUNTRY"
    COM_SOD = "ELECTRONIC.COM_SOD"
    CHIP_AUTHENTICATION = "ELECTRONIC.CHIP_AUTHENTICATION"
    ACTIVE_AUTHENTICATION = "ELECTRONIC.ACTIVE_AUTHENTICATION"
    MRZ_DG1 = "COMBINED.MRZ_DG1"
    MRZ_VIZ = "COMBINED.MRZ_VIZ"
    """The MRZ against the visual inspection zone of the same page."""
    DEVIATION = "COMBINED.DEVIATION"
    PORTRAIT = "COMBINED.PORTRAIT"
    """The printed portrait against that of EF.DG2."""
    FACE_CAPTURE = "BIOMETRIC.CAPTURE"
    FACE_QUALITY = "BIOMETRIC.QUALITY"
    PAD = "BIOMETRIC.PAD"
    FACE = "BIOMETRIC.FACE"
    DOCUMENT_STATUS = "BACKGROUND.DOCUMENT_STATUS"
    WATCHLIST = "BACKGROUND.WATCHLIST"
    AUTHORISATION = "BACKGROUND.AUTHORISATION"
    STAY = "BACKGROUND.STAY"
    CLEARANCE = "BACKGROUND.CLEARANCE"
    ELIGIBILITY = "BACKGROUND.ELIGIBILITY"
    SERVICE = "BACKGROUND.SERVICE"
    SINGLE_PERSON = "PHYSICAL.SINGLE_PERSON"
    NOTHING_LEFT = "PHYSICAL.NOTHING_LEFT"
    PASSAGE = "PHYSICAL.PASSAGE"
    SEAL_FORMAT = "SEAL.FORMAT"
    SEAL_SIGNATURE = "SEAL.SIGNATURE"
    SEAL_CERTIFICATE_PATH = "SEAL.CERTIFICATE_PATH"
    SEAL_SIGNER_VALIDITY = "SEAL.SIGNER_VALIDITY"
    SEAL_SIGNER_REVOCATION = "SEAL.SIGNER_REVOCATION"
    SEAL_COUNTRY = "SEAL.COUNTRY"
    SEAL_DOCUMENT_TYPE = "SEAL.DOCUMENT_TYPE"
    SEAL_MRZ = "SEAL.MRZ"
    SEAL_PASSPORT = "SEAL.PASSPORT"


# A lane keeps one result of a seal, OPTICAL.SEAL; ``egate seal verify`` tells each of its parts.
LANE_CHECKS: Final = tuple(each for each in CheckId if not each.startswith("SEAL."))


PAGE_CHECKS: Final = (
    CheckId.MRZ_PRINT,
    CheckId.OPTICAL_IR,
    CheckId.OPTICAL_UV,
    CheckId.PHOTOGRAPH,
    CheckId.PATTERN,
    CheckId.OPTICAL_SEAL,
    CheckId.MRZ_VIZ,
)
"""What only the pictures of a page scanner can tell."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check, its end and why.

    Args:
        check_id: which check.
        outcome: how it ended.
        detail: the reason in plain words, for officers and auditors. Never
            holds personal data: it is logged and leaves the gate.
        duration_ms: how long the check took, in milliseconds.

    """

    check_id: CheckId
    outcome: Outcome
    detail: str = ""
    duration_ms: int = 0


def overall(checks: Iterable[CheckResult]) -> Outcome:
    """Return *failed* if one check failed, else *undetermined* if one is, else *successful*."""
    outcomes = {check.outcome for check in checks}
    for outcome in (Outcome.FAILED, Outcome.UNDETERMINED):
        if outcome in outcomes:
            return outcome
    return Outcome.SUCCESSFUL
