"""What the gate found out about one traveller's attempt.

The values hold results, scores and provenance; images and chip files never enter
them, so that no journal, log or record can leak one. That a record is still what the gate wrote is
the evidence of `egate.domain.evidence.chain`.
"""

from dataclasses import dataclass, field

from egate.domain.time import UtcSeconds
from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.checks import CheckId, CheckResult, Outcome

__all__ = [
    "AccessProtocol",
    "BackgroundEvidence",
    "CheckId",
    "CheckResult",
    "ChipEvidence",
    "FaceEvidence",
    "InspectedVisa",
    "ListUsed",
    "Outcome",
    "StayGrant",
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
class ListUsed:
    """One version of one list that was asked.

    Args:
        name: which list, such as ``EXIT_BAN``.
        version: its number; 0 or more.
        made_at: when it was last proven to be the newest.
        sha256: of its manifest, hexadecimal.

    """

    name: str
    version: int
    made_at: UtcSeconds
    sha256: str


@dataclass(frozen=True, slots=True)
class StayGrant:
    """By what a foreigner enters, and for how long.

    Args:
        kind: of the authorisation, such as ``VISA_MRV``.
        number: of the authorisation (personal); "" for one by nationality.
        max_stay_days: None without a limit.
        authorised_until: last day of the stay, ISO 8601; "" without a limit.

    """

    kind: str
    number: str = field(repr=False)
    max_stay_days: int | None
    authorised_until: str


@dataclass(frozen=True, slots=True)
class InspectedVisa:
    """A visa that was laid down beside its bearer's travel document (ICAO 9303-7).

    Args:
        document_code: as its MRZ has it, such as ``V``.
        issuing_state: likewise.
        document_number: of the visa, or of the passport where the issuer has it so (section
            4.2.2); personal, "" without one.
        checks: of its page, each exactly once.

    """

    document_code: str
    issuing_state: str
    document_number: str = field(repr=False)
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class BackgroundEvidence:
    """Answers of lists and authorisations.

    Args:
        checks: each exactly once.
        lists_used: what the answers rest on.
        grant: by what a foreigner enters; None for everybody else.
        fallback_reasons: what it was made without, as ``centre_away``; see CrossingRecord.

    """

    checks: tuple[CheckResult, ...]
    lists_used: tuple[ListUsed, ...] = ()
    grant: StayGrant | None = None
    fallback_reasons: tuple[str, ...] = ()
