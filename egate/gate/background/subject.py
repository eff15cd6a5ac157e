"""Whom lists and authorisations are asked about."""

from dataclasses import dataclass, field

from egate.domain.evidence import TravelDocument
from egate.domain.record import Direction
from egate.domain.session.states import SessionId
from egate.domain.time import UtcSeconds


@dataclass(frozen=True, slots=True)
class BackgroundSubject:
    """One traveller at one port. Personal.

    Args:
        crossing_id: of the session.
        document: what the chip says, else what the MRZ says as long as no chip was read.
        direction: of the crossing.
        port: as a UN/LOCODE.
        at: when the session began; it is judged as of then to its end.

    """

    crossing_id: SessionId
    document: TravelDocument = field(repr=False)
    direction: Direction
    port: str
    at: UtcSeconds
