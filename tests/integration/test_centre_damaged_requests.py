"""Damaged requests to every service of a running centre: answered or refused, never an accident."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random

import grpc
import pytest
from grpc import aio

from tests.centre_harness import GATE, Centre
from tests.fuzz.calls import Call, calls

pytestmark = pytest.mark.asyncio(loop_scope="session")
CASES = 6
SEED = 1
PEERS = (("gate", GATE), ("console", "hall-1"), ("officer", "sb-1042"))
# What a handler that raised ends in, and one that goes on for ever.
ACCIDENTS = {
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}
_SECONDS = 10.0


async def _ended(channel: aio.Channel, call: Call, request: bytes) -> grpc.StatusCode:
    """Make a call and return how it ended."""

    async def sent() -> AsyncIterator[bytes]:
        yield request

    made = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }[call.is_stream, call.gives_stream](call.path)
    under_way = made(sent() if call.is_stream else request, timeout=_SECONDS)
    try:
        if call.gives_stream:
            async for _ in under_way:
                pass
        else:
            await under_way
    except aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.mark.timeout(120)
async def test_no_request_is_an_accident(centre: Centre) -> None:
    outcomes: Counter[grpc.StatusCode] = Counter()
    accidents = []
    for role, name in PEERS:
        async with centre.linked(role, name) as link:
            channel = await link.channel()
            for call in calls():
                random = Random(f"{SEED} {role} {call.path}")  # noqa: S311 - to be seen again
                for _ in range(CASES):
                    request = call.request(random)
                    code = await _ended(channel, call, request)
                    outcomes[code] += 1
                    if code in ACCIDENTS:
                        accidents.append((role, call.path, code.name, request.hex()[:400]))
                    if code is grpc.StatusCode.UNIMPLEMENTED:
                        break  # of another program, or not set up here
                await asyncio.sleep(0)
    assert accidents == []
    assert outcomes[grpc.StatusCode.OK] > 25
    assert outcomes[grpc.StatusCode.INVALID_ARGUMENT] > 25
