"""The holder of a document: their other documents, stays, crossings and authorisations."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from egate.central.authorisations.knowing import own
from egate.central.authorisations.reading import Said, said_under
from egate.central.authorisations.rows import SuccessionRow
from egate.central.database import Connection
from egate.central.holders import holders_of
from egate.central.inquiries.searching import COLUMNS, NEWEST, shown, stamp
from egate.central.inquiries.stays import stays_of
from egate.domain.authorisation.succession import Succession, documents_of_holder
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.wire.v1 import inquiry_pb2 as wire

_MOST_STAYS: Final = 100
_MOST_CROSSINGS: Final = 50
_MOST_ENTRIES: Final = 100
_CROSSINGS: Final = f"""
SELECT {COLUMNS} FROM crossing WHERE doc_key = ANY($1) {NEWEST} LIMIT $2
"""  # noqa: S608 - of constants


async def holder_of(
    connection: Connection, document: DocumentKey, key: UUID
) -> wire.GetHolderResponse:
    """Return what is known of the holder of ``document``, which may be nothing.

    Args:
        connection: to the centre's database.
        document: as the officer has it.
        key: of that document.

    """
    holder = (await holders_of(connection, [key])).get(key)
    keys = list(holder.members) if holder else [key]
    stays = await stays_of(connection, holder.key if holder else key, _MOST_STAYS + 1)
    crossings = await connection.fetch(_CROSSINGS, keys, _MOST_CROSSINGS + 1)
    said = await said_under(connection, keys)
    newest = sorted(
        said, key=lambda each: (each.retired_at is None, each.in_force_at), reverse=True
    )
    return wire.GetHolderResponse(
        documents=_documents(own(document), said),
        stays=stays[:_MOST_STAYS],
        more_stays=len(stays) > _MOST_STAYS,
        crossings=await shown(connection, crossings[:_MOST_CROSSINGS]),
        more_crossings=len(crossings) > _MOST_CROSSINGS,
        entries=map(_entry, newest[:_MOST_ENTRIES]),
        more_entries=len(newest) > _MOST_ENTRIES,
    )


def _documents(document: DocumentKey, said: Iterable[Said]) -> list[wire.HeldDocument]:
    rows = (_succession(each) for each in said)
    others = documents_of_holder(document, [row for row in rows if row]) - {document}
    in_order = sorted(others, key=lambda each: (each.issuing_state, each.document_number))
    return [
        wire.HeldDocument(issuing_state=each.issuing_state, document_number=each.document_number)
        for each in (document, *in_order)
    ]


def _succession(said: Said) -> Succession | None:
    """Return the succession that ``said`` is, None if it is none that holds."""
    if said.subject != SuccessionRow.subject or said.retired_at is not None:
        return None
    return SuccessionRow.of(said.columns).value()


def _entry(said: Said) -> wire.HolderEntry:
    return wire.HolderEntry(
        subject=said.subject,
        columns=said.columns,
        in_force_at=stamp(said.in_force_at),
        retired_at=stamp(said.retired_at) if said.retired_at else None,
        legal_basis=said.legal_basis,
        source_system=said.source_system,
        made_by=said.made_by,
        approved_by=said.approved_by,
    )
