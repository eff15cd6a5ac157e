"""What is in force, for files, and what was ever said of one document, with who said it."""

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from egate.central.authorisations.rows import ROWS
from egate.central.database import Connection, Pool
from egate.central.document_key import document_key
from egate.central.holders import holders_of
from egate.domain.authorisation.travel_authorisation import DocumentKey

_SECONDS: Final = 600.0
_AT_ONCE: Final = 1000
_MOST: Final = 10_000
# A succession lies at both of its documents and is told once.
_IN_FORCE: Final = """
SELECT DISTINCT identity, content::text FROM authorisation_entry
WHERE subject = $1 AND retired_by IS NULL ORDER BY identity
"""
_HISTORY: Final = """
SELECT DISTINCT entry.subject, entry.identity, entry.content::text AS content,
    retired.in_force_at AS retired_at, act.act_id, act.in_force_at, act.legal_basis,
    act.source_system, act.made_by, coalesce(act.decided_by, '') AS approved_by
FROM authorisation_entry AS entry JOIN authorisation_act AS act USING (act_id)
LEFT JOIN authorisation_act AS retired ON retired.act_id = entry.retired_by
WHERE entry.doc_key = ANY($1) ORDER BY act.in_force_at, subject, identity LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One row that is or was in force. Personal.

    Args:
        subject: of which kind of row.
        columns: as in its file.
        in_force_at: since when.
        retired_at: until when; None while it is in force.
        act_id: of the import.
        legal_basis: of the import.
        source_system: whose file it was; "" when a person made it.
        made_by: who imported it.
        approved_by: who approved it; "" for a system's.

    """

    subject: str
    columns: dict[str, str] = field(repr=False)
    in_force_at: datetime
    retired_at: datetime | None
    act_id: UUID
    legal_basis: str
    source_system: str
    made_by: str
    approved_by: str


async def in_force(connection: Connection, subject: str) -> AsyncIterator[dict[str, str]]:
    """Yield the rows of ``subject`` as files have them, in one order; takes a transaction."""
    columns = ROWS[subject].model_fields
    cursor = connection.cursor(_IN_FORCE, subject, prefetch=_AT_ONCE, timeout=_SECONDS)
    async for _, content in cursor:
        texts = json.loads(content)
        yield {name: texts[name] for name in columns}


async def said_of(pool: Pool, document: DocumentKey) -> list[Said]:
    """Return what is and was known of the holder of ``document``, oldest first."""
    key = document_key(document.issuing_state, document.document_number)
    if key is None:
        return []
    async with pool.acquire() as connection:
        holder = (await holders_of(connection, [key])).get(key)
        keys = holder.members if holder else [key]
        return await said_under(connection, keys)


async def said_under(connection: Connection, keys: Collection[UUID]) -> list[Said]:
    """Return what is and was known of the documents with ``keys``, oldest first."""
    found = await connection.fetch(_HISTORY, list(keys), _MOST, timeout=_SECONDS)
    return [
        Said(
            subject=row["subject"],
            columns=json.loads(row["content"]),
            **{name: row[name] for name in Said.__slots__ if name not in ("subject", "columns")},
        )
        for row in found
    ]
