"""The offloads that hold for a holder's documents."""

from collections.abc import Sequence
from typing import Final

from egate.central.database import Connection
from egate.central.document_key import document_key
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.authorisation.traveller import Offload
from egate.domain.time import UtcSeconds
from egate.lists.kinds import ListKind

# The days of an entry are those of the port's clocks.
_FIND: Final = """
SELECT document.doc_key, entry.port,
    extract(epoch FROM entry.valid_from::timestamp AT TIME ZONE 'Asia/Dhaka')::float8 AS begins,
    extract(epoch FROM (entry.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Dhaka')::float8 AS ends
FROM list_document_in_force AS document
JOIN list_in_force AS entry ON entry.list = document.list AND entry.entry_id = document.entry_id
WHERE document.doc_key = ANY($1) AND document.list = $2 AND document.status <> 'WITHDRAWN'
    AND NOT entry.revoked
ORDER BY begins, document.doc_key, entry.entry_id
"""


async def offloads_of(
    connection: Connection, documents: Sequence[DocumentKey]
) -> tuple[Offload, ...]:
    """Return every offload of ``documents`` that was approved, whatever its days.

    Args:
        connection: to the centre's database, or a pool of them.
        documents: of one holder.

    """
    keys = {document_key(each.issuing_state, each.document_number): each for each in documents}
    found = await connection.fetch(_FIND, [key for key in keys if key], ListKind.OFFLOAD.value)
    return tuple(
        Offload(
            keys[row["doc_key"]], row["port"], UtcSeconds(row["begins"]), UtcSeconds(row["ends"])
        )
        for row in found
    )
