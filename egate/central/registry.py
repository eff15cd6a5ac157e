"""Which ids are taken, by which content, and where the records lie."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from egate.central.acceptance import CrossingRow
from egate.central.database import Connection

_ANNOUNCED: Final = b""
_REGISTER: Final = """
INSERT INTO crossing_registry (crossing_id, content_hash, document, occurred_at)
SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::timestamptz[])
ON CONFLICT (crossing_id) DO NOTHING RETURNING crossing_id
"""
_KNOWN: Final = """
SELECT crossing_id, content_hash FROM crossing_registry WHERE crossing_id = ANY($1)
"""
_CLAIM: Final = """
UPDATE crossing_registry AS known
SET content_hash = sent.content_hash, document = sent.document, occurred_at = sent.occurred_at
FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::timestamptz[])
    AS sent (crossing_id, content_hash, document, occurred_at)
WHERE known.crossing_id = sent.crossing_id AND known.content_hash = ''
RETURNING known.crossing_id
"""
_PLACES: Final = """
SELECT document, occurred_at, crossing_id FROM crossing_registry
WHERE crossing_id = ANY($1) AND document IS NOT NULL
"""
_Line = tuple[UUID, bytes, UUID | None, object]


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry says of a batch.

    Args:
        new: ids whose records were not here.
        announced: of them, those that a record named which came before.
        known: the content that each id of the batch has from now on, as its hash.

    """

    new: frozenset[UUID]
    announced: frozenset[UUID]
    known: dict[UUID, bytes]


async def register(connection: Connection, rows: Sequence[CrossingRow]) -> Registered:
    """Take the ids of ``rows``, and announce those that they supersede.

    Who takes an id waits for a batch that announces it, and the other way round, so that one
    of the two always sees the other's record.

    Args:
        connection: in the transaction of the batch.
        rows: each with an id of its own.

    """
    sent = {row.crossing_id: _line(row) for row in rows}
    awaited = {row.supersedes for row in rows if row.supersedes} - sent.keys()
    lines = sorted([*sent.values(), *((each, _ANNOUNCED, None, None) for each in awaited)], key=_id)
    found = await connection.fetch(_REGISTER, *_columns(lines))
    new = {row[0] for row in found} & sent.keys()
    known = {each: sent[each][1] for each in new}
    claimed: set[UUID] = set()
    if len(new) < len(sent):
        others = [line for each, line in sorted(sent.items()) if each not in new]
        known |= await _known(connection, others)
        if _ANNOUNCED in known.values():
            claimed = {row[0] for row in await connection.fetch(_CLAIM, *_columns(others))}
            known |= await _known(connection, others)
    return Registered(frozenset(new | claimed), frozenset(claimed), known)


async def places_of(
    connection: Connection, crossing_ids: Iterable[UUID]
) -> list[tuple[UUID, datetime, UUID]]:
    """Return document, time and id of those that are here: the key of `crossing`."""
    found = await connection.fetch(_PLACES, list(crossing_ids))
    return [(row["document"], row["occurred_at"], row["crossing_id"]) for row in found]


def _line(row: CrossingRow) -> _Line:
    return row.crossing_id, row.content_hash, row.doc_key, row.occurred_at


def _id(line: _Line) -> UUID:
    return line[0]


def _columns(lines: Iterable[_Line]) -> list[list[object]]:
    return list(map(list, zip(*lines, strict=True)))


async def _known(connection: Connection, lines: Iterable[_Line]) -> dict[UUID, bytes]:
    return dict(await connection.fetch(_KNOWN, [line[0] for line in lines]))
