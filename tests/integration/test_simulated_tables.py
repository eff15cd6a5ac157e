"""The tables of the simulation say of every history what PostgreSQL says of it."""

import datetime as dt
import random
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from egate.central.acceptance import CrossingRow, examine
from egate.central.alarms import open_alarms
from egate.central.store import Store
from egate.domain.evidence.chain import FIRST, ChainLink, link_hash, signed_message
from egate.domain.record import CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.reporting.mapping import encode
from tests.centre_harness import Centre, record
from tests.simulation.identities import StationKey, gate_id
from tests.simulation.memory_database import MemoryPool
from tests.simulation.processes import Acts
from tests.simulation.tables import Tables

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

_HISTORIES = 12
_BATCHES = 12
_GATES = 3
_DOCUMENTS = 2


def _rows(chance: random.Random) -> Sequence[CrossingRow]:
    """Rows of a few gates and documents; some share a number, an id, or a time."""
    rows, heads = [], {}
    for made in range(60):
        station = chance.randint(1, _GATES)
        number, head = heads.get(station, (0, FIRST))
        number += chance.choice((1, 1, 1, 1, 0, 2)) or 0
        number = max(number, 1)
        crossing = made if chance.random() < 0.9 else chance.randint(0, made)
        at = UtcSeconds(1_790_000_000.0 + 3600 * chance.randint(0, 9))
        changes: dict[str, Any] = {
            "crossing_id": f"0197f000-0000-7000-8000-{crossing:012x}",
            "gate_id": gate_id(station),
            "gate_seq": number,
            "occurred_at": at,
            "recorded_at": at,
            "direction": chance.choice(list(Direction)),
            "verdict": RecordVerdict.ADMIT,
            "status": chance.choice((CrossingStatus.COMPLETED, CrossingStatus.REFERRED)),
            "findings": (f"MADE.{made}",),
        }
        document = record(1).document
        assert document
        changes["document"] = replace(
            document,
            issuing_state=chance.choice(("UTO", "BGD")),
            document_number=f"D{chance.randint(1, _DOCUMENTS)}",
        )
        payload = encode(record(1, **changes))
        key = StationKey(station)
        link = link_hash(gate_id(station), number, head, payload)
        sent = ChainLink(head, key.sign(signed_message(link)), key.key_id)
        row = examine(payload, gate_id(station), sent if chance.random() < 0.9 else None)
        assert isinstance(row, CrossingRow)
        rows.append(row)
        heads[station] = (number, link)
    return rows


def _batches(chance: random.Random, rows: Sequence[CrossingRow]) -> Iterator[list[CrossingRow]]:
    late = sorted(rows, key=lambda row: (row.gate_seq + chance.randint(-12, 12), row.crossing_id))
    for _ in range(_BATCHES):
        size = chance.randint(1, 9)
        batch, late = late[:size], late[size:]
        again = [chance.choice(rows)] if chance.random() < 0.4 else []
        if batch or again:
            yield [*batch, *again]


async def _said(store: Store, batches: Sequence[Sequence[CrossingRow]]) -> list[Any]:
    """Return what a store answers to ``batches``."""
    said: list[Any] = []
    stations = [gate_id(each) for each in range(1, _GATES + 1)]
    for batch in batches:
        said.append(await store.put(batch))
        said.append(await store.watermarks(stations))
    said += [await store.standing(each) for each in stations]
    return said


async def _lacked(store: Store) -> list[bool]:
    """Return of each station whether it is behind, for each number that it may say."""
    stations = [gate_id(each) for each in range(1, _GATES + 1)]
    return [await store.is_behind(each, last) for each in stations for last in range(12)]


async def _in_postgresql(centre: Centre) -> list[Any]:
    fetch = centre.database.fetch
    stays = await fetch(
        "SELECT doc_key, since, first_id, entry_id, entry_at, exit_id, exit_at, kind FROM stay"
    )
    links = await fetch("SELECT station_id, gate_seq, crossing_id, link, fault FROM chain_link")
    forks = await fetch("SELECT gate_id, gate_seq, crossing_id FROM gate_fork")
    conflicts = await fetch("SELECT crossing_id, content_hash FROM crossing_conflict")
    crossings = await fetch("SELECT crossing_id, clock_suspect FROM crossing")
    alarms = [(each.kind, each.subject, each.times) for each in await open_alarms(centre.database)]
    found = [stays, links, forks, conflicts, crossings, alarms]
    return list(map(_plain, found))


def _in_memory(tables: Tables) -> list[Any]:
    stays = [tuple(row.values()) for of in tables.stays.values() for row in of.values()]
    names = ("station_id", "gate_seq", "crossing_id", "link", "fault")
    links = [tuple(row[name] for name in names) for rows in tables.links.values() for row in rows]
    crossings = [(row["crossing_id"], row["clock_suspect"]) for row in tables.crossings.values()]
    alarms = [(*about, times) for about, (times, _) in tables.alarms.items()]
    found = [stays, links, tables.forks, tables.conflicts, crossings, alarms]
    return list(map(_plain, found))


def _plain(rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    """Return ``rows`` in one order; asyncpg gives UUIDs of a class of its own."""
    return sorted([str(each) for each in row] for row in rows)


@pytest_asyncio.fixture(loop_scope="session")
async def life(centre: Centre) -> AsyncIterator[str]:
    """The name of a life of the database, which ends with the test."""
    begun = "INSERT INTO database_life (server) VALUES ('made') RETURNING name::text"
    name = await centre.database.fetchval(begun)
    yield name
    await centre.database.execute("DELETE FROM database_life WHERE name::text = $1", name)


@pytest.mark.parametrize("seed", range(_HISTORIES))
async def test_both_say_the_same_of_a_history(centre: Centre, life: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - to be seen again, not secret
    batches = list(_batches(chance, _rows(chance)))
    now = (await centre.database.fetchval("SELECT now()")).timestamp()
    tables = Tables(lambda: now, life)
    in_memory = await _said(Store(MemoryPool(tables, Acts())), batches)
    assert in_memory == await _said(centre.store, batches)
    assert _in_memory(tables) == await _in_postgresql(centre)
    await centre.database.execute(
        "UPDATE chain_link SET accepted_at = accepted_at - interval '31 s' WHERE gate_seq < 8"
    )
    for (_, number), links in tables.links.items():
        for row in links:
            row["accepted_at"] -= dt.timedelta(seconds=31 * (number < 8))
    lacked = await _lacked(Store(MemoryPool(tables, Acts())))
    assert lacked == await _lacked(centre.store)
    assert set(lacked) == {False, True}
