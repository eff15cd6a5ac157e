"""Plans of who comes and what goes wrong: drawn by a seed, or written in a scenario."""

import json
from pathlib import Path

import pytest

from hardware_mocks.__main__ import main
from hardware_mocks.lane.condition import Condition
from hardware_mocks.lane.kind import LaneKind
from hardware_mocks.lane.people import people
from hardware_mocks.lane.scenario import load_scenario, parse_visit
from hardware_mocks.outcome import BadInput
from hardware_mocks.world.odd_visit import Oddity
from hardware_mocks.world.plan import LANE_TROUBLES, Mishap, draw_plan
from hardware_mocks.world.traveller import Kind

SCENARIOS = Path(__file__).resolve().parents[2] / "config" / "scenarios"
DEVICES = LaneKind().breakable
GOOD = 'name = "A, B"\nkind = "genuine"\nperson = "P001"\n'
MISHAP = {"device": "camera", "trouble": "dead", "after_seconds": 1, "seconds": 2.5}


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["up", *words, "--plan"]) == 0
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    return said


def test_a_seed_gives_the_same_plan_again_and_starts_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    once, again, other = (planned(capsys, "--seed", seed) for seed in ("7", "7", "8"))
    assert once == again
    assert once["travellers"] != other["travellers"]
    assert len(once["travellers"]) == 10  # type: ignore[arg-type]
    assert once["lane"]["flow"] == "one_step"  # type: ignore[index]


def test_seeds_bring_everything_that_can_go_wrong_and_mostly_honest_people() -> None:
    visits = [visit for seed in range(100) for visit in draw_plan(seed, people(), DEVICES, 10)]
    assert {visit.oddity for visit in visits} == set(Oddity)
    assert {visit.traveller.kind for visit in visits} == set(Kind)
    mishaps = [visit.mishap for visit in visits if visit.mishap]
    assert {mishap.device for mishap in mishaps} == {*DEVICES, "lane"}
    troubles = {each.value for each in Condition} - {"whole"} | set(LANE_TROUBLES)
    assert {mishap.trouble for mishap in mishaps} == troubles
    assert sum(visit.may_be_admitted for visit in visits) > len(visits) / 2
    for visit in visits:
        assert visit.traveller.kind is Kind.GENUINE or visit.oddity is Oddity.NONE
        honest = visit.traveller.kind in {Kind.GENUINE, Kind.CHIP_LEAVES_TWICE}
        assert visit.may_be_admitted is honest


def test_a_mishap_is_two_orders() -> None:
    device = Mishap("camera", "slow", 1.0, 2.0).orders()
    assert [each["condition"] for each in device] == ["slow", "whole"]
    lane = Mishap("lane", "emergency", 1.0, 2.0).orders()
    assert lane == ({"do": "emergency", "on": True}, {"do": "emergency", "on": False})


def test_a_scenario_scripts_the_lane_and_what_goes_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(
        '[lane]\nflow = "two_step"\nbarrier = "turnstile"\nface_light = false\n'
        f'[[traveller]]\n{GOOD}oddity = "lifts_early"\n'
        '[traveller.mishap]\ndevice = "camera"\ntrouble = "dead"\n'
        "after_seconds = 1\nseconds = 2.5\n"
    )
    scenario = load_scenario(file)
    assert scenario.lane == LaneKind("two_step", "turnstile", face_light=False)
    assert scenario.visits[0].oddity is Oddity.LIFTS_EARLY
    assert scenario.visits[0].mishap == Mishap("camera", "dead", 1.0, 2.5)
    said = planned(capsys, str(file), "--barrier", "modbus", "--face-light")
    assert said["lane"]["barrier"] == "modbus"  # type: ignore[index]
    assert said["lane"]["face_light"]  # type: ignore[index]
    assert said["lane"]["flow"] == "two_step"  # type: ignore[index]


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_scenario_of_ours_can_be_played(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planned(capsys, str(file))["travellers"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"oddity": "flies"}, "oddity: bad value"),
        ({"mishap": 3}, "mishap: bad value"),
        ({"mishap": {**MISHAP, "device": "toaster"}}, "device: bad value"),
        ({"mishap": {**MISHAP, "trouble": "emergency"}}, "mishap: trouble: one of unplugged"),
        ({"mishap": {**MISHAP, "device": "lane"}}, "mishap: trouble: one of emergency"),
        ({"mishap": {**MISHAP, "seconds": -1}}, "seconds: bad value"),
        ({"mishap": {**MISHAP, "seconds": True}}, "seconds: bad value"),
        ({"mishap": {"device": "camera"}}, "mishap: trouble: missing"),
        ({"mishap": {**MISHAP, "colour": "red"}}, "colour: unknown key"),
    ],
)
def test_what_cannot_go_wrong_is_said(change: dict[str, object], fault: str) -> None:
    table = {"name": "A, B", "kind": "genuine", "person": "P001"}
    with pytest.raises(BadInput, match=fault):
        parse_visit({**table, **change})


@pytest.mark.parametrize(
    "lane",
    ['flow = "spiral"', 'barrier = "magnets"', 'mrz_reader = "eyes"', "face_light = 1", "x = 1"],
)
def test_a_lane_that_there_is_not(
    lane: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(f"[lane]\n{lane}\n[[traveller]]\n{GOOD}")
    assert main(["up", str(file), "--plan"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{file}: lane: {lane.partition(' ')[0]}: " in line


@pytest.mark.parametrize(
    "words",
    [
        ["--seed", "1", "--page", "127.0.0.1:0"],
        ["--seed", "1", "--devices-only"],
        ["--page", "127.0.0.1:0", "--devices-only"],
        ["--page", "0.0.0.0:0"],
        ["--page", "somewhere"],
        ["--page", "192.0.2.1:8000"],
        ["--page", "127.0.0.1:0", "--flow", "segregated"],
        ["--seed", "1", "--flow", "segregated"],
        ["--seed", "1", "--display", "javascript:alert(1)"],
        ["--seed", "1", "--travellers", "0"],
    ],
)
def test_wishes_that_do_not_go_together(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", *words, "--pki", str(tmp_path / "pki")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
