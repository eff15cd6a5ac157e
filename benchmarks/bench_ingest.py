"""Records a second into the centre: gates with mutual TLS, batches of 100, durable when answered.

The centre is a process of its own on an embedded PostgreSQL; four gates send at once. Beside
it the same rows, inserted into the same database by one connection without gates, TLS or checks.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg

from egate.central.acceptance import CrossingRow, examine
from egate.central.store import Store
from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence import CheckId, CheckResult, Outcome, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.ports.reporting import PendingRecord
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode

GATES = 4
BATCH = 100
BATCHES_OF_A_GATE = 60
CONFIG = """listen = "127.0.0.1:0"
[page]
listen = "127.0.0.1:0"
[database]
embedded = "postgresql"
[tls]
ca = "authority.pem"
certificate = "centre-bench.pem"
key = "centre-bench.key"
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        create_authority(folder)
        issue(folder, "centre", "bench")
        (folder / "central.toml").write_text(CONFIG, "utf-8")
        with (folder / "log").open("wb") as log:
            command = ["-m", "egate.cli", "central", "serve", "--config"]
            centre = subprocess.Popen(
                [sys.executable, *command, str(folder / "central.toml")], stderr=log
            )
        try:
            asyncio.run(measure(folder, ready(folder, centre)))
        finally:
            centre.send_signal(signal.SIGTERM)
            centre.wait(20)


def ready(folder: Path, centre: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 30
    while time.monotonic() < until and centre.poll() is None:
        for line in (folder / "log").read_text("utf-8").splitlines(keepends=True):
            if '"ready"' in line and line.endswith("\n"):
                return str(json.loads(line)["grpc"])
        time.sleep(0.05)
    sys.exit(f"the centre did not start: {(folder / 'log').read_text('utf-8').strip()}")


async def measure(folder: Path, address: str) -> None:
    records = GATES * BATCHES_OF_A_GATE * BATCH
    sent = [batches(f"BENCH-{gate}", gate) for gate in range(GATES)]
    size = sum(len(one.payload) for one in sent[0][0]) // BATCH
    clients = [
        CentreClient(address, issue(folder, "gate", f"BENCH-{gate}")) for gate in range(GATES)
    ]
    for gate, client in enumerate(clients):  # connect, and warm up
        await client.submit(sent[gate][0][:1])
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for client, mine in zip(clients, sent, strict=True):
            tasks.create_task(upload(client, mine))
    through_gates = records / (time.perf_counter() - begun)
    for client in clients:
        await client.close()
    bare = await insert_only(folder)
    figure = {
        "name": "ingest at the centre, records committed",
        "value": through_gates,
        "unit": "records/s",
        "reference": f"bare insert, one connection: {bare:.0f} records/s",
        "ratio": through_gates / bare,
        "note": f"{size} B, batches of {BATCH}, {GATES} gates, mutual TLS, embedded PostgreSQL,"
        f" everything on {os.cpu_count()} cores",
    }
    print(json.dumps(figure))


async def upload(client: CentreClient, mine: Sequence[Sequence[PendingRecord]]) -> None:
    for batch in mine:
        receipt = await client.submit(batch)
        if len(receipt.accepted) != len(batch):
            sys.exit(f"refused: {receipt.refused}")


async def insert_only(folder: Path) -> float:
    lines = (folder / "postgresql" / "postmaster.pid").read_text("utf-8").splitlines()
    pool = await asyncpg.create_pool(
        f"postgresql://postgres@/postgres?host={lines[4]}", min_size=1, max_size=1
    )
    ready_rows = [
        [
            row
            for pending in batch
            if isinstance(row := examine(pending.payload, "BENCH-9"), CrossingRow)
        ]
        for batch in batches("BENCH-9", 9)
    ]
    store = Store(pool)
    begun = time.perf_counter()
    for rows in ready_rows:
        await store.put(rows)
    seconds = time.perf_counter() - begun
    await pool.close()
    return BATCHES_OF_A_GATE * BATCH / seconds


def batches(gate_id: str, gate: int) -> list[list[PendingRecord]]:
    checks = tuple(
        CheckResult(check, Outcome.SUCCESSFUL, "as expected", 12) for check in list(CheckId)[:20]
    )
    document = TravelDocument(
        "P", "UTO", "L898902C3", "2032-04-15", "ERIKSSON", "ANNA", "UTO", "1974-08-12", "F"
    )
    model = CrossingRecord(
        crossing_id="",
        gate_id=gate_id,
        gate_seq=0,
        direction=Direction.ENTRY,
        border_crossing_point="BDDAC",
        occurred_at=UtcSeconds(1_790_000_000.0),
        recorded_at=UtcSeconds(1_790_000_009.0),
        verdict=RecordVerdict.ADMIT,
        status=CrossingStatus.COMPLETED,
        policy_version="1",
        software_version="0.1.0",
        document=document,
        checks=checks,
        similarity=0.61,
        threshold=0.36,
    )
    made: list[list[PendingRecord]] = []
    for first in range(0, BATCHES_OF_A_GATE * BATCH, BATCH):
        ids = [f"0197f000-{gate:04x}-7000-8000-{n:012x}" for n in range(first, first + BATCH)]
        made.append(
            [
                PendingRecord(
                    n, crossing_id, encode(replace(model, crossing_id=crossing_id, gate_seq=n))
                )
                for n, crossing_id in enumerate(ids, first + 1)
            ]
        )
    return made


if __name__ == "__main__":
    main()
