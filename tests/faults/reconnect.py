"""Many gates lose the centre at one moment, and find it again at another."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

from egate.outbox.backoff import delays
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from tests.centre_harness import Centre
from tests.faults.wire import CUT, FAIR, Wire

_PATIENCE_SECONDS = 10.0
_FORGETTING_SECONDS = 6.0
"""Until gRPC and the gates wait as long as they ever do."""


@dataclass(frozen=True, slots=True)
class Reconnected:
    """How long gates took until each had an answer again, in seconds after the line healed."""

    median: float
    last: float


async def reconnected(
    centre: Centre, gates: int, seed: int = 0, away_seconds: float = _FORGETTING_SECONDS
) -> Reconnected:
    """Cut so many gates off, let them again, and say when they were there.

    All have the certificate of one gate: nothing of a connection depends on it.
    """
    chance = random.Random(seed)
    tls = centre.tls()
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(Wire(centre.at.grpc, seed))
        clients = [CentreClient(line.address, tls) for _ in range(gates)]
        for client in clients:
            stack.push_async_callback(client.close)
        await _all(clients, chance)
        await line.become(CUT)
        trying = asyncio.ensure_future(_all(clients, chance))  # noqa: TID251 - awaited below
        await asyncio.sleep(away_seconds)
        healed = time.monotonic()
        await line.become(FAIR)
        took = sorted(each - healed for each in await trying)
    return Reconnected(took[len(took) // 2], took[-1])


async def _all(clients: list[CentreClient], chance: random.Random) -> list[float]:
    """Return when each was answered."""
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(_reach(each, delays(chance.random))) for each in clients]
    return [each.result() for each in asked]


async def _reach(client: CentreClient, waits: Iterator[float]) -> float:
    while True:
        try:
            await client.reach(_PATIENCE_SECONDS)
        except CentreUnavailable:
            await asyncio.sleep(next(waits))
        else:
            return time.monotonic()
