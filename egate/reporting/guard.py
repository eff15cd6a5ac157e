"""Looks at the certificate of every call before any service of a server sees it.

TLS has seen that our authority signed it, when the connection began. Whether its holder is
still one of ours is asked again at each call, and of a call with a stream at each message and
every two seconds: connections of gates last for weeks, and a stream may be silent for hours. No
call that has one answer lasts for ever.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

import grpc
from grpc import aio

from egate.reporting.identity import (
    Holder,
    IdentityMissing,
    certificate_of,
    deny,
    holder_of,
)
from egate.reporting.revocation import Revocations

Admission = Callable[[Holder], Awaitable[str]]
"""Says why a holder may not call, "" if they may."""

_OPEN: Final = "/grpc."  # health and reflection: for whoever has a certificate of ours
_LONGEST_CALL_SECONDS: Final = 180.0
"""Longer than the deadline of every client of ours; who sets none holds nothing for ever."""
_LOOK_SECONDS: Final = 2.0
_Context = aio.ServicerContext[Any, Any]


class Guard(aio.ServerInterceptor):
    """Ends the calls of those who are not admitted with PERMISSION_DENIED.

    Args:
        admission: whom we admit.
        sleep: waits so many seconds.

    """

    def __init__(
        self, admission: Admission, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._admission = admission
        self._sleep = sleep

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - a handler of gRPC
        """Give gRPC the handler of a call, behind our look at its caller."""
        handler = await continuation(handler_call_details)
        if handler is None or handler_call_details.method.startswith(_OPEN):
            return handler
        return self._guarded(handler)

    def _guarded(self, handler: Any) -> Any:  # noqa: ANN401 - a handler of gRPC
        inner = (
            handler.unary_unary
            or handler.unary_stream
            or handler.stream_unary
            or handler.stream_stream
        )

        async def answer(request: Any, context: _Context) -> Any:  # noqa: ANN401
            await self._look(context)
            limit = asyncio.timeout(_LONGEST_CALL_SECONDS)
            try:
                async with limit:
                    return await inner(request, context)
            except TimeoutError:
                if not limit.expired():
                    raise
                await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the call took too long")

        async def answer_to_stream(request: Any, context: _Context) -> Any:  # noqa: ANN401
            async with self._watched(context):
                return await answer(request, context)

        # It writes, and yields nothing: a generator cannot be left in the midst of a wait.
        async def stream(request: Any, context: _Context) -> None:  # noqa: ANN401
            async with self._watched(context), aclosing(inner(request, context)) as responses:
                async for response in responses:
                    await self._look(context)
                    await context.write(response)

        made: Callable[..., Any] = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }[bool(handler.request_streaming), bool(handler.response_streaming)]
        one_answer = answer_to_stream if handler.request_streaming else answer
        behaviour = stream if handler.response_streaming else one_answer
        return made(behaviour, handler.request_deserializer, handler.response_serializer)

    @asynccontextmanager
    async def _watched(self, context: _Context) -> AsyncIterator[None]:
        """End the call, and what runs in the block, as soon as its caller is not admitted."""
        await self._look(context)
        try:
            async with asyncio.TaskGroup() as tasks:
                looking = tasks.create_task(self._keep_looking(context))
                yield
                looking.cancel()
        except* aio.AbortError:
            pass  # the status is sent, and gRPC raises this again when the handler returns

    async def _keep_looking(self, context: _Context) -> None:
        while True:
            await self._sleep(_LOOK_SECONDS)
            await self._look(context)

    async def _look(self, context: _Context) -> None:
        try:
            holder = holder_of(certificate_of(context))
        except IdentityMissing:
            return  # no role, so `require_role` refuses it
        if reason := await self._admission(holder):
            await deny(context, reason)


def in_force(revocations: Revocations, utc_now: Callable[[], float]) -> Admission:
    """Return the admission of everybody whose certificate is neither revoked nor over.

    Args:
        revocations: what the authority has revoked, as far as is known here.
        utc_now: the wall clock, in seconds since 1970.

    """

    async def admission(holder: Holder) -> str:
        if revocations.is_revoked(holder.serial):
            return "your certificate is revoked"
        over = utc_now() > holder.until.timestamp()
        return "the time of your certificate is over" if over else ""

    return admission
