"""The line to the centre goes, in every way: travellers pass, and every record arrives once."""

import asyncio
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from benchmarks.centre_process import gate_id
from benchmarks.forwarding_gates import forward_all, forwarding_gate
from tests.centre_harness import Centre
from tests.faults.partitions import FLAPPING, WEATHERS, all_weathers
from tests.faults.wire import CUT, FAIR, Wire
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]
WEATHER_SECONDS = 40.0
RESUMED_SECONDS = 10.0
DRAINED_SECONDS = 60.0
GATES, RECORDS = 30, 40


async def test_travellers_pass_in_every_weather_and_every_record_arrives_once(
    centre: Centre, tmp_path: Path
) -> None:
    await know(centre, *ALL_SYSTEMS)
    found = await all_weathers(centre, tmp_path, WEATHER_SECONDS, 1, RESUMED_SECONDS)
    assert {each.weather for each in found} == {*WEATHERS, FLAPPING}
    assert {each.weather: each.lost for each in found if each.lost} == {}
    # A machine that stands still may have an answer of the centre come after the face.
    waited = {each.weather: each.waited for each in found if each.waited > each.travellers // 5}
    assert waited == {}
    passed = sum(each.travellers for each in found)
    query = "SELECT count(*), count(DISTINCT (gate_id, gate_seq)) FROM crossing"
    assert tuple(await centre.database.fetchrow(query)) == (passed, passed)


async def test_a_hall_that_was_cut_off_is_rid_of_what_it_kept(centre: Centre) -> None:
    """`benchmarks.bench_backlog` has the figure of a whole day."""
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        line = await stack.enter_async_context(Wire(centre.at.grpc))
        gates = [
            forwarding_gate(
                stack.enter_context(closing(sqlite3.connect(":memory:"))),
                gate,
                RECORDS,
                (line.address, centre.tls("gate", gate_id(gate))),
                [],
            )
            for gate in range(GATES)
        ]
        await line.become(CUT)
        forwarding = tasks.create_task(forward_all(gates))
        async with asyncio.timeout(DRAINED_SECONDS):
            while not all(gate.lost_calls for gate in gates):  # noqa: ASYNC110 - their own tasks
                await asyncio.sleep(0.05)
        assert await centre.store.total() == 0
        await line.become(FAIR)
        async with asyncio.timeout(DRAINED_SECONDS):
            await forwarding
    assert await centre.store.total() == GATES * RECORDS
