"""A channel that follows its certificate files, and calls that end in one kind of error."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import grpc
from grpc import aio

from egate.reporting import credentials
from egate.reporting.channel import explain, open_channel
from egate.reporting.identity import Role
from egate.settings import SettingsError, Tls

_Said = TypeVar("_Said")

_CALLS_END_SECONDS: Final = 120.0
"""In which every call has ended that has a deadline; none of ours has a longer one."""


class Link:
    """One peer over one channel, opened again when the certificate files change.

    Calls under way end on the channel on which they began: a new certificate loses none.

    Args:
        address: of the peer, as ``host:port``.
        tls: our certificate, and the authority of the peer's.
        role: what the peer's certificate must make it; of a server of another authority the
            DNS name that it must have.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls, role: Role | str) -> None:
        self.address = address
        self._tls = tls
        self._role = role
        self._stamp = credentials.stamp(tls)
        self._channel = open_channel(address, credentials.load(tls), role)
        self._former: deque[tuple[float, aio.Channel]] = deque()
        """Until when a channel of before is left alone."""
        self._is_closed = False

    async def channel(self) -> aio.Channel:
        """Return the channel to make a call on.

        Raises:
            grpc.aio.UsageError: the link was closed.

        """
        if self._is_closed:
            # gRPC ends the process when a stub is made of a closed channel.
            raise aio.UsageError("the link is closed")
        now = asyncio.get_running_loop().time()
        if (stamp := credentials.stamp(self._tls)) != self._stamp:
            try:
                fresh = credentials.load(self._tls)
            except SettingsError:
                return self._channel  # half replaced; the old ones may still do
            self._former.append((now + _CALLS_END_SECONDS, self._channel))
            self._stamp = stamp
            self._channel = open_channel(self.address, fresh, self._role)
        while self._former and self._former[0][0] <= now:
            await self._former.popleft()[1].close()
        return self._channel

    async def close(self) -> None:
        """End the connections and the calls under way; later calls fail."""
        self._is_closed = True
        while self._former:
            await self._former.popleft()[1].close()
        await self._channel.close()

    @contextmanager
    def failing_as(self, failure: type[Exception]) -> Iterator[None]:
        """Turn what gRPC raises inside the block into ``failure``, explained in one line."""
        try:
            yield
        except aio.AioRpcError as error:
            raise failure(explain(error, self.address, self._role)) from error
        except aio.UsageError as error:
            raise failure(f"{self.address}: the connection is closed") from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # gRPC says so, and nobody cancelled us: the channel was closed under the call.
            raise failure(f"{self.address}: the connection was closed") from error


async def found(call: Awaitable[_Said]) -> _Said | None:
    """Return what ``call`` gives, None when the peer has nothing of that name."""
    try:
        return await call
    except aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return None
        raise
