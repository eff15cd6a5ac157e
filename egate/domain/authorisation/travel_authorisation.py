"""One authorisation of one document, whoever issued it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from egate.domain.time import UtcSeconds


class AuthorisationKind(StrEnum):
    """Stable codes; stored records refer to them, so none is ever renamed."""

    VISA_MRV = "visa_mrv"
    E_VISA = "e_visa"
    ETA = "eta"
    VOA = "voa"
    """Visa on arrival, as given at its desk."""
    VISA_EXEMPT = "visa_exempt"
    NVR = "nvr"
    """No visa required: for foreigners of the own State's origin and their families."""
    SAARC_STICKER = "saarc_sticker"
    COI = "coi"
    """Certificate of identity."""
    E_TP = "e_tp"
    TRAVEL_PERMIT = "travel_permit"
    BMET_CLEARANCE = "bmet_clearance"
    """Of a worker who leaves for employment."""
    NOC_GO = "noc_go"
    """An official's no objection certificate or government order."""
    EXIT_VISA = "exit_visa"
    ROUTE_CHANGE = "route_change"


CLEARANCE_KINDS: Final = frozenset({AuthorisationKind.BMET_CLEARANCE, AuthorisationKind.NOC_GO})
LEAVING_KINDS: Final = frozenset({AuthorisationKind.EXIT_VISA, AuthorisationKind.ROUTE_CHANGE})
ENTRY_KINDS: Final = frozenset(AuthorisationKind) - CLEARANCE_KINDS - LEAVING_KINDS


class AuthorisationStatus(StrEnum):
    """What its issuer says of it."""

    VALID = "valid"
    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUSPENDED = "suspended"


class Verification(StrEnum):
    """How it is known that the authorisation is genuine."""

    SYSTEM = "system"
    """The issuer's own system answered."""
    SEAL = "seal"
    """Its visible digital seal was verified."""
    OFFICER_SIGHT = "officer_sight"
    """An officer looked at the paper."""


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Which document: its number is unique for its issuing State only."""

    issuing_state: str
    document_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TravelAuthorisation:
    """An authorisation as its issuer recorded it. Personal by its numbers.

    Args:
        kind: of which kind.
        number: its own, as printed.
        linked_document: the document for which it was issued.
        valid_from: first day, of the port's clocks.
        valid_to: last day; None as long as its document.
        entries_allowed: how often it may be used; None as often as its holder likes.
        entries_used: how often it was, as its issuer counted.
        max_stay_days: days of one stay; None when the issuer named none.
        entry_points: ports of entry as UN/LOCODE; empty for all.
        exit_points: likewise for the exit.
        conditions: in words, for an officer; "" for none.
        status: what its issuer says of it.
        verified_by: how it is known to be genuine.
        counted_at: up to when the issuer counted; entries that are known from later count on
            top. None when all do.

    """

    kind: AuthorisationKind
    number: str = field(repr=False)
    linked_document: DocumentKey
    valid_from: dt.date
    valid_to: dt.date | None
    entries_allowed: int | None
    entries_used: int
    max_stay_days: int | None
    entry_points: frozenset[str] = frozenset()
    exit_points: frozenset[str] = frozenset()
    conditions: str = ""
    status: AuthorisationStatus = AuthorisationStatus.VALID
    verified_by: Verification = Verification.SYSTEM
    counted_at: UtcSeconds | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Say whether ``day`` is one of those that were printed on it, whatever became of it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
