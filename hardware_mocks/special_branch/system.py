"""The server: what it is told is on the disk before it answers, in a file of one line a message."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import grpc
from grpc import aio

from hardware_mocks.special_branch.wire import (
    PUT_CROSSINGS,
    QUERY_PERSON,
    Malformed,
    Shape,
    message_field,
    number_field,
    read,
    text_field,
)

SERVICE: Final = "dip.special_branch.v1.SpecialBranchService"
_MOST: Final = 200
_Call = aio.ServicerContext[bytes, bytes]


class Fault(StrEnum):
    """What is wrong with it."""

    NONE = "none"
    SLOW = "slow"
    """It answers long after anybody waits for it."""
    REFUSES = "refuses"
    """It takes nothing."""
    FORGETS_TO_ANSWER = "forgets_to_answer"
    """It takes everything and then fails, so that all comes again."""
    TAKES_HALF = "takes_half"
    """It takes the first half of a batch, and says so."""
    DIES = "dies"
    """The process ends after it took a batch, before it answers."""


@dataclass(frozen=True, slots=True)
class Person:
    """An entry, found by the name and the date of birth of a document."""

    primary_identifier: str
    date_of_birth: str
    reference: str
    category: str
    instruction: str


@dataclass(slots=True)
class Police:
    """The system's memory and its manners.

    Args:
        told: the file of what it was told; every message, also one that came again.
        persons: whom it knows.
        fault: what is wrong with it now.
        slow_seconds: how slow `Fault.SLOW` is.

    """

    told: Path
    persons: Sequence[Person] = ()
    fault: Fault = Fault.NONE
    slow_seconds: float = 60.0

    async def put_crossings(self, request: bytes, context: _Call) -> bytes:
        """Keep the crossings of ``request``."""
        crossings = (await _read(request, PUT_CROSSINGS, context)).get("crossings", [])
        if not 1 <= len(crossings) <= _MOST:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"1 to {_MOST} crossings")
        await self._misbehave(context)
        if self.fault is Fault.TAKES_HALF:
            crossings = crossings[: len(crossings) // 2]
        self._keep(crossings)
        if self.fault is Fault.DIES:
            os._exit(1)
        if self.fault is Fault.FORGETS_TO_ANSWER:
            await context.abort(grpc.StatusCode.INTERNAL, "out of sorts")
        return number_field(1, len(crossings))

    async def query_person(self, request: bytes, context: _Call) -> bytes:
        """Say what is known of the person of ``request``."""
        document = (await _read(request, QUERY_PERSON, context)).get("document", {})
        await self._misbehave(context)
        asked = document.get("primary_identifier"), document.get("date_of_birth")
        hits = [one for one in self.persons if (one.primary_identifier, one.date_of_birth) == asked]
        return b"".join(
            message_field(
                1,
                text_field(1, hit.reference)
                + text_field(2, hit.category)
                + text_field(3, hit.instruction),
            )
            for hit in hits
        )

    async def _misbehave(self, context: _Call) -> None:
        if self.fault is Fault.REFUSES:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "closed")
        if self.fault is Fault.SLOW:
            await asyncio.sleep(self.slow_seconds)

    def _keep(self, crossings: Sequence[Mapping[str, Any]]) -> None:
        with self.told.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(crossing) + "\n" for crossing in crossings)
            stream.flush()
            os.fsync(stream.fileno())


@asynccontextmanager
async def serving(
    police: Police, listen: str, certificates: tuple[Path, Path, Path]
) -> AsyncIterator[str]:
    """Serve ``police`` inside the block and give the address as bound.

    Args:
        police: the system.
        listen: ``host:port``; port 0 chooses a free one.
        certificates: the authority of clients, our certificate, its key (PEM).

    """
    authority, certificate, key = (file.read_bytes() for file in certificates)
    server = aio.server(options=(("grpc.so_reuseport", 0),))
    methods = {"PutCrossings": police.put_crossings, "QueryPerson": police.query_person}
    handlers = {name: _handler(method) for name, method in methods.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    secret = grpc.ssl_server_credentials([(key, certificate)], authority, require_client_auth=True)
    port = server.add_secure_port(listen, secret)
    await server.start()
    try:
        yield f"{listen.rpartition(':')[0]}:{port}"
    finally:
        await server.stop(0.1)


def _handler(method: Callable[[bytes, _Call], Awaitable[bytes]]) -> Any:  # noqa: ANN401 - untyped
    return grpc.unary_unary_rpc_method_handler(method)


async def _read(request: bytes, shape: Shape, context: _Call) -> dict[str, Any]:
    try:
        return read(request, shape)
    except Malformed as error:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        raise AssertionError("abort does not return") from error
