"""Gates that carry their outbox to the centre by the code that gates run."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Sequence

from benchmarks.centre_process import gate_id, traveller
from egate.gate.memory import Memory
from egate.outbox.backoff import delays
from egate.outbox.forwarder import Forwarder
from egate.outbox.sealing import Seal
from egate.outbox.store import Outbox
from egate.ports.reporting import PendingRecord, Receipt
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode
from egate.reporting.station_key import StationKey
from egate.settings import Tls


class TimedCentre:
    """A centre that notes how long each answer took, in seconds."""

    def __init__(self, client: CentreClient, took: list[float]) -> None:
        self.client = client
        self._took = took

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        begun = time.perf_counter()
        receipt = await self.client.submit(batch)
        self._took.append(time.perf_counter() - begun)
        return receipt


class ForwardingGate:
    """One gate: an outbox, and the forwarder that empties it."""

    def __init__(self, outbox: Outbox, centre: TimedCentre) -> None:
        self.outbox = outbox
        self.centre = centre
        self.is_empty = asyncio.Event()
        self.lost_calls = 0
        self._forwarder = Forwarder(outbox, centre, lambda: delays(random.random))
        self._forwarder.on_change(self._changed)

    async def run(self) -> None:
        """Forward until cancelled."""
        await self._forwarder.run()

    def _changed(self) -> None:
        self.lost_calls += not self._forwarder.centre_reachable
        if not self.outbox.backlog().depth:
            self.is_empty.set()


def forwarding_gate(
    database: sqlite3.Connection, gate: int, records: int, to: tuple[str, Tls], took: list[float]
) -> ForwardingGate:
    """Return ``gate`` with ``records`` in the outbox of ``database``, to be sent ``to`` there."""
    outbox = Memory(database, Seal(bytes(32)), StationKey(to[1])).outbox(gate_id(gate))
    with database:
        for seq in range(1, records + 1):
            record = traveller(gate, seq)
            outbox.add(record.crossing_id, seq, encode(record), record.recorded_at)
    return ForwardingGate(outbox, TimedCentre(CentreClient(*to), took))


async def forward_all(gates: Sequence[ForwardingGate]) -> float:
    """Let ``gates`` forward until every outbox is empty; return the seconds."""
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(gate.run()) for gate in gates]
        for gate in gates:
            await gate.is_empty.wait()
        seconds = time.perf_counter() - begun
        for one in running:
            one.cancel()
    for gate in gates:
        await gate.centre.client.close()
    return seconds
