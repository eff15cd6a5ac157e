"""All that the centre knows of one traveller, in four short questions to the database."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from egate.central.authorisations.past import past_crossing
from egate.central.authorisations.rows import (
    OF_NO_DOCUMENT,
    ROWS,
    AuthorisationRow,
    ExtensionRow,
    Row,
    SuccessionRow,
    SystemRow,
    SystemState,
)
from egate.central.bodies import keys_of, record_of
from egate.central.database import Connection
from egate.central.document_key import document_key, plain_number
from egate.central.lists.offloads import offloads_of
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, DocumentKey
from egate.domain.authorisation.traveller import Known
from egate.reporting.mapping import parse

_MOST_ENTRIES: Final = 2000
_MOST_CROSSINGS: Final = 1000
_MEMBERS: Final = """
SELECT (SELECT members FROM document_holder WHERE doc_key = $1) AS members,
    (SELECT jsonb_object_agg(source_system, extract(epoch FROM now() - heard_at) / 3600)
        FROM authorisation_source) AS hours
"""
_ENTRIES: Final = """
SELECT DISTINCT subject, identity, content FROM authorisation_entry
WHERE doc_key = ANY($1) AND retired_by IS NULL LIMIT $2
"""
_CROSSINGS: Final = """
SELECT crossing_id, issuing_state, direction, border_crossing_point, occurred_at, key_id, payload
FROM crossing WHERE doc_key = ANY($1) AND status = 1 AND direction IN (1, 2)
    AND doc_key <> crossing_id
ORDER BY occurred_at DESC LIMIT $2
"""
_REPLACED: Final = "SELECT crossing_id FROM crossing_replaced WHERE crossing_id = ANY($1)"


class TooMuchKnown(Exception):
    """More is stored of one holder than of anybody: nothing is said rather than half of it."""


async def known_of(connection: Connection, document: DocumentKey) -> Known:
    """Return what the centre knows of the holder of ``document``.

    Args:
        connection: to the centre's database.
        document: as a gate has it.

    Raises:
        TooMuchKnown: of that holder.

    """
    key = document_key(document.issuing_state, document.document_number)
    about = await connection.fetchrow(_MEMBERS, key)
    members = about["members"] or ([key] if key else [])
    entries = await _entries(connection, [*members, OF_NO_DOCUMENT])
    rows = await _crossings(connection, members)
    successions = _values(entries, SuccessionRow)
    documents = {own(document), *(each for one in successions for each in (one.earlier, one.later))}
    keys = keys_of(connection)
    silent, unconnected = _systems(entries, json.loads(about["hours"] or "{}"))
    return Known(
        authorisations=_values(entries, AuthorisationRow),
        silent=silent,
        unconnected=unconnected,
        successions=successions,
        crossings=tuple(past_crossing(row, parse(record_of(keys, row))) for row in rows),
        offloads=await offloads_of(connection, sorted(documents, key=_order)),
        extensions=_values(entries, ExtensionRow),
    )


def own(document: DocumentKey) -> DocumentKey:
    """Return ``document`` with its number as the centre writes it."""
    return DocumentKey(document.issuing_state, plain_number(document.document_number))


async def _entries(connection: Connection, keys: list[UUID]) -> list[Row]:
    found = await connection.fetch(_ENTRIES, keys, _MOST_ENTRIES + 1)
    if len(found) > _MOST_ENTRIES:
        raise TooMuchKnown("entries")
    return [ROWS[subject].of(json.loads(content)) for subject, _, content in found]


async def _crossings(connection: Connection, keys: list[UUID]) -> list[Any]:
    found = await connection.fetch(_CROSSINGS, keys, _MOST_CROSSINGS + 1)
    if len(found) > _MOST_CROSSINGS:
        raise TooMuchKnown("crossings")
    if not found:
        return []
    ids = [row["crossing_id"] for row in found]
    replaced = {one for (one,) in await connection.fetch(_REPLACED, ids)}
    return [row for row in found if row["crossing_id"] not in replaced]


def _values(entries: Iterable[Row], kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
    values = (row.value() for row in entries if isinstance(row, kind))
    return tuple(value for value in values if value is not None)


def _systems(
    entries: Iterable[Row], hours: Mapping[str, float]
) -> tuple[frozenset[AuthorisationKind], frozenset[AuthorisationKind]]:
    """Return the kinds whose systems are silent, and those that have none."""
    systems = {row.kind: row for row in entries if isinstance(row, SystemRow)}
    connected = {kind for kind, row in systems.items() if row.state is not SystemState.UNCONNECTED}
    silent = {kind for kind in connected if _is_silent(systems[kind], hours)}
    return frozenset(silent), frozenset(AuthorisationKind) - connected


def _is_silent(system: SystemRow, hours: Mapping[str, float]) -> bool:
    if system.state is SystemState.SILENT:
        return True
    most = system.heard_within_hours
    return most is not None and hours.get(system.source_system, most + 1) > most


def _order(document: DocumentKey) -> tuple[str, str]:
    return document.issuing_state, document.document_number
