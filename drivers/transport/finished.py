"""Exchanges with a device that end even if nobody waits for them any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from egate.ports.devices import DeviceError

T = TypeVar("T")


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` gives; who is cancelled meanwhile does not cut it off on the wire.

    Args:
        work: one exchange. A device that is lost in it when nobody waits any more is not told:
            whoever asks it next finds out.

    Raises:
        DeviceError: as ``work`` does.

    """
    # As ``shield`` does itself; here it is known, so that its end can be looked at.
    exchange = asyncio.ensure_future(work)  # noqa: TID251
    try:
        return await asyncio.shield(exchange)
    except asyncio.CancelledError:
        exchange.add_done_callback(_ended_alone)
        raise


def _ended_alone(exchange: "asyncio.Future[Any]") -> None:
    if exchange.cancelled():
        return
    error = exchange.exception()
    if error is not None and not isinstance(error, DeviceError):  # a bug, and no lost device
        context = {"message": "an exchange with a device failed", "exception": error}
        exchange.get_loop().call_exception_handler(context)
