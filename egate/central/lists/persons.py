"""Whom entries list, kept ready to be asked for by name as a gate asks its lists.

Names are compared in memory, by the index that gates have; what an entry says is read when it is
found, so that nobody is told what does not hold any more.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.lists.acts import ActRefused
from egate.central.lists.settled import is_settled
from egate.central.lists.stored import stored_entry
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_person import ListedPerson
from egate.lists.names.birth_date import UnusableDate
from egate.lists.names.folding import UnusableName
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import PersonHit, PersonIndex, Traveller, likeliest_first
from egate.lists.person_search import PersonQuery
from egate.observability.logging import Logger

_MARKS: Final = "SELECT list, xmin::text AS mark FROM list_head"
"""The transaction that last changed a list: another one after every approval."""
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
_PAUSE_SECONDS: Final = 0.5
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
class _Names:
    """Those of one list.

    Args:
        mark: of the list when they were read.
        entry_ids: by the numbers of the index.
        index: None where a rule about persons came after one was stored.
        fault: what that is.

    """

    mark: str
    entry_ids: Sequence[str]
    index: PersonIndex | None
    fault: str = ""


class ListedPersons:
    """The persons of every list in force; nothing is read before somebody asks.

    Args:
        pool: of connections to the centre's database.
        log: for what goes wrong.

    """

    def __init__(self, pool: Pool, log: Logger) -> None:
        self._pool = pool
        self._log = log
        self._names: dict[ListKind, _Names] = {}
        self._wanted = asyncio.Event()
        self._done = asyncio.Event()

    async def keep_ready(self) -> None:
        """Read what changed whenever somebody asks, for ever."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._refresh()
            except CONNECTION_FAULTS as error:
                self._log.warning("listed persons not read", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
            done, self._done = self._done, asyncio.Event()
            done.set()

    async def find(self, connection: Connection, query: PersonQuery) -> list[FoundPerson]:
        """Return entries that may list the traveller and count that day, likeliest first, to 50.

        Entries about which an officer settled that they do not list the holder of the
        traveller's document are left out.

        Args:
            connection: to the centre's database.
            query: the traveller; each name whole.

        Raises:
            ActRefused: a name or the date of birth cannot be compared, or a list not be asked.

        """
        await self._be_ready(connection)
        names = dict(self._names)
        hits = await asyncio.to_thread(_hits, names, query)
        found = []
        for kind, numbered in hits.items():
            by_id = {names[kind].entry_ids[hit.entry]: hit for hit in numbered}
            for row in await connection.fetch(_IN_FORCE, kind.value, list(by_id)):
                entry, hit = stored_entry(row, kind), by_id[row["entry_id"]]
                if not entry.applies(query.direction, query.at):
                    continue
                if query.document and await is_settled(connection, entry, query.document):
                    continue
                said = FoundPerson(row["revision"], row["port"], entry, hit.score, hit.is_exact)
                found.append((hit, said))
        found.sort(key=lambda each: (likeliest_first(each[0])[:2], each[1].entry.entry_id))
        return [each for _, each in found[:_MOST_FOUND]]

    async def _be_ready(self, connection: Connection) -> None:
        """Wait for what was approved before; not long for a list of which something is known."""
        marks = await _marks(connection)
        while late := self._late(marks):
            done = self._done
            self._wanted.set()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await done.wait()
            except TimeoutError:
                if all(kind in self._names for kind in late):
                    return

    async def _refresh(self) -> None:
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            marks = await _marks(connection)
            for kind in self._late(marks):
                rows = [
                    (row["entry_id"], row["persons"])
                    async for row in connection.cursor(
                        _PERSONS, kind.value, prefetch=_PIECE, timeout=_LONG_SECONDS
                    )
                ]
                names = await asyncio.to_thread(_indexed, rows, marks[kind])
                if names.fault:
                    self._log.error("listed persons not asked", list=kind, reason=names.fault)
                self._names[kind] = names

    def _late(self, marks: Mapping[ListKind, str]) -> list[ListKind]:
        return [
            kind
            for kind, mark in marks.items()
            if kind not in self._names or self._names[kind].mark != mark
        ]


async def _marks(connection: Connection) -> dict[ListKind, str]:
    """Return the mark of each list that may have persons; of one that never changed, ""."""
    found = {row["list"]: row["mark"] for row in await connection.fetch(_MARKS)}
    return {kind: found.get(kind.value, "") for kind in ListKind if not kind.is_for_good}


def _indexed(rows: Sequence[tuple[str, str]], mark: str) -> _Names:
    entry_ids = [entry_id for entry_id, _ in rows]
    try:
        columns = PersonColumns.of(
            (number, ListedPerson.of(person))
            for number, (_, persons) in enumerate(rows)
            for person in json.loads(persons)
        )
    except ListRefused as error:
        return _Names(mark, entry_ids, None, str(error))
    return _Names(mark, entry_ids, PersonIndex(columns))


def _hits(
    names: Mapping[ListKind, _Names], query: PersonQuery
) -> dict[ListKind, Sequence[PersonHit]]:
    found: dict[ListKind, Sequence[PersonHit]] = {}
    for kind, of_list in names.items():
        if of_list.index is None:
            raise ActRefused(f"{kind}: {of_list.fault}")
        best: dict[int, PersonHit] = {}
        for name in query.names:
            traveller = Traveller(name, query.date_of_birth, query.nationality)
            try:
                hits = of_list.index.find(traveller)
            except (UnusableName, UnusableDate) as fault:
                raise ActRefused(str(fault)) from None
            for hit in hits:
                best[hit.entry] = min(best.get(hit.entry, hit), hit, key=likeliest_first)
        if best:
            found[kind] = list(best.values())
    return found
