"""Calls that are answered and calls that are given up leave nothing in the centre."""

import pytest

from tests.centre_harness import Centre
from tests.faults.leaks import left_by

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]
CALLS = 20_000
MOST_BYTES = 1024


async def test_no_call_leaves_anything_behind(centre: Centre) -> None:
    left = await left_by(centre, CALLS)
    assert left.answered >= CALLS // 2
    assert left.given_up > CALLS // 20
    assert left.bytes_an_answer < MOST_BYTES
    assert left.bytes_a_cancelled < MOST_BYTES
    assert left.tasks <= 1
