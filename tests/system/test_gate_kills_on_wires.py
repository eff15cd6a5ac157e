"""The gate's own process killed on real wires, at the points that matter most."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.centre_harness import database_folder
from tests.gate_kills.killed_lane import killed_lane
from tests.gate_kills.laws import faults_at_the_end
from tests.gate_kills.on_wires import Run
from tests.gate_kills.ways import WAYS

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

POINTS: Final = {
    "one-step": ("FaceCompared>Passing sent doors 10", "PassageConfirmed>Idle uncommitted"),
    "one-step, evacuated": ("EmergencyRaised>Evacuating committed",),
    "two-step": (
        "EntryClosed>Verifying committed",
        "FaceCompared>Passing begin SetBarrier exit_open",
        "PassageConfirmed>Idle before",
    ),
    "two-step, start after a kill with somebody inside": ("Restarted>Releasing before",),
}


async def kill(folder: Path) -> None:
    async with killed_lane(folder) as lane:
        run = Run(lane, every=1, loudly=False)
        for way in WAYS:
            if points := POINTS.get(way.name):
                await run.kill_on(way, points)
        assert await faults_at_the_end(lane) == []
    assert {each.point: each.faults for each in run.restarts if each.faults} == {}
    assert run.missed == []
    assert len(run.restarts) == sum(map(len, POINTS.values()))


def test_no_kill_loses_or_doubles_a_record_lets_anybody_over_the_border_or_traps_them() -> None:
    with database_folder() as folder:
        asyncio.run(kill(folder))
