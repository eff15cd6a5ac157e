"""Who looked up what: written down before anything is shown."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from egate.central.database import Connection

_KEEP: Final = """
INSERT INTO inquiry (officer_id, peer, kind, crossing_id, document, criteria, shown)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class InquiryKind(StrEnum):
    CROSSINGS = "crossings"
    CROSSING = "crossing"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks.

    Args:
        officer_id: in whose name.
        peer: whose certificate asks, as a URN.

    """

    officer_id: str
    peer: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked up.

    Args:
        kind: of which kind.
        shown: how many crossings are shown.
        crossing_id: that was asked for, None for none.
        document: key of the one that was asked for, None for none.
        criteria: what else was asked for; nothing personal.

    """

    kind: InquiryKind
    shown: int
    crossing_id: UUID | None = None
    document: UUID | None = field(default=None, repr=False)
    criteria: str = ""


async def keep_look(connection: Connection, looker: Looker, look: Look) -> None:
    """Write down that somebody looks; committed when it returns."""
    await connection.execute(
        _KEEP,
        looker.officer_id,
        looker.peer,
        look.kind,
        look.crossing_id,
        look.document,
        look.criteria,
        look.shown,
    )
