"""The gate as a service for its officers' console: status and cases out, orders in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Final

import grpc
from grpc import aio

from egate.observability.logging import logger
from egate.ports.supervision import Supervision
from egate.reporting.case_mapping import encode_case
from egate.reporting.gate_mapping import decode_order, encode_image, encode_status
from egate.reporting.guard import Admission
from egate.reporting.hit_mapping import encode_hit
from egate.reporting.identity import Role, acting_officer, require_role
from egate.reporting.server import new_server, serving
from egate.settings import Tls
from egate.wire.v1 import gate_pb2 as wire
from egate.wire.v1 import gate_pb2_grpc as wire_grpc

_WATCHERS: Final = frozenset({Role.CONSOLE, Role.OFFICER, Role.CENTRE})
_ORDERERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})
_MAX_CROSSING_ID: Final = 36
_NO_CASE: Final = "no officer takes care of this crossing"
_OfACase = (
    wire.GetCaseImagesRequest | wire.GetCaseHitsRequest | wire.GetCaseRequest | wire.TakeCaseRequest
)


def serve_gate(
    supervision: Supervision,
    listen: str,
    tls: Tls,
    add: Callable[[aio.Server], None] = lambda _: None,
    admission: Admission | None = None,
) -> AbstractAsyncContextManager[str]:
    """Serve ``supervision`` inside ``async with``, which gives the address as bound.

    Args:
        supervision: the gate.
        listen: ``host:port``; port 0 chooses a free one.
        tls: a certificate of role ``gate``.
        add: adds what else the gate serves at that address.
        admission: whom of those with a certificate of our authority it answers; None: everybody.

    Raises:
        SettingsError: the certificate files cannot be used.
        CannotListen: the address cannot be bound.

    """
    server = new_server(admission)
    wire_grpc.add_GateServiceServicer_to_server(_GateService(supervision), server)
    add(server)
    return serving(server, listen, tls, Role.GATE)


class _GateService(wire_grpc.GateServiceServicer):
    def __init__(self, supervision: Supervision) -> None:
        self._supervision = supervision

    async def Watch(  # noqa: N802 - the name of the call
        self,
        request: wire.WatchRequest,
        context: aio.ServicerContext[wire.WatchRequest, wire.WatchResponse],
    ) -> AsyncIterator[wire.WatchResponse]:
        caller = await require_role(context, _WATCHERS)
        # A console of before `Attend` shows the lane to an officer for as long as it watches.
        is_attending = caller.role in _ORDERERS and not request.observes
        attends = self._supervision.attended() if is_attending else nullcontext()
        with attends:
            async for status in self._supervision.changes():
                yield wire.WatchResponse(status=encode_status(status))

    async def Attend(  # noqa: N802 - the name of the call
        self,
        request: wire.AttendRequest,
        context: aio.ServicerContext[wire.AttendRequest, wire.AttendResponse],
    ) -> AsyncIterator[wire.AttendResponse]:
        caller = await require_role(context, _ORDERERS)
        officer_id = acting_officer(caller, request.officer_id)
        if officer_id is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: who attends")
        # The stream is the heartbeat: it ends with the console, or with keepalive unanswered.
        with self._supervision.attended():
            logger().warning("attended", officer_id=officer_id, outcome="begins")
            try:
                yield wire.AttendResponse()
                await _until_cancelled()
            finally:
                logger().warning("attended", officer_id=officer_id, outcome="ends")

    async def Order(  # noqa: N802 - the name of the call
        self,
        request: wire.OrderRequest,
        context: aio.ServicerContext[wire.OrderRequest, wire.OrderResponse],
    ) -> wire.OrderResponse:
        caller = await require_role(context, _ORDERERS)
        order = decode_order(request.order)
        if order is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "this order is unknown")
        officer_id = acting_officer(caller, request.officer_id)
        if officer_id is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: who gives the order")
        if len(request.crossing_id) > _MAX_CROSSING_ID:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "crossing_id: too long")
        crossing_id = request.crossing_id if request.HasField("crossing_id") else None
        done = self._supervision.order(order, officer_id, crossing_id)
        return wire.OrderResponse(carried_out=done)

    async def GetCaseImages(  # noqa: N802 - the name of the call
        self,
        request: wire.GetCaseImagesRequest,
        context: aio.ServicerContext[wire.GetCaseImagesRequest, wire.GetCaseImagesResponse],
    ) -> AsyncIterator[wire.GetCaseImagesResponse]:
        officer_id = await _who_looks(request, context)
        images = self._supervision.case_images(request.crossing_id, officer_id)
        if images is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, _NO_CASE)
        for image in (each for each in images if request.takes_pages or not each.kind.is_page):
            yield wire.GetCaseImagesResponse(image=encode_image(image))

    async def GetCaseHits(  # noqa: N802 - the name of the call
        self,
        request: wire.GetCaseHitsRequest,
        context: aio.ServicerContext[wire.GetCaseHitsRequest, wire.GetCaseHitsResponse],
    ) -> wire.GetCaseHitsResponse:
        officer_id = await _who_looks(request, context)
        hits = self._supervision.case_hits(request.crossing_id, officer_id)
        if hits is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, _NO_CASE)
        return wire.GetCaseHitsResponse(hits=map(encode_hit, hits))

    async def GetCase(  # noqa: N802 - the name of the call
        self,
        request: wire.GetCaseRequest,
        context: aio.ServicerContext[wire.GetCaseRequest, wire.GetCaseResponse],
    ) -> wire.GetCaseResponse:
        officer_id = await _who_looks(request, context)
        facts = self._supervision.case(request.crossing_id, officer_id)
        if facts is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, _NO_CASE)
        return encode_case(facts)

    async def TakeCase(  # noqa: N802 - the name of the call
        self,
        request: wire.TakeCaseRequest,
        context: aio.ServicerContext[wire.TakeCaseRequest, wire.TakeCaseResponse],
    ) -> wire.TakeCaseResponse:
        officer_id = await _who_looks(request, context)
        holder = self._supervision.take_case(
            request.crossing_id, officer_id, request.from_officer_id
        )
        if holder is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, _NO_CASE)
        return wire.TakeCaseResponse(case_officer_id=holder)


async def _until_cancelled() -> None:
    await asyncio.Event().wait()


async def _who_looks(
    request: _OfACase,
    context: aio.ServicerContext[Any, Any],
) -> str:
    """Return the officer who asks for what belongs to a case, or refuse the call."""
    caller = await require_role(context, _ORDERERS)
    officer_id = acting_officer(caller, request.officer_id)
    if officer_id is None:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: who looks")
    if len(request.crossing_id) > _MAX_CROSSING_ID:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "crossing_id: too long")
    return officer_id
