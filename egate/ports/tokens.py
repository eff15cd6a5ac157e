"""Between the kiosk and the gate of a segregated lane: a token stands for an inspected chip.

The token is no thing that a traveller carries: the kiosk remembers the document that it
prepared, and the gate asks for it when the same document is laid down there. It is good
once, and for a few minutes.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from egate.domain.evidence import BackgroundEvidence, ChipEvidence
from egate.domain.record import Direction
from egate.domain.session.states import SessionId

MAX_PORTRAIT_BYTES: Final = 512 << 10
"""Of the file EF.DG2 that goes from a kiosk to a gate."""


@dataclass(frozen=True, slots=True)
class TokenClaim:
    """What a gate says of the traveller before it.

    Args:
        document_digest: of ``egate.domain.token`` (personal).
        crossing_id: the gate's session.
        gate_id: which gate asks, as its certificate says.
        direction: which way the gate serves.

    """

    document_digest: bytes = field(repr=False)
    crossing_id: SessionId
    gate_id: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a kiosk found out about one document.

    Args:
        crossing_id: the kiosk's session, of which there is a record.
        chip: what the chip showed.
        background: what lists and authorisations said.
        portrait: the file EF.DG2, with which the gate compares the traveller (personal).

    """

    crossing_id: SessionId
    chip: ChipEvidence
    background: BackgroundEvidence
    portrait: bytes = field(repr=False)


class TokenRefusal(StrEnum):
    """Why a gate gets nothing; each ends with an officer."""

    UNKNOWN = "unknown"
    """No kiosk has prepared the document."""
    EXPIRED = "expired"
    USED = "used"
    LOST = "lost"
    """The kiosk was started again since, and keeps no portrait over that."""
    OTHER_DIRECTION = "other_direction"
    UNREACHABLE = "unreachable"
    """A kiosk that may have prepared the document does not answer."""


class TokenDesk(Protocol):
    """The kiosk's side."""

    async def redeem(self, claim: TokenClaim) -> Prepared | TokenRefusal:
        """Hand out what was found, once and never again.

        Raises:
            DeviceError: it cannot be written down that the token is used, so it is not.

        """
        ...


class Kiosks(Protocol):
    """The gate's side."""

    async def redeem(
        self, document_digest: bytes, crossing_id: SessionId, direction: Direction
    ) -> Prepared | TokenRefusal:
        """Ask the kiosks of the hall for what they found; a kiosk that is away refuses."""
        ...
