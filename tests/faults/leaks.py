"""What a call leaves behind in the memory of both its ends: answered ones, and ones given up.

Apart, since the first are all that there are on a good day. Of those given up something stays;
every other one is answered meanwhile, so that both ends keep pace.
"""

import asyncio
import ctypes
import gc
import os
import random
from dataclasses import dataclass
from typing import Final

from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre, record
from tests.soak.process import resident_kb

_AT_ONCE: Final = 40
_DEADLINE_SECONDS: Final = 30.0
_LONGEST_PATIENCE_SECONDS: Final = 0.01
_EVERY: Final = 8
"""Of so many calls two are batches, which wait for a commit; the others only ask."""
_WARM_UP: Final = 0.25
"""Of the calls, before memory is looked at: pools and caches fill."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of calls.

    Args:
        answered: calls that ended with an answer.
        bytes_an_answer: by which the process has grown for each of them, both ends in one.
        given_up: calls that were cancelled.
        bytes_a_cancelled: by which it has grown for each call of which every other one was to be.
        tasks: that there are more.

    """

    answered: int
    bytes_an_answer: float
    given_up: int
    bytes_a_cancelled: float
    tasks: int


class _Calling:
    def __init__(self, link: Link, seed: int) -> None:
        self._link = link
        self._chance = random.Random(seed)
        self._batch = wire.PutBatchRequest(records=[encode(record(1))])
        self._question = wire.GetStandingRequest(last_gate_seq=1)
        self.answered = 0
        self.given_up = 0

    async def calls(self, count: int, *, patient: bool) -> None:
        """Make so many calls, all of them answered, or every other one to be given up."""
        left = iter(range(count))

        async def some() -> None:
            for number in left:
                await self._call(number, patient=patient)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(_AT_ONCE):
                tasks.create_task(some())

    async def _call(self, number: int, *, patient: bool) -> None:
        stub = wire_grpc.CrossingServiceStub(await self._link.channel())
        if number % _EVERY < 2:
            call = stub.PutBatch(self._batch, timeout=_DEADLINE_SECONDS)
        else:
            call = stub.GetStanding(self._question, timeout=_DEADLINE_SECONDS)
        if patient or number % 2 == 0:
            await call
            self.answered += 1
            return
        await asyncio.sleep(self._chance.uniform(0.0, _LONGEST_PATIENCE_SECONDS))
        if call.cancel():
            self.given_up += 1
        await asyncio.wait([asyncio.ensure_future(call.code())])  # noqa: TID251


async def left_by(centre: Centre, calls: int, seed: int = 0) -> Left:
    """Make so many calls at ``centre``, which runs in this process, and say what they leave.

    First half as many that are all answered.
    """
    link = Link(centre.at.grpc, centre.tls("gate", GATE), Role.CENTRE)
    calling = _Calling(link, seed)
    tasks = len(asyncio.all_tasks())
    answer = await _grown(calling, calls // 2, patient=True)
    cancelled = await _grown(calling, calls, patient=False)
    more = len(asyncio.all_tasks()) - tasks
    await link.close()
    return Left(calling.answered, answer, calling.given_up, cancelled, more)


async def _grown(calling: _Calling, calls: int, *, patient: bool) -> float:
    """Return the bytes of this process that each of ``calls`` leaves."""
    await calling.calls(int(calls * _WARM_UP), patient=patient)
    before = _resident_bytes()
    await calling.calls(calls, patient=patient)
    return (_resident_bytes() - before) / calls


def _resident_bytes() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free and not given back is no leak
    return 1024 * resident_kb(os.getpid())
