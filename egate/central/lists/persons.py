"""Whom entries list, kept ready to be asked for by name as a gate asks its lists.

Names are compared in memory, by the index that gates have; what an entry says is read when it is
found, so that nobody is told what does not hold any more.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.lists.acts import ActRefused
from egate.central.lists.listed_names import MOST_CHANGES, ListedNames
from egate.central.lists.settled import is_settled
from egate.central.lists.stored import stored_entry
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.names.person_index import PersonHit, likeliest_first
from egate.lists.person_search import PersonQuery
from egate.observability.logging import Logger

_MARKS: Final = "SELECT list, xmin::text AS mark FROM list_head"
"""The transaction that last changed a list: another one after every approval."""
_APPROVED: Final = """
SELECT proposal_id, decided_at FROM list_decision WHERE list = $1 AND approved
"""
_OF_PROPOSALS: Final = (
    "SELECT DISTINCT entry_id FROM list_entry WHERE proposal_id = ANY($1) LIMIT $2"
)
_CHANGED: Final = """
SELECT entry_id, CASE WHEN revoked THEN '[]' ELSE persons END AS persons FROM list_in_force
WHERE list = $1 AND entry_id = ANY($2)
"""
_PERSONS: Final = """
SELECT entry_id, persons FROM list_in_force
WHERE list = $1 AND NOT revoked AND persons <> '[]'
"""
_IN_FORCE: Final = """
SELECT * FROM list_in_force WHERE list = $1 AND entry_id = ANY($2) AND NOT revoked
"""
_PIECE: Final = 1000
_LONG_SECONDS: Final = 600.0
_PATIENCE_SECONDS: Final = 1.0
"""How long a question waits for a change that was approved just now, as gates do for a version."""
_LOOK_SECONDS: Final = 2.0
_MOST_FOUND: Final = 50


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """An entry that may list the traveller. Personal.

    Args:
        revision: of the entry, its number.
        port: of an offload.
        entry: what it says.
        score: how alike the names are, from 0 to 1.
        is_exact: the same name, the same whole date of birth, no other nationality.

    """

    revision: int
    port: str
    entry: ListEntry = field(repr=False)
    score: float
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """What is ready of one list.

    Args:
        mark: of the list when it was read.
        approved: the proposals that are in it, and when each was approved: another moment tells
            of a database that was restored.
        names: None where a rule about persons came after one was stored.
        fault: what that is.

    """

    mark: str
    approved: frozenset[tuple[int, datetime]]
    names: ListedNames | None
    fault: str = ""


class ListedPersons:
    """The persons of every list in force.

    Args:
        pool: of connections to the centre's database.
        log: for what goes wrong.

    """

    def __init__(self, pool: Pool, log: Logger) -> None:
        self._pool = pool
        self._log = log
        self._held: dict[ListKind, _Held] = {}
        self._wanted = asyncio.Event()
        self._done = asyncio.Event()

    async def keep_ready(self) -> None:
        """Read what changed when somebody asks, and every two seconds, for ever."""
        while True:
            try:
                await self._refresh()
            except CONNECTION_FAULTS as error:
                self._log.warning("listed persons not read", error=type(error).__name__)
                await asyncio.sleep(_LOOK_SECONDS)
            done, self._done = self._done, asyncio.Event()
            done.set()
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                continue
            self._wanted.clear()

    async def find(self, query: PersonQuery) -> list[FoundPerson]:
        """Return entries that may list the traveller and count that day, likeliest first, to 50.

        Entries about which an officer settled that they do not list the holder of the
        traveller's document are left out.

        Args:
            query: the traveller; each name whole.

        Raises:
            ActRefused: a name or the date of birth cannot be compared, or a list not be asked.

        """
        await self._be_ready()
        hits = await asyncio.to_thread(_hits, dict(self._held), query)
        found = []
        async with self._pool.acquire() as connection:
            for kind, by_id in hits.items():
                for row in await connection.fetch(_IN_FORCE, kind.value, list(by_id)):
                    hit = by_id[row["entry_id"]]
                    said = FoundPerson(
                        row["revision"],
                        row["port"],
                        stored_entry(row, kind),
                        hit.score,
                        hit.is_exact,
                    )
                    if await _counts(connection, said.entry, query):
                        found.append((hit, said))
        found.sort(key=lambda each: (likeliest_first(each[0])[:2], each[1].entry.entry_id))
        return [each for _, each in found[:_MOST_FOUND]]

    async def _be_ready(self) -> None:
        """Wait for what was approved before; not long for a list of which something is known."""
        marks = await _marks(self._pool)
        while late := self._late(marks):
            done = self._done
            self._wanted.set()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await done.wait()
            except TimeoutError:
                if all(kind in self._held for kind in late):
                    return

    async def _refresh(self) -> None:
        for kind in self._late(await _marks(self._pool)):
            held = self._held.get(kind)
            # In this order: what is approved meanwhile is read once more, and never missed.
            async with self._pool.acquire() as connection:
                mark = (await _marks(connection))[kind]
                found = await connection.fetch(_APPROVED, kind.value, timeout=_LONG_SECONDS)
                approved = frozenset((row["proposal_id"], row["decided_at"]) for row in found)
                changed = await _changed(connection, held, approved)
                rows = await _rows(connection, kind, changed)
            before = held.names if held and changed is not None else None
            try:
                names = await asyncio.to_thread(_names, before, rows)
                self._held[kind] = _Held(mark, approved, names)
            except ListRefused as error:
                self._log.error("listed persons not asked", list=kind, reason=str(error))
                self._held[kind] = _Held(mark, approved, None, str(error))

    def _late(self, marks: Mapping[ListKind, str]) -> list[ListKind]:
        return [
            kind
            for kind, mark in marks.items()
            if kind not in self._held or self._held[kind].mark != mark
        ]


async def _marks(connection: Connection | Pool) -> dict[ListKind, str]:
    """Return the mark of each list that may have persons; of one that never changed, ""."""
    found = {row["list"]: row["mark"] for row in await connection.fetch(_MARKS)}
    return {kind: found.get(kind.value, "") for kind in ListKind if not kind.is_for_good}


async def _changed(
    connection: Connection, held: _Held | None, approved: frozenset[tuple[int, datetime]]
) -> list[str] | None:
    """Return the entries that changed since; None where it is better to read all of them."""
    if held is None or held.names is None or not held.approved <= approved:
        return None
    new = [proposal_id for proposal_id, _ in approved - held.approved]
    found = await connection.fetch(_OF_PROPOSALS, new, MOST_CHANGES + 1)
    is_little = len(held.names.changes) + len(found) <= MOST_CHANGES
    return [row["entry_id"] for row in found] if is_little else None


async def _rows(
    connection: Connection, kind: ListKind, changed: list[str] | None
) -> list[Mapping[str, str]]:
    if changed is not None:
        rows: list[Mapping[str, str]] = await connection.fetch(_CHANGED, kind.value, changed)
        return rows
    async with connection.transaction(readonly=True):
        every = connection.cursor(_PERSONS, kind.value, prefetch=_PIECE, timeout=_LONG_SECONDS)
        return [row async for row in every]


def _names(before: ListedNames | None, rows: Sequence[Mapping[str, str]]) -> ListedNames:
    persons = {row["entry_id"]: row["persons"] for row in rows}
    return before.changed(persons) if before else ListedNames.of(persons)


async def _counts(connection: Connection, entry: ListEntry, query: PersonQuery) -> bool:
    """Say whether an entry counts that day, and for the holder of that document."""
    if not entry.applies(query.direction, query.at):
        return False
    return query.document is None or not await is_settled(connection, entry, query.document)


def _hits(
    held: Mapping[ListKind, _Held], query: PersonQuery
) -> dict[ListKind, dict[str, PersonHit]]:
    found = {}
    for kind, of_list in held.items():
        if of_list.names is None:
            raise ActRefused(f"{kind}: {of_list.fault}")
        if hits := of_list.names.find(query):
            found[kind] = hits
    return found
