"""Where each check stands in the guideline, and the numbers that its error codes begin with."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from egate.emrtd.checks import CheckId

FIRST_CODE: Final = 1_000
"""TR-03135-1 §5.3: the codes of a vendor begin here."""
LAST_CODE: Final = 999_999
CODES_OF_A_DOMAIN: Final = 10_000
CODES_OF_A_CHECK: Final = 100


class LogDomain(StrEnum):
    """The application domains of TR-03135-1 table 6.1, in its order."""

    OPTICAL = "OpticalChecks"
    ELECTRONIC = "ElectronicChecks"
    COMBINED = "CombinedChecks"
    DIGITAL_SEAL = "DigitalSealChecks"
    BIOMETRIC = "BiometricChecks"
    BACKGROUND = "BackgroundChecks"
    APPLICATION = "ApplicationSpecificChecks"


DOCUMENT_DOMAINS: Final = (
    LogDomain.OPTICAL,
    LogDomain.ELECTRONIC,
    LogDomain.COMBINED,
    LogDomain.DIGITAL_SEAL,
)
"""Whose checks make the overall document check result (TR-03135-1 §5.4)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one check stands.

    Args:
        domain: of the guideline, whatever our own id begins with.
        section: of TR-03135-1; "" where the guideline has none.
        number: 1 to 99, of its own in the domain; it is never given to another check.

    """

    domain: LogDomain
    section: str
    number: int

    @property
    def first_code(self) -> int:
        """The number to which a reason's is added."""
        domains = list(LogDomain)
        return (domains.index(self.domain) + 1) * CODES_OF_A_DOMAIN + self.number * CODES_OF_A_CHECK


_BIOMETRIC, _BACKGROUND = LogDomain.BIOMETRIC, LogDomain.BACKGROUND
_ELECTRONIC, _SEAL = LogDomain.ELECTRONIC, LogDomain.DIGITAL_SEAL

PLACES: Final = MappingProxyType(
    {
        CheckId.OPTICAL_MRZ_CHECK_DIGITS: Place(LogDomain.OPTICAL, "5.5.4.1.1", 1),
        CheckId.OPTICAL_IR: Place(LogDomain.OPTICAL, "5.5.4.1.2", 2),
        CheckId.OPTICAL_UV: Place(LogDomain.OPTICAL, "5.5.4.2", 3),
        CheckId.MRZ_PRINT: Place(LogDomain.OPTICAL, "5.5.4.1.3", 4),
        CheckId.PHOTOGRAPH: Place(LogDomain.OPTICAL, "5.5.4.2", 5),
        CheckId.PATTERN: Place(LogDomain.OPTICAL, "5.5.4.2", 6),
        CheckId.ACCESS: Place(_ELECTRONIC, "5.6.3.1", 1),
        CheckId.CHIP_AUTHENTICATION: Place(_ELECTRONIC, "5.6.4.1", 2),
        CheckId.ACTIVE_AUTHENTICATION: Place(_ELECTRONIC, "5.6.4.1.1", 3),
        CheckId.SOD_SIGNATURE: Place(_ELECTRONIC, "5.6.4.2.2", 4),
        CheckId.CERTIFICATE_PATH: Place(_ELECTRONIC, "5.6.4.3.3", 5),
        CheckId.DS_VALIDITY: Place(_ELECTRONIC, "5.6.4.3.4", 6),
        CheckId.DS_REVOCATION: Place(_ELECTRONIC, "5.6.4.3.5", 7),
        CheckId.COM_SOD: Place(_ELECTRONIC, "5.6.4.4.1", 8),
        CheckId.DG_HASHES: Place(_ELECTRONIC, "5.6.4.4.2", 9),
        CheckId.COUNTRY: Place(_ELECTRONIC, "5.6.4.5", 10),
        # The guideline counts expiry among the combined checks, whichever zone it was read from.
        CheckId.OPTICAL_MRZ_EXPIRY: Place(LogDomain.COMBINED, "5.7.1", 1),
        CheckId.MRZ_DG1: Place(LogDomain.COMBINED, "5.7.2", 2),
        CheckId.PORTRAIT: Place(LogDomain.COMBINED, "5.7.6", 3),
        CheckId.DEVIATION: Place(LogDomain.COMBINED, "5.8", 4),
        CheckId.SEAL_PASSPORT: Place(LogDomain.COMBINED, "5.7.4.3", 5),
        CheckId.SEAL_MRZ: Place(LogDomain.COMBINED, "5.7.7", 6),
        CheckId.MRZ_VIZ: Place(LogDomain.COMBINED, "5.7.5", 7),
        CheckId.SEAL_FORMAT: Place(_SEAL, "5.9.1.2", 1),
        CheckId.SEAL_CERTIFICATE_PATH: Place(_SEAL, "5.9.1.3.1", 2),
        CheckId.SEAL_SIGNER_VALIDITY: Place(_SEAL, "5.9.1.3.2", 3),
        CheckId.SEAL_SIGNER_REVOCATION: Place(_SEAL, "5.9.1.3.4", 4),
        CheckId.SEAL_SIGNATURE: Place(_SEAL, "5.9.1.4.1", 5),
        CheckId.SEAL_COUNTRY: Place(_SEAL, "5.9.1.5", 6),
        CheckId.SEAL_DOCUMENT_TYPE: Place(_SEAL, "", 7),
        CheckId.OPTICAL_SEAL: Place(_SEAL, "5.9.1", 8),
        # Their details are BSI TR-03121's (TR-03135-1 table 6.1).
        CheckId.FACE_CAPTURE: Place(_BIOMETRIC, "", 1),
        CheckId.FACE_QUALITY: Place(_BIOMETRIC, "", 2),
        CheckId.PAD: Place(_BIOMETRIC, "", 3),
        CheckId.FACE: Place(_BIOMETRIC, "", 4),
        CheckId.DOCUMENT_STATUS: Place(_BACKGROUND, "", 1),
        CheckId.WATCHLIST: Place(_BACKGROUND, "", 2),
        CheckId.AUTHORISATION: Place(_BACKGROUND, "", 3),
        CheckId.STAY: Place(_BACKGROUND, "", 4),
        CheckId.CLEARANCE: Place(_BACKGROUND, "", 5),
        CheckId.ELIGIBILITY: Place(_BACKGROUND, "", 6),
        CheckId.SERVICE: Place(_BACKGROUND, "", 7),
        CheckId.SINGLE_PERSON: Place(LogDomain.APPLICATION, "", 1),
        CheckId.NOTHING_LEFT: Place(LogDomain.APPLICATION, "", 2),
        CheckId.PASSAGE: Place(LogDomain.APPLICATION, "", 3),
    }
)
"""Every check, each exactly once."""
