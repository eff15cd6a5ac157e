"""Imports: compared with what is known, filed, approved by another, in force.

What a system sends is one act of the system and holds at once. What a person made waits until
somebody else approves it. Nothing that was known is changed or lost: it is retired.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from egate.central.authorisations.connecting import TooManyDocuments, connect
from egate.central.authorisations.limits import judge_anew
from egate.central.authorisations.rows import (
    ROWS,
    ExtensionRow,
    Row,
    RowRefused,
    SuccessionRow,
)
from egate.central.database import Connection, Pool

_SECONDS: Final = 600.0
_AT_ONCE: Final = 1000
_TURNS: Final = 0x61637473
"""Acts come into force one after another."""
_KNOWN: Final = """
SELECT identity, content FROM authorisation_entry
WHERE subject = $1 AND identity = ANY($2) AND retired_by IS NULL
"""
_FILE: Final = """
INSERT INTO authorisation_act (act_id, subject, legal_basis, source_system, made_by, waiting)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5) RETURNING act_id
"""
_APPROVE: Final = """
UPDATE authorisation_act SET decided_by = $2, decided_at = now()
WHERE act_id = $1 AND waiting IS NOT NULL AND lower(made_by) <> lower($2) RETURNING 1
"""
_DECLINE: Final = """
UPDATE authorisation_act SET decided_by = $2, decided_at = now(), waiting = NULL
WHERE act_id = $1 AND waiting IS NOT NULL RETURNING 1
"""
_TAKE: Final = """
UPDATE authorisation_act AS act SET in_force_at = now(), waiting = NULL FROM (
    SELECT act_id, waiting FROM authorisation_act WHERE act_id = $1 FOR UPDATE) AS before
