"""An exchange with a device whose caller went away."""

import asyncio
import gc
from typing import Any

import pytest

from drivers.transport.finished import finished
from egate.ports.devices import DeviceError, DeviceName


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


async def _left_alone(error: Exception | None, told: list[dict[str, Any]]) -> bool:
    """Cancel who waits for an exchange, let it end with ``error``, and say whether it ended."""
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    asked, answered = asyncio.Event(), asyncio.Event()
    ended = False

    async def exchange() -> None:
        nonlocal ended
        asked.set()
        await answered.wait()
        ended = True
        if error is not None:
            raise error

    waiting = asyncio.ensure_future(finished(exchange()))  # noqa: TID251
    await asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    answered.set()
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()  # asyncio tells what nobody looked at when it is thrown away
    return ended


async def test_it_ends_on_the_wire() -> None:
    assert await _left_alone(None, [])


async def test_a_device_lost_meanwhile_is_no_noise(told: list[dict[str, Any]]) -> None:
    assert await _left_alone(DeviceError(DeviceName.BARRIER, "gone"), told)
    assert told == []


async def test_a_bug_is_told(told: list[dict[str, Any]]) -> None:
    fault = KeyError("a bug")
    assert await _left_alone(fault, told)
    assert [context["exception"] for context in told] == [fault]


async def test_who_waits_gets_the_answer_or_the_fault() -> None:
    async def answer() -> int:
        return 7

    async def fault() -> int:
        raise DeviceError(DeviceName.BARRIER, "gone")

    assert await finished(answer()) == 7
    with pytest.raises(DeviceError):
        await finished(fault())
