"""A far end that gives whatever bytes it is told to, as gRPC hands them to a client of ours."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError
from grpc import aio

from egate.reporting.link import Link

_Said = TypeVar("_Said")
_Read = Callable[[bytes], Any]


class AnsweringLink(Link):
    """A link over which ``raw`` is the answer to every call; a stream gives it three times."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.address = "127.0.0.1:1"
        self._role = "gate.egate.internal"

    async def channel(self) -> Any:  # noqa: ANN401 - as much of a channel as stubs need
        return _Channel(self)

    def answered(self, read: _Read) -> object:
        """Return what the answer to a call is read as."""
        return _read(read, self.raw)


class _Channel:
    def __init__(self, link: AnsweringLink) -> None:
        self._link = link

    def unary_unary(self, *_: object, response_deserializer: _Read, **__: object) -> Any:  # noqa: ANN401
        async def call(_: object, **__: object) -> object:
            return self._link.answered(response_deserializer)

        return call

    def stream_unary(self, *_: object, response_deserializer: _Read, **__: object) -> Any:  # noqa: ANN401
        return self.unary_unary(response_deserializer=response_deserializer)

    def unary_stream(self, *_: object, response_deserializer: _Read, **__: object) -> Any:  # noqa: ANN401
        return lambda *_, **__: _Stream(response_deserializer, self._link)


class _Stream:
    def __init__(self, read: _Read, link: AnsweringLink) -> None:
        self._read, self._link = read, link

    async def __aiter__(self) -> AsyncIterator[object]:
        for _ in range(3):
            yield self._link.answered(self._read)

    def cancel(self) -> None:
        """It has ended already."""


def _read(read: _Read, raw: bytes) -> object:
    try:
        return read(raw)
    except DecodeError as error:  # gRPC ends the call, and says no more than that
        nothing = aio.Metadata()
        raise aio.AioRpcError(grpc.StatusCode.INTERNAL, nothing, nothing, "no message") from error


class Waits(AssertionError):
    """A call waited for something, which no test here gives."""


def driven(call: Coroutine[Any, Any, _Said] | Awaitable[_Said]) -> _Said:
    """Return what ``call`` gives; it has nothing to wait for."""
    steps = call.__await__()
    try:
        next(steps)
    except StopIteration as end:
        said: _Said = end.value
        return said
    raise Waits
