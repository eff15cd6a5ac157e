"""Linked records a second into the centre: 30 gates, mutual TLS, durable when answered.

The centre is a process of its own on an embedded PostgreSQL. Every traveller comes in by one
gate and leaves by the next one, in a batch that is sent at about the same time; in the end every
exit must belong to its entry, and every link to its chain. Beside it the same rows, inserted into
the same table by one connection: without gates, TLS, checks, promises about ids, stays and links.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.centre_process import centre, database_of, enrol_gates, gate_id, model_record
from egate.central import intake
from egate.central.acceptance import CrossingRow, examine
from egate.central.bodies import keys_of
from egate.central.database import Connection, open_database
from egate.cli.service_identity import issue
from egate.domain.evidence.chain import FIRST, ChainLink, link_hash, signed_message
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.ports.reporting import PendingRecord
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode
from egate.reporting.station_key import StationKey

GATES = 30
BATCH = 100
BATCHES_OF_A_GATE = 12
TABLES = "crossing, crossing_registry, stay, gate_sequence, chain_link"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        with centre(folder) as address:
            asyncio.run(measure(folder, address))


async def measure(folder: Path, address: str) -> None:
    records = GATES * BATCHES_OF_A_GATE * BATCH
    issued = [issue(folder, "gate", gate_id(gate)) for gate in range(GATES)]
    sent = [
        chained(gate_id(gate), batches(gate), StationKey(issued[gate])) for gate in range(GATES)
    ]
    size = sum(len(one.payload) for one in sent[0][0]) // BATCH
    await enrol_gates(folder, GATES)
    clients = [CentreClient(address, tls) for tls in issued]
    for client, mine in zip(clients, sent, strict=True):  # connect, and warm up
        await client.submit(mine[0][:1])
    answered: list[float] = []
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for client, mine in zip(clients, sent, strict=True):
            tasks.create_task(upload(client, mine, answered))
    through_gates = records / (time.perf_counter() - begun)
    for client in clients:
        await client.close()
    bare = await look_and_insert_only(folder, records, sent)
    answered.sort()
    p99 = answered[len(answered) * 99 // 100]
    figure = {
        "name": "ingest at the centre, records committed and linked",
        "value": through_gates,
        "unit": "records/s",
        "reference": f"bare insert, one connection: {bare:.0f} records/s",
        "ratio": through_gates / bare,
        "note": f"{size} B, batches of {BATCH}, {GATES} gates, mutual TLS, embedded PostgreSQL,"
        f" everything on {os.cpu_count()} cores; answer p50"
        f" {statistics.median(answered) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms",
    }
    print(json.dumps(figure))


async def upload(
    client: CentreClient, mine: Sequence[Sequence[PendingRecord]], answered: list[float]
) -> None:
    for batch in mine:
        begun = time.perf_counter()
        receipt = await client.submit(batch)
        answered.append(time.perf_counter() - begun)
        if len(receipt.accepted) != len(batch):
            sys.exit(f"refused: {receipt.refused}")


async def look_and_insert_only(
    folder: Path, records: int, sent: Sequence[Sequence[Sequence[PendingRecord]]]
) -> float:
    async with open_database(database_of(folder)) as pool, pool.acquire() as connection:
        return await look_and_insert_with(connection, records, sent)


async def look_and_insert_with(
    connection: Connection, records: int, sent: Sequence[Sequence[Sequence[PendingRecord]]]
) -> float:
    linked = await connection.fetchval("SELECT count(*) FROM stay WHERE kind = 2")
    if linked * 2 != records:
        sys.exit(f"{linked} of {records // 2} exits belong to their entry")
    whole = await connection.fetchval(
        "SELECT count(*) FROM chain_link WHERE signature <> '' AND fault = ''"
    )
    if whole != records:
        sys.exit(f"{whole} of {records} links are whole")
    await connection.execute(f"TRUNCATE {TABLES}")
    bare = [
        [
            row
            for one in batch
            if isinstance(row := examine(one.payload, gate_id(gate)), CrossingRow)
        ]
        for gate, mine in enumerate(sent[: GATES // 4])
        for batch in mine
    ]
    seconds = await insert_only(connection, bare)
    return sum(map(len, bare)) / seconds


async def insert_only(connection: Connection, bare: Sequence[Sequence[CrossingRow]]) -> float:
    keys, now = keys_of(connection), await connection.fetchval("SELECT now()")
    begun = time.perf_counter()
    for rows in bare:
        await connection.copy_records_to_table(
            "crossing", records=intake.lines(rows, keys, now), columns=intake.COLUMNS
        )
    return time.perf_counter() - begun


def chained(
    station_id: str, mine: Sequence[Sequence[PendingRecord]], key: StationKey
) -> list[list[PendingRecord]]:
    """The batches with the links that the gate would have written."""
    previous = FIRST
    linked: list[list[PendingRecord]] = []
    for batch in mine:
        linked.append([])
        for one in batch:
            link = link_hash(station_id, one.seq, previous, one.payload)
            sent = ChainLink(previous, key.sign(signed_message(link)), key.key_id)
            linked[-1].append(replace(one, link=sent))
            previous = link
    return linked


def batches(gate: int) -> list[list[PendingRecord]]:
    """Entries in every other batch; in the others those leave who came in by the gate before."""
    model = model_record(gate)
    made: list[list[PendingRecord]] = []
    for number in range(BATCHES_OF_A_GATE):
        leaving = number % 2 == 1
        came_by = (gate - 1) % GATES if leaving else gate
        batch = []
        for place in range(BATCH):
            seq = number * BATCH + place + 1
            record = replace(
                model,
                crossing_id=f"0197f000-{gate:04x}-7000-8000-{seq:012x}",
                gate_seq=seq,
                direction=Direction.EXIT if leaving else Direction.ENTRY,
                occurred_at=UtcSeconds(1_790_000_000.0 + 60 * seq + 1e6 * leaving),
                recorded_at=UtcSeconds(1_790_000_009.0 + 60 * seq + 1e6 * leaving),
                document=replace(
                    model.document,  # type: ignore[type-var]
                    document_number=f"{came_by:02}{number // 2:03}{place:04}",
                ),
            )
            batch.append(PendingRecord(seq, record.crossing_id, encode(record)))
        made.append(batch)
    return made


if __name__ == "__main__":
    main()
