"""Whose a document is: of a holder who may have others, as successions say."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from egate.central.database import Connection
from egate.domain.record import Direction

_HOLDERS: Final = """
SELECT doc_key, holder, members, own FROM document_holder WHERE doc_key = ANY($1)
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """One person's documents.

    Args:
        key: the least key of them; their stays lie under it.
        members: keys of all of them.
        own: one of them is of the own State.

    """

    key: UUID = field(repr=False)
    members: frozenset[UUID] = field(repr=False)
    own: bool

    @property
    def opening(self) -> Direction:
        """What begins a stay of theirs: a citizen, also of another State, goes away first."""
        return Direction.EXIT if self.own else Direction.ENTRY


async def holders_of(connection: Connection, documents: Collection[UUID]) -> dict[UUID, Holder]:
    """Return the holders of those ``documents`` that successions connect with others."""
    found = await connection.fetch(_HOLDERS, list(documents))
    return {key: Holder(holder, frozenset(members), own) for key, holder, members, own in found}
