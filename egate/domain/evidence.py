"""What the gate found out about one traveller's attempt.

The values hold results, scores and provenance; images and chip files never enter
them, so that no journal, log or record can leak one.
"""

from dataclasses import dataclass, field

from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.checks import CheckId, CheckResult, Outcome

__all__ = [
    "AccessProtocol",
    "BackgroundEvidence",
    "CheckId",
    "CheckResult",
    "ChipEvidence",
    "FaceEvidence",
    "Outcome",
    "TravelDocument",
]


@dataclass(frozen=True, slots=True)
class TravelDocument:
    """The biographical data of a document. Personal throughout.

    Dates are ISO 8601, unknown parts as ``XX`` (``1974-XX-XX``), "" when absent.
    """

    document_code: str
    issuing_state: str
    document_number: str = field(repr=False)
    date_of_expiry: str = field(repr=False)
    primary_identifier: str = field(repr=False)
    secondary_identifier: str = field(repr=False)
    nationality: str = field(repr=False)
    date_of_birth: str = field(repr=False)
    sex: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChipEvidence:
    """What the chip showed.

    Args:
        access: the protocol that opened the chip, None when none did.
        checks: every electronic and combined check, each exactly once.
        document: what DG1 says (personal); None when it was not read.
        signer: country and serial number of the document signer certificate,
            as ``"BD:1a2b"``; "" when unknown.
        csca_ski: subject key identifier of the CSCA that verified it, hexadecimal.
        trust_store_version: SHA-256 of what was trusted when its signature was looked at,
            hexadecimal; "" when it was not.
        seconds: time of the whole inspection as the gate saw it.
        gate_seconds: the part of it that the gate itself computed; the rest is
            the chip's and the reader's.

    """

    access: AccessProtocol | None
    checks: tuple[CheckResult, ...]
    document: TravelDocument | None = field(default=None, repr=False)
    signer: str = ""
    csca_ski: str = ""
    trust_store_version: str = ""
    seconds: float = 0.0
    gate_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FaceEvidence:
    """The result of comparing the live face with the chip's portrait.

    Args:
        checks: capture, quality, presentation attack and face, each exactly once.
        similarity: cosine similarity in [-1, 1]; None when nothing was compared.
        threshold: the similarity that was required.
        gate_seconds: computing time of the gate.
        several_faces: somebody else was as near the camera as the traveller.

    """

    checks: tuple[CheckResult, ...]
    similarity: float | None = None
    threshold: float | None = None
    gate_seconds: float = 0.0
    several_faces: bool = False


@dataclass(frozen=True, slots=True)
class BackgroundEvidence:
    """Answers of lists and authorisations, each check exactly once."""

    checks: tuple[CheckResult, ...]
