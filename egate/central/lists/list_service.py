"""The centre's lists for gates: signed statements, and pieces of files, without the database."""

import asyncio
from typing import Final

import grpc
from grpc import aio

from egate.central.lists.shelf import NAMES, NotKept, Shelf
from egate.lists.kinds import ListKind
from egate.observability.logging import Logger
from egate.ports.lists import PartOf
from egate.reporting.identity import Role, require_role
from egate.wire.v1 import list_pb2 as wire
from egate.wire.v1 import list_pb2_grpc as wire_grpc

_READERS: Final = frozenset({Role.GATE, Role.CONSOLE})
_MOST_LISTS: Final = 16
_MOST_READS: Final = 4
"""At a time: whoever comes next waits, so that a thousand gates take no more memory than four."""


class ListService(wire_grpc.ListServiceServicer):
    """Hands out versions of lists.

    Args:
        shelf: where they are.
        log: for disks that fail.

    """

    def __init__(self, shelf: Shelf, log: Logger) -> None:
        self._shelf = shelf
        self._log = log
        self._reading = asyncio.Semaphore(_MOST_READS)

    async def GetVersions(  # noqa: N802 - the name of the call
        self,
        request: wire.GetVersionsRequest,
        context: aio.ServicerContext[wire.GetVersionsRequest, wire.GetVersionsResponse],
    ) -> wire.GetVersionsResponse:
        await require_role(context, _READERS)
        names = [held.list for held in request.held]
        if len(names) > _MOST_LISTS or len(set(names)) != len(names):
            limits = f"at most {_MOST_LISTS} lists, each once"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, limits)
        answer = wire.GetVersionsResponse()
        for held in request.held:
            # A newer gate may ask for a list that is not made here.
            if held.list in NAMES and (
                offered := self._shelf.offered(ListKind(held.list), held.version)
            ):
                answer.lists.add(
                    list=offered.name, freshness=offered.freshness, manifests=offered.manifests
                )
        return answer

    async def GetPart(  # noqa: N802 - the name of the call
        self,
        request: wire.GetPartRequest,
        context: aio.ServicerContext[wire.GetPartRequest, wire.GetPartResponse],
    ) -> wire.GetPartResponse:
        await require_role(context, _READERS)
        part = PartOf(
            request.list,
            request.version,
            request.delta,
            request.file,
            request.offset,
            request.length,
        )
        try:
            async with self._reading:
                content = await asyncio.to_thread(self._shelf.read, part)
        except NotKept:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such piece; ask for the versions")
        except OSError as error:
            self._log.error("list not read", list=part.name, error=type(error).__name__)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the disk fails")
        return wire.GetPartResponse(content=content)
