"""Which documents are one holder's, kept equal to what the successions in force say."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from egate.central import stay_table
from egate.central.authorisations.rows import SuccessionRow
from egate.central.database import Connection
from egate.central.holders import Holder
from egate.central.stays import OWN_STATE
from egate.domain.authorisation.succession import reached

_SECONDS: Final = 600.0
_MOST_DOCUMENTS: Final = 100
"""Of one holder; who has more was connected by mistake or malice."""
_SUCCESSIONS: Final = """
SELECT DISTINCT identity, content FROM authorisation_entry
WHERE doc_key = ANY($1) AND subject = 'successions' AND retired_by IS NULL
"""
_FORGET: Final = "DELETE FROM document_holder WHERE doc_key = ANY($1)"
_REMEMBER: Final = """
INSERT INTO document_holder (doc_key, holder, members, own)
SELECT doc_key, holder, members::uuid[], own
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[])
    AS made (doc_key, holder, members, own)
"""


class TooManyDocuments(Exception):
    """Successions would make more documents one holder's than anybody has."""


@dataclass(slots=True)
class _Links:
    """What successions say of some documents."""

    others: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    own: set[UUID] = field(default_factory=set)

    def add(self, row: SuccessionRow) -> None:
        if row.value() is None:
            return
        one, other = row.keys
        self.others[one].add(other)
        self.others[other].add(one)
        self.own |= {
            key
            for key, document in zip(row.keys, row.documents, strict=True)
            if document.issuing_state == OWN_STATE
        }


async def connect(connection: Connection, documents: Collection[UUID]) -> None:
    """Find anew whose ``documents`` are, and pair the stays of their holders.

    Nobody pairs stays meanwhile. The result is that of all successions in force, whatever
    their order.

    Args:
        connection: in the transaction that changed their successions.
        documents: keys of those that the change names.

    Raises:
        TooManyDocuments: of one holder.

    """
    if not documents:
        return
    await stay_table.hold_up_everybody(connection)
    # Whoever was connected with one of them by others still is, or is named here too.
    links = await _links(connection, documents)
    concerned = set(documents) | links.others.keys()
    holders = {key: _holder(reached(key, links.others), links.own) for key in links.others}
    await connection.execute(_FORGET, list(concerned), timeout=_SECONDS)
    await _remember(connection, holders)
    await stay_table.pair_anew(connection, concerned, holders)


async def _links(connection: Connection, documents: Collection[UUID]) -> _Links:
    links = _Links()
    asked: set[UUID] = set()
    while new := (set(documents) | links.others.keys()) - asked:
        found = await connection.fetch(_SUCCESSIONS, list(new), timeout=_SECONDS)
        for _, content in found:
            links.add(SuccessionRow.of(json.loads(content)))
        asked |= new
    return links


def _holder(members: frozenset[UUID], own: Collection[UUID]) -> Holder:
    if len(members) > _MOST_DOCUMENTS:
        raise TooManyDocuments(f"one holder would have {len(members)} documents")
    return Holder(min(members), members, not members.isdisjoint(own))


async def _remember(connection: Connection, holders: Mapping[UUID, Holder]) -> None:
    await connection.execute(
        _REMEMBER,
        list(holders),
        [holder.key for holder in holders.values()],
        ["{" + ",".join(map(str, sorted(holder.members))) + "}" for holder in holders.values()],
        [holder.own for holder in holders.values()],
        timeout=_SECONDS,
    )
