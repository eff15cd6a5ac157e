"""A sample of ``python -m tests.random_lanes``: seeded people before a gate, on real wires."""

from pathlib import Path

import pytest

from tests.random_lanes import play_lane

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]


def test_seeded_people_and_devices_at_a_turnstile(tmp_path: Path) -> None:
    boards = ("--barrier=turnstile", "--emergency-input", "--signal-lights")
    lane = ("--flow=two_step", *boards, "--speed=4")
    played = play_lane(tmp_path, "--seed=28", "--travellers=2", *lane)
    assert played.faults == []
    assert [each["event"] for each in played.truth if each["event"] == "done"] == ["done"] * 2
    assert any(visit["mishap"] or visit["oddity"] != "none" for visit in played.plan)
    assert played.records
