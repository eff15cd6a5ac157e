"""Many gates lose the centre at one moment, and find it again at another."""

import asyncio
import random
import resource
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

from egate.outbox.backoff import delays
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.settings import Tls
from tests.faults.wire import CUT, FAIR, Wire
from tests.soak.process import resident_kb

_PATIENCE_SECONDS = 10.0
_FORGETTING_SECONDS = 6.0
"""Until gRPC and the gates wait as long as they ever do."""
_FILES_A_GATE = 3
"""Its own, and two of the line."""
_OTHER_FILES = 400


@dataclass(frozen=True, slots=True)
class Reconnected:
    """How long gates took until each had an answer again, in seconds after the line healed.

    Args:
        median: of all gates.
        last: of the last one.
        connected_kb: of the centre's memory for each gate, when all were connected at first; None
            where the centre is not a process of its own.

    """

    median: float
    last: float
    connected_kb: float | None = None


def room_for(gates: int, *, with_centre: bool) -> bool:
    """Let this process have the files of so many gates and of the line; False if it may not.

    Args:
        gates: how many.
        with_centre: whether the centre's ends of the connections are in this process as well.

    """
    needed = (_FILES_A_GATE + with_centre) * gates + _OTHER_FILES
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if needed > most:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return True


async def reconnected(
    to: tuple[str, Tls],
    gates: int,
    seed: int = 0,
    away_seconds: float = _FORGETTING_SECONDS,
    centre_process: int | None = None,
) -> Reconnected:
    """Cut so many gates off, let them again, and say when they were there.

    All have the certificate of one gate: nothing of a connection depends on it.

    Args:
        to: the centre, as ``host:port``, and that certificate.
        gates: how many; there must be `room_for` them.
        seed: of their waits.
        away_seconds: for which nobody is there.
        centre_process: whose memory is looked at.

    """
    chance = random.Random(seed)
    before = resident_kb(centre_process) if centre_process else 0
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(Wire(to[0], seed))
        clients = [CentreClient(line.address, to[1]) for _ in range(gates)]
        for client in clients:
            stack.push_async_callback(client.close)
        await _all(clients, chance)
        grown = (resident_kb(centre_process) - before) / gates if centre_process else None
        await line.become(CUT)
        trying = asyncio.ensure_future(_all(clients, chance))  # noqa: TID251 - awaited below
        await asyncio.sleep(away_seconds)
        healed = time.monotonic()
        await line.become(FAIR)
        took = sorted(each - healed for each in await trying)
    return Reconnected(took[len(took) // 2], took[-1], grown)


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
