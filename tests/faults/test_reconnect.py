"""A country's gates lose the centre together, and all find it again."""

from collections.abc import Callable

import pytest

from tests.centre_harness import Centre
from tests.faults.reconnect import reconnected, room_for

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]
GATES = 1000
BACK_SECONDS = 30


async def test_gates_that_were_cut_off_together_are_all_there_again(
    centre: Centre, require: Callable[[object, str], None]
) -> None:
    require(room_for(GATES, with_centre=True), "permission for 4,400 open files (`ulimit -Hn`)")
    took = await reconnected((centre.at.grpc, centre.tls()), GATES, away_seconds=3)
    assert took.last < BACK_SECONDS
