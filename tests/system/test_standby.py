"""The primary PostgreSQL is killed under an upload, and a synchronous standby takes over."""

import asyncio

import pytest

from tests.centre_harness import database_folder
from tests.standby.takeover import taken_over

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
RECORDS = 600
TAKEN_OVER_SECONDS = 30


def test_what_was_acknowledged_is_at_the_standby_and_the_gate_goes_on() -> None:
    with database_folder() as folder:
        found = asyncio.run(taken_over(folder, RECORDS, TAKEN_OVER_SECONDS))
    assert (found.lost, found.twice) == (0, 0)
    assert RECORDS // 3 <= found.acknowledged_before < RECORDS
