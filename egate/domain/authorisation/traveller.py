"""Who is asked about, and what is known of them."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from egate.domain.authorisation.succession import Succession
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    DocumentKey,
    TravelAuthorisation,
)
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds


class Purpose(StrEnum):
    """Why a citizen leaves, as they declared it."""

    EMPLOYMENT = "employment"
    OFFICIAL = "official"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Traveller:
    """One document at one port. Personal.

    Args:
        document: which one.
        document_code: 9303-4 §4.2.2.1, such as ``P`` or ``PD``.
        nationality: three letters (9303-3 §5).
        direction: of the crossing.
        port: as a UN/LOCODE.
        at: when.
        purpose: of a citizen's journey.

    """

    document: DocumentKey
    document_code: str
    nationality: str = field(repr=False)
    direction: Direction
    port: str
    at: UtcSeconds
    purpose: Purpose = Purpose.UNKNOWN


@dataclass(frozen=True, slots=True)
class PastCrossing:
    """A crossing that was completed.

    Args:
        document: of the traveller or a predecessor.
        direction: of the crossing.
        port: as a UN/LOCODE.
        at: when.
        basis: by what a foreigner entered; None when it is not known.
        max_stay_days: that the authorisation named; None for none.
        authorised_until: the last day of stay as an authority set it, which goes before every
            rule; None when none did.
        number: of the authorisation by which a foreigner entered; "" when it is not known.

    """

    document: DocumentKey
    direction: Direction
    port: str
    at: UtcSeconds
    basis: AuthorisationKind | None = None
    max_stay_days: int | None = None
    authorised_until: dt.date | None = None
    number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Extension:
    """An authority set the last day of a stay anew; it may also shorten it.

    Args:
        document: of the foreigner.
        number: of the decision.
        given_on: the day of it, of the port's clocks.
        until: last day of the stay.

    """

    document: DocumentKey
    number: str = field(repr=False)
    given_on: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class Offload:
    """Somebody was taken off their journey.

    Args:
        document: of the traveller.
        port: where, as a UN/LOCODE.
        begins: when.
        ends: first moment at which the entry no longer holds.

    """

    document: DocumentKey
    port: str
    begins: UtcSeconds
    ends: UtcSeconds


@dataclass(frozen=True, slots=True)
class Known:
    """All that was found out about a traveller, in any order.

    Args:
        authorisations: of the document and its predecessors.
        silent: kinds whose system was asked and did not answer in time.
        unconnected: kinds for which this gate has no system to ask.
        successions: of the holder's documents.
        crossings: of the holder's documents; None when the centre did not answer.
        offloads: of the holder's documents.
        extensions: of the holder's stays.

    """

    authorisations: tuple[TravelAuthorisation, ...] = ()
    silent: frozenset[AuthorisationKind] = frozenset()
    unconnected: frozenset[AuthorisationKind] = frozenset()
    successions: tuple[Succession, ...] = ()
    crossings: tuple[PastCrossing, ...] | None = ()
    offloads: tuple[Offload, ...] = ()
    extensions: tuple[Extension, ...] = ()
