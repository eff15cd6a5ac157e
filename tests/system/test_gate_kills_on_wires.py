"""The gate's own process killed on real wires; a few of the points of each way."""

import asyncio

import pytest

from tests.centre_harness import database_folder
from tests.gate_kills_on_wires import kill_all
from tests.kill_ways import WAYS

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_no_kill_loses_or_doubles_a_record_lets_anybody_over_the_border_or_traps_them() -> None:
    with database_folder() as folder:
        folder.chmod(0o755)
        figures = asyncio.run(kill_all(folder, WAYS, 25))
    assert figures.faults == {}
    assert len(figures.restarts) >= 8
