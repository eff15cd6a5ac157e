"""What the two halves of a segregated lane do with tokens."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from egate.domain.session import model as m
from egate.domain.token import document_digest
from egate.gate.token_book import TokenBook
from egate.ports.tokens import Kiosks, Prepared, TokenRefusal

REFUSALS: Final = MappingProxyType(
    {
        TokenRefusal.UNKNOWN: "no kiosk has prepared this document",
        TokenRefusal.EXPIRED: "prepared at a kiosk too long ago",
        TokenRefusal.USED: "prepared at a kiosk, and used at a gate since",
        TokenRefusal.LOST: "the kiosk was started again since it prepared this document",
        TokenRefusal.OTHER_DIRECTION: "prepared at a kiosk for the other direction",
        TokenRefusal.UNREACHABLE: "a kiosk cannot be reached",
    }
)
"""For the officer, who helps in each case."""


@dataclass(frozen=True, slots=True)
class TokenWays:
    """What a lane has of them.

    Args:
        book: of a kiosk; None elsewhere.
        kiosks: of the hall, for a gate that relies on them; None elsewhere.

    """

    book: TokenBook | None = None
    kiosks: Kiosks | None = None


NO_TOKENS: Final = TokenWays()


async def ask_kiosks(kiosks: Kiosks | None, session: m.Session) -> Prepared | TokenRefusal:
    """Return what a kiosk found about the document of ``session``, for this once."""
    if kiosks is None or session.document is None:
        return TokenRefusal.UNKNOWN
    return await kiosks.redeem(document_digest(session.document), session.id, session.direction)
