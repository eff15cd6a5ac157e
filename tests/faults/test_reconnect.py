"""A hall's gates lose the centre together, and all find it again."""

import pytest

from tests.centre_harness import Centre
from tests.faults.reconnect import reconnected

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]


async def test_gates_that_were_cut_off_together_are_all_there_again(centre: Centre) -> None:
    took = await reconnected(centre, gates=60, away_seconds=3)
    assert took.last < 30
