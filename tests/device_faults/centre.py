"""A centre in memory behind the real wire."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.queues import Queue

from grpc import aio

from egate.reporting.identity import Role
from egate.reporting.mapping import decode
from egate.reporting.server import new_server, serving
from egate.settings import Tls
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.gate_lane import Centre


class Ingest(wire_grpc.CrossingServiceServicer):
    """A centre in memory behind the real wire."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def PutBatch(  # noqa: N802 - gRPC's name
        self, request: wire.PutBatchRequest, _: object
    ) -> wire.PutBatchResponse:
        known = {record.crossing_id for record in self._centre.records}
        records = [decode(raw) for raw in request.records]
        self._centre.records += [r for r in records if r.crossing_id not in known]
        return wire.PutBatchResponse(accepted=[r.crossing_id for r in records])


@asynccontextmanager
async def centre_server(tls: Tls, centre: Centre) -> AsyncIterator[int]:
    """A centre on gRPC with mutual TLS that fills ``centre``; gives its port."""
    server: aio.Server = new_server()
    wire_grpc.add_CrossingServiceServicer_to_server(Ingest(centre), server)
    async with serving(server, "127.0.0.1:0", tls, Role.CENTRE) as address:
        yield int(address.rpartition(":")[2])


@contextmanager
def centre_process(tls: Tls) -> Iterator[int]:
    """The same in a process of its own, for tests whose own loop comes and goes."""
    spawning = multiprocessing.get_context("spawn")
    ports: Queue[int] = spawning.Queue()
    process = spawning.Process(target=_serve, args=(tls, ports), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=60)
    finally:
        process.terminate()
        process.join()


def _serve(tls: Tls, ports: "Queue[int]") -> None:
    async def serve() -> None:
        async with centre_server(tls, Centre()) as port:
            ports.put(port)
            await asyncio.Event().wait()

    asyncio.run(serve())