WHERE act.act_id = before.act_id RETURNING act.subject, act.source_system, before.waiting
"""
_RETIRE: Final = """
UPDATE authorisation_entry SET retired_by = $1
WHERE subject = $2 AND identity = ANY($3) AND retired_by IS NULL RETURNING doc_key
"""
_ADD: Final = """
INSERT INTO authorisation_entry (doc_key, subject, identity, act_id, content)
SELECT doc_key, $2, identity, $1, content::jsonb
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS added (doc_key, identity, content)
"""
_HEARD: Final = """
INSERT INTO authorisation_source (source_system, heard_at) VALUES ($1, now())
ON CONFLICT (source_system) DO UPDATE SET heard_at = now()
"""
_WAITING: Final = """
SELECT act_id, subject, legal_basis, made_by, made_at, jsonb_array_length(waiting) AS rows
FROM authorisation_act WHERE waiting IS NOT NULL ORDER BY made_at, act_id LIMIT 1000
"""


class ActRefused(Exception):
    """An act cannot be filed or approved; says why in one line."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken: the line where it ends, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Preview:
    """What a file would change.

    Args:
        new: rows of what is not known yet, with their lines.
        changed: rows that say something else of what is known.
        unchanged: how many say what is known.
        refused: rows that cannot be taken.

    """

    new: list[tuple[int, Row]] = field(default_factory=list)
    changed: list[tuple[int, Row]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """Those that change anything."""
        return [row for _, row in (*self.new, *self.changed)]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an import comes from.

    Args:
        made_by: the officer.
        legal_basis: law, circular or order by which it is made.
        source_system: whose file it is; "" when the officer made it.

    """

    made_by: str
    legal_basis: str
    source_system: str = ""


@dataclass(frozen=True, slots=True)
class WaitingAct:
    """One that nobody has approved yet."""

    act_id: UUID
    subject: str
    legal_basis: str
    made_by: str
    made_at: datetime
    rows: int


def examine(
    numbered: Iterable[tuple[int, Mapping[Any, Any]]], kind: type[Row], most: int
) -> tuple[list[tuple[int, Row]], list[Refused]]:
    """Return the rows of a file that are sound, and those that are not, with their lines.

    What comes after the first ``most`` rows is refused with one remark.
    """
    sound: dict[str, tuple[int, Row]] = {}
    refused: list[Refused] = []
    for number, (line, columns) in enumerate(numbered):
        if number == most:
            refused.append(Refused(line, f"more than {most} rows: send the rest by itself"))
            break
        try:
            row = kind.of(columns)
        except RowRefused as error:
            refused.append(Refused(line, str(error)))
            continue
        if row.identity in sound:
            refused.append(Refused(line, f"said already in line {sound[row.identity][0]}"))
        else:
            sound[row.identity] = (line, row)
    return list(sound.values()), refused


async def preview(
    connection: Connection, sound: Sequence[tuple[int, Row]], refused: Sequence[Refused]
) -> Preview:
    """Say what rows would change, and change nothing."""
    found = Preview(refused=list(refused))
    for start in range(0, len(sound), _AT_ONCE):
        part = sound[start : start + _AT_ONCE]
        known = await _known(connection, [row for _, row in part])
        for line, row in part:
            before = known.get(row.identity)
            if before is None:
                found.new.append((line, row))
            elif before != row.texts():
                found.changed.append((line, row))
            else:
                found.unchanged += 1
    return found


async def file_act(pool: Pool, rows: Sequence[Row], origin: Origin) -> tuple[UUID, bool]:
    """File an import; return its id, and whether it holds already.

    Args:
        pool: of connections to the centre's database.
        rows: one or more, of one subject, none about the same as another.
        origin: where they come from.

    Raises:
        ActRefused: it would connect too many documents.

    """
    waiting = json.dumps([row.texts() for row in rows])
    async with pool.acquire() as connection, connection.transaction():
        act_id: UUID = await connection.fetchval(
            _FILE,
            rows[0].subject,
            origin.legal_basis,
            origin.source_system,
            origin.made_by,
            waiting,
            timeout=_SECONDS,
        )
        if origin.source_system:
            await _bring_into_force(connection, act_id)
    return act_id, bool(origin.source_system)


async def approve(pool: Pool, act_id: UUID, approved_by: str) -> None:
    """Bring into force what another person filed.

    Raises:
        ActRefused: nothing waits under this id, or the same person filed it.

    """
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_APPROVE, act_id, approved_by):
            raise ActRefused("nothing waits under this id, or who filed it would approve it")
        await _bring_into_force(connection, act_id)


async def decline(pool: Pool, act_id: UUID, declined_by: str) -> None:
    """Drop what was filed and not approved; who filed it may do so too.

    Raises:
        ActRefused: nothing waits under this id.

    """
    if not await pool.fetchval(_DECLINE, act_id, declined_by):
        raise ActRefused("nothing waits under this id")


async def waiting_acts(pool: Pool) -> list[WaitingAct]:
    """Return what waits for approval, oldest first."""
    return [WaitingAct(**row) for row in await pool.fetch(_WAITING)]


async def _bring_into_force(connection: Connection, act_id: UUID) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _TURNS, timeout=_SECONDS)
    subject, system, waiting = await connection.fetchrow(_TAKE, act_id, timeout=_SECONDS)
    rows = [ROWS[subject].of(texts) for texts in json.loads(waiting)]
    touched: set[UUID] = set()
    for start in range(0, len(rows), _AT_ONCE):
        touched |= await _replace(connection, act_id, subject, rows[start : start + _AT_ONCE])
    if system:
        await connection.execute(_HEARD, system)
    if subject == SuccessionRow.subject:
        try:
            await connect(connection, touched)
        except TooManyDocuments as error:
            raise ActRefused(str(error)) from None
    if subject == ExtensionRow.subject:
        await judge_anew(connection, touched)


async def _replace(
    connection: Connection, act_id: UUID, subject: str, rows: Sequence[Row]
) -> set[UUID]:
    """Retire what was known, add what is; return where either lies."""
    known = await _known(connection, rows)
    rows = [row for row in rows if known.get(row.identity) != row.texts()]
    names = [row.identity for row in rows]
    retired = await connection.fetch(_RETIRE, act_id, subject, names, timeout=_SECONDS)
    placed = [(key, row) for row in rows for key in row.keys]
    await connection.execute(
        _ADD,
        act_id,
        subject,
        [key for key, _ in placed],
        [row.identity for _, row in placed],
        [json.dumps(row.texts()) for _, row in placed],
        timeout=_SECONDS,
    )
    return {key for key, _ in placed} | {found[0] for found in retired}


async def _known(connection: Connection, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    if not rows:
        return {}
    found = await connection.fetch(_KNOWN, rows[0].subject, [row.identity for row in rows])
    return {identity: json.loads(content) for identity, content in found}
