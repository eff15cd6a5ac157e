"""A gate as far as a centre sees it: the product's outbox, chain, forwarder and looks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from egate.domain.record import CrossingStatus, Direction
from egate.gate.memory import Memory
from egate.outbox.backoff import delays
from egate.outbox.database import open_database
from egate.outbox.forwarder import Forwarder
from egate.outbox.sealing import Seal
from egate.outbox.sending_again import SendingAgain
from egate.outbox.store import Outbox
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode
from egate.reporting.station_key import StationKey
from egate.settings import Tls
from tests.centre_harness import record

_LOOK_SECONDS = 0.3


class SendingStation:
    """Records, and sends by itself.

    Args:
        name: of the gate.
        outbox: of the same.
        forwarder: likewise.

    """

    def __init__(self, name: str, outbox: Outbox, forwarder: Forwarder) -> None:
        self.name = name
        self.made: dict[str, bytes] = {}
        """What was recorded, by its id."""
        self._outbox = outbox
        self._forwarder = forwarder
        self._changed = asyncio.Event()
        forwarder.on_change(self._changed.set)

    def record(self, count: int) -> None:
        """Record ``count`` travellers; every other one leaves again."""
        for number in range(len(self.made) + 1, len(self.made) + count + 1):
            place = f"{hash_of(self.name):04x}{number:08x}"
            made = record(
                number,
                crossing_id=f"0197f000-0000-7000-8000-{place}",
                gate_id=self.name,
                status=CrossingStatus.COMPLETED if number > 1 else CrossingStatus.REFERRED,
                direction=Direction.ENTRY if number % 2 else Direction.EXIT,
            )
            payload = encode(made)
            with self._outbox._database:
                self._outbox.add(made.crossing_id, number, payload, made.recorded_at)
            self.made[made.crossing_id] = payload
        self._forwarder.wake()

    async def sent(self) -> None:
        """Return when the centre has confirmed everything."""
        while self._outbox.backlog().depth:
            self._changed.clear()
            await self._changed.wait()


def hash_of(name: str) -> int:
    return sum(name.encode())


@asynccontextmanager
async def sending_station(
    folder: Path, name: str, address: str, tls: Tls
) -> AsyncIterator[SendingStation]:
    """A station that sends inside the block."""

    async def soon(seconds: float) -> None:
        await asyncio.sleep(min(seconds, _LOOK_SECONDS))

    with open_database(folder / f"{name}.sqlite") as database:
        outbox = Memory(database, Seal(bytes(32)), StationKey(tls)).outbox(name)
        client = CentreClient(address, tls)
        forwarder = Forwarder(outbox, client, lambda: delays(lambda: 0.1), sleep=soon)
        again = SendingAgain(outbox, client, forwarder.wake, 3600.0, sleep=soon)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(forwarder.run()), tasks.create_task(again.run())]
            try:
                yield SendingStation(name, outbox, forwarder)
            finally:
                for each in running:
                    each.cancel()
        await client.close()
