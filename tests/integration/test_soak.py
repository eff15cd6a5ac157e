"""A small soak, and the rule that judges the large one; ``python -m tests.soak`` for that."""

import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from hardware_mocks.lane.scenario import load_scenario
from hardware_mocks.world.traveller import Kind
from tests.soak.__main__ import LIMITS
from tests.soak.growth import Limit, trend_of
from tests.soak.page import write_section
from tests.soak.process import open_files, resident_kb, threads
from tests.soak.wires import drawn_kinds, scenario_of

LIMIT = Limit("memory", "kB", 100.0)
ROOT = Path(__file__).resolve().parent.parent.parent
_SHM = "/dev/shm"  # noqa: S108
MEMORY = {"TMPDIR": _SHM} if Path(_SHM).is_dir() else {}  # spares the disk two thousand commits


@pytest.mark.timeout(120)
def test_a_hundred_sessions_leave_nothing_behind() -> None:
    """In a process of its own: what other tests keep is not the gate's."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--sessions", "100", "--seed", "7", "--json"],
        cwd=ROOT, env={**os.environ, **MEMORY}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    result = json.loads(ended.stdout)
    assert result["wrong"] == []
    assert result["growing"] == []
    assert ended.returncode == 0
    assert sum(result["verdicts"].values()) >= 100
    assert {each["name"] for each in result["trends"]} == {each.name for each in LIMITS}


def samples(value: object, count: int = 100) -> list[tuple[int, float]]:
    chance = random.Random(4)  # noqa: S311 - noise, not a secret
    return [(n * 100, value(n) + chance.uniform(-40, 40)) for n in range(1, count + 1)]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "grows"),
    [
        pytest.param(lambda _: 5000.0, False, id="level"),
        pytest.param(lambda n: 5000.0 + 2 * n, True, id="a little with every session"),
        pytest.param(lambda n: 5000.0 + (300 if n > 60 else 0), True, id="a step, and it stays"),
        pytest.param(lambda n: 5000.0 * min(1, n / 25), False, id="a warm-up"),
        pytest.param(lambda n: 5000.0 + (9000 if n % 9 == 0 else 0), False, id="wild samples"),
        pytest.param(lambda n: 5000.0 + 200 * math.sin(n), False, id="up and down"),
        pytest.param(lambda n: 5000.0 - 3 * n, False, id="it falls"),
    ],
)
def test_what_counts_as_growth(value: object, grows: bool) -> None:  # noqa: FBT001
    assert trend_of(LIMIT, samples(value)).grows is grows


def test_each_soak_has_its_own_section_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "soak.md"
    trend = {"name": "memory", "unit": "kB", "begin": 1.0, "end": 2.0, "most": 3.0, "rise": 1.0}
    result = {
        "sessions": 10, "seed": 1, "seconds": 60, "verdicts": {"admit": 10}, "wrong": [],
        "growing": [], "trends": [{**trend, "limit": 4.0}],
    }  # fmt: skip
    write_section(page, "B", "told of B", result)
    write_section(page, "A", "told of A", result)
    write_section(page, "B", "told of B anew", {**result, "growing": ["memory"]})
    text = page.read_text()
    assert text.count("\n## ") == 2
    assert text.index("\n## A") < text.index("\n## B")
    assert "told of B anew" in text
    assert "What grew: memory" in text


def test_the_crowd_on_the_wires_is_one_that_the_lane_can_play(tmp_path: Path) -> None:
    kinds = drawn_kinds(1000, seed=1)
    file = tmp_path / "scenario.toml"
    file.write_text(scenario_of(kinds, seed=1))
    travellers = load_scenario(file).travellers
    assert [each.kind for each in travellers] == kinds
    assert {Kind.GENUINE, Kind.ABANDONS, Kind.PRESENTATION_ATTACK, Kind.TAILGATING} < set(kinds)


def test_a_process_is_asked_for_what_it_takes() -> None:
    before = open_files(os.getpid())
    with Path(os.devnull).open():
        assert open_files(os.getpid()) == before + 1
    assert resident_kb(os.getpid()) > 10_000
    assert threads(os.getpid()) >= 1
