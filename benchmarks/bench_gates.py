"""How long a gate waits for an acknowledgement while a thousand gates upload at once.

Each gate is a mutual TLS channel of its own with a backlog in its own outbox, emptied by the
gate's own forwarder, all in one process; the centre is another one. Nothing is left out: the
first batches of all gates come at the same moment. Beside it the same thousand calls at once
with a batch of nothing, which the centre refuses without touching its database.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.centre_process import centre, enrol_gates, gate_id
from benchmarks.forwarding_gates import ForwardingGate, forward_all, forwarding_gate
from egate.cli.service_identity import issue
from egate.ports.reporting import CentreUnavailable

MAX_SECONDS = 40.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gates", type=int, default=1000, metavar="N")
    parser.add_argument("--records-a-gate", type=int, default=20, metavar="N")
    asked = parser.parse_args()
    took: list[float] = []
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        with centre(folder) as address:
            size = asked.gates, asked.records_a_gate
            connected, idle, seconds = asyncio.run(measure(folder, address, size, took))
    records = asked.gates * asked.records_a_gate
    figure = {
        "name": f"acknowledgement with {asked.gates:,} gates, p99",
        "value": p99(took),
        "unit": "s",
        "reference": f"a call that stores nothing, as many at once: p99 {p99(idle):.2f} s",
        "ratio": p99(took) / p99(idle),
        "note": f"p50 {statistics.median(took):.2f} s, worst {max(took):.2f} s; {records:,} records"
        f" in {len(took):,} batches, {records / seconds:.0f} a second; mutual TLS, all connected"
        f" within {connected:.1f} s; gates and centre two processes on {os.cpu_count()} cores",
    }
    print(json.dumps(figure))


async def measure(
    folder: Path, address: str, size: tuple[int, int], took: list[float]
) -> tuple[float, list[float], float]:
    """Return the seconds to connect, of each call that stores nothing, and of the upload."""
    count, records = size
    await enrol_gates(folder, count)
    filled = [
        forwarding_gate(
            sqlite3.connect(":memory:"),  # a thousand gates would have a thousand disks
            gate,
            records,
            (address, issue(folder, "gate", gate_id(gate))),
            took,
        )
        for gate in range(count)
    ]
    begun = time.perf_counter()
    await ask_nothing(filled)
    connected = time.perf_counter() - begun
    idle = await ask_nothing(filled)
    seconds = await forward_all(filled)
    if lost := sum(gate.lost_calls for gate in filled):
        sys.exit(f"{lost} calls were lost")
    return connected, idle, seconds


async def ask_nothing(filled: Sequence[ForwardingGate]) -> list[float]:
    async def ask(gate: ForwardingGate) -> float:
        begun = time.perf_counter()
        async with asyncio.timeout(MAX_SECONDS):
            while True:
                try:
                    await gate.centre.client.reach(MAX_SECONDS)
                except CentreUnavailable:  # its handshake took too long; as the forwarder does
                    continue
                return time.perf_counter() - begun

    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(ask(gate)) for gate in filled]
    return [one.result() for one in asked]


def p99(took: Sequence[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


if __name__ == "__main__":
    main()
