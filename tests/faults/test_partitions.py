"""The line to the centre goes, in every way: travellers pass, and every record arrives once."""

import asyncio
from pathlib import Path

import pytest

from egate.domain.session.crossing import LaneIdentity
from tests.centre_harness import Centre
from tests.faults.lane import citizen, lane
from tests.faults.partitions import WEATHERS
from tests.faults.wire import FAIR, Weather
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
FAULT_SECONDS = 6.0
"""Long enough for every wait to be the longest."""
RESUMED_SECONDS = 10.0


async def test_travellers_pass_and_every_record_arrives_once(
    centre: Centre, tmp_path: Path
) -> None:
    """All kinds of weather at once, each over a lane of its own."""
    await know(centre, *ALL_SYSTEMS)
    async with asyncio.TaskGroup() as tasks:
        for number, weather in enumerate(WEATHERS.values(), 1):
            tasks.create_task(under(weather, centre, tmp_path, number))
    stored = await centre.database.fetch("SELECT crossing_id FROM crossing")
    assert len(stored) == 3 * len(WEATHERS)


async def under(weather: Weather, centre: Centre, folder: Path, number: int) -> None:
    identity = LaneIdentity(f"BDDAC-F-{number:02}", "BDDAC", "0.1.0")
    own = folder / identity.gate_id
    own.mkdir()
    async with lane(centre, own, identity, seed=number) as made:
        first, second, third = (citizen(3 * number + each) for each in range(3))
        await made.passes(first)
        await made.records(1)
        await made.wire.become(weather)
        await made.passes(second)
        await asyncio.sleep(FAULT_SECONDS)
        await made.passes(third)
        await made.wire.become(FAIR)
        found = await made.records(3, RESUMED_SECONDS)
        assert sorted(each.gate_seq for each in found) == [1, 2, 3]


async def test_a_line_that_flaps_loses_and_doubles_nothing(centre: Centre, tmp_path: Path) -> None:
    await know(centre, *ALL_SYSTEMS)
    async with lane(centre, tmp_path, seed=4) as made, asyncio.TaskGroup() as tasks:
        flapping = tasks.create_task(made.wire.flap(0.7))
        for number in range(8):
            await made.passes(citizen(number))
            await asyncio.sleep(0.4)
        flapping.cancel()
        await asyncio.wait([flapping])
        found = await made.records(8, RESUMED_SECONDS)
        assert sorted(each.gate_seq for each in found) == list(range(1, 9))
        assert made.wire.connections >= 2
