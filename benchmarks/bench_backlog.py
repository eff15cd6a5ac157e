"""Seconds in which the gates of a hall are rid of what they kept while the centre was away.

Thirty gates with outboxes on the disk, emptied by the gate's own forwarder; the centre is a
process of its own. ``--records-a-gate``: 600 are a day of 30 gates with 6.6 million travellers
a year, 3667 a day of a country with 40 million through 30 gates, 8640 a traveller every ten
seconds all day and night. Beside it the same payloads from the same files to nowhere: read,
unsealed, forgotten and synchronised to the disk, without network and centre.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import asyncpg

from benchmarks.centre_process import centre, database_address, enrol_gates, gate_id
from benchmarks.forwarding_gates import forward_all, forwarding_gate
from egate.cli.service_identity import issue
from egate.outbox.batch_size import MAX_RECORDS
from egate.outbox.database import open_database
from egate.outbox.forwarder import MAX_BYTES
from egate.outbox.store import Outbox
from egate.ports.reporting import Receipt

GATES = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records-a-gate", type=int, default=600, metavar="N")
    records = parser.parse_args().records_a_gate
    took: list[float] = []
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        with centre(folder) as address:
            seconds, alone = asyncio.run(measure(folder, address, records, took))
    figure = {
        "name": "backlog of 30 gates carried to the centre",
        "value": seconds,
        "unit": "s",
        "reference": f"reading and forgetting it at the gates, one after the other: {alone:.2f} s",
        "ratio": seconds / alone,
        "note": f"{GATES * records:,} records, {GATES * records / seconds:.0f} a second; the"
        f" gates' own forwarder and outbox, mutual TLS, everything on {os.cpu_count()} cores;"
        f" answer p99 {sorted(took)[len(took) * 99 // 100] * 1000:.0f} ms",
    }
    print(json.dumps(figure))


async def measure(
    folder: Path, address: str, records: int, took: list[float]
) -> tuple[float, float]:
    """Return the seconds of the backlog to the centre, and of the gates' own work alone."""
    await enrol_gates(folder, GATES)
    with ExitStack() as stack:
        filled = [
            forwarding_gate(
                stack.enter_context(open_database(folder / f"gate-{gate}.sqlite")),
                gate,
                records,
                (address, issue(folder, "gate", gate_id(gate))),
                took,
            )
            for gate in range(GATES)
        ]
        seconds = await forward_all(filled)
    connection = await asyncpg.connect(database_address(folder))
    stored = await connection.fetchval("SELECT count(*) FROM crossing")
    await connection.close()
    if stored != GATES * records:
        sys.exit(f"{stored} of {GATES * records} records are there")
    with open_database(folder / "alone.sqlite") as database:
        gate = forwarding_gate(
            database, 0, records, (address, issue(folder, "gate", gate_id(0))), took
        )
        alone = read_and_forget(gate.outbox)
        await gate.centre.client.close()
    return seconds, alone * GATES


def read_and_forget(outbox: Outbox) -> float:
    begun = time.perf_counter()
    while batch := outbox.oldest(MAX_RECORDS, MAX_BYTES):
        outbox.settle(batch, Receipt(frozenset(record.record_id for record in batch), {}))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
