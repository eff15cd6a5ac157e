"""What the benchmark of whole sessions makes of what the world and the gate tell."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench_session as bench
from egate.cli.demo.site import Layout
from egate.domain.record import CrossingStatus, RecordVerdict, StepDuration
from egate.reporting.crossing_list import CrossingSummary
from hardware_mocks.lane.scenario import load_scenario
from hardware_mocks.world.traveller import Kind


def record(*, passed: bool = True) -> CrossingSummary:
    return CrossingSummary(
        "id", "gate", 1, RecordVerdict.ADMIT, CrossingStatus.COMPLETED, (),
        (StepDuration("mrz", 2.0, 0.25), StepDuration("passage", 3.0, 0.5)), passed,
    )  # fmt: skip


def session(*moments: float | None, passed: bool = True) -> bench.Session:
    return bench.Session(record(passed=passed), moments)


def test_travellers_are_genuine_and_their_documents_differ(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(bench.scenario_of(30))
    travellers = load_scenario(file).travellers
    assert {each.kind for each in travellers} == {Kind.GENUINE}
    assert len({each.name for each in travellers}) == 30
    assert {each.access for each in travellers} == {"bac", "pace", "pace-cam"}
    assert {each.apdus for each in travellers} == {"short", "extended"}
    assert {each.dg2_bytes for each in travellers} == {0, 20_000}


def test_what_the_background_adds_is_what_comes_after_the_chip() -> None:
    moments = (100.0, 100.1, 101.0, 103.0, 104.0, 106.0, 106.1)
    sessions = [
        bench.Session(record(), moments, answered) for answered in ((0.2, 0.9), (1.1, 0.9), None)
    ]
    rows = {row["name"]: row for row in bench.figures(Layout.ONE_STEP, sessions, 3)}
    asked = rows["- one barrier: background asked and answered"]
    assert (asked["value"], asked["ratio"]) == pytest.approx((0.65, 0.65 / 0.9))
    added = rows["- one barrier: background answered later than the chip"]
    assert added["value"] == pytest.approx(0.2)
    assert added["note"].startswith("in 1 of 2 sessions")


@pytest.mark.parametrize(("count", "place"), [(1, 1), (20, 19), (30, 29), (100, 95)])
def test_the_95th_percentile_is_a_value_that_was_measured(count: int, place: int) -> None:
    assert bench.p95([float(n) for n in range(count, 0, -1)]) == place


def test_a_session_lasts_from_the_document_to_the_passage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sessions = [
        session(100.0, 100.1, 101.0, 103.0, 104.0, 106.0, 106.1),
        session(200.0, 200.3, 202.0, 201.5, 203.0, 207.0, 208.1),
        session(300.0, 300.1, 301.0, 303.0, 304.0, 306.0, None),
        session(300.0, 300.1, 301.0, 303.0, 304.0, 306.0, 309.0, passed=False),
    ]
    rows = {row["name"]: row for row in bench.figures(Layout.ONE_STEP, sessions, 4)}
    median = rows["session, one barrier: median"]
    assert median["value"] == pytest.approx(7.1)
    assert median["ratio"] == pytest.approx(7.1 / 9)
    assert median["note"].startswith("2 of 4 genuine travellers admitted")
    assert rows["session, one barrier: p95"]["value"] == pytest.approx(8.1)
    zone, *others = (row["value"] for name, row in rows.items() if name.startswith("- one"))
    assert zone == pytest.approx(0.2)
    assert min(others) >= 0.0
    assert rows["- one barrier, the gate's own time: passage"]["value"] == 0.5
    assert capsys.readouterr().err.count("not admitted") == 2


def test_a_session_is_found_by_when_its_document_was_read() -> None:
    def step(crossing: str, kind: str, state: str, utc: float) -> dict[str, object]:
        return {"crossing_id": crossing, "type": kind, "next_state": state, "utc": utc}

    visits = [
        {"document_laid": 10.0, "document_lifted": 13.0, "passed": 15.0},
        {"document_laid": 20.0},
        {"document_laid": 30.0},
    ]
    steps = [
        step("a", "MrzRead", "Inspecting", 10.5),
        step("a", "ChipInspected", "Inspecting", 11.0),
        step("a", "FaceCompared", "Passing", 12.0),
        step("a", "PassageConfirmed", "Idle", 15.5),
        step("left again", "TravellerEntered", "ReadingMrz", 16.0),
        step("c", "MrzRead", "Inspecting", 30.5),
    ]
    records = [replace(record(), crossing_id=name) for name in ("a", "left again", "c")]
    first, second = bench.sessions_of(Layout.ONE_STEP, visits, steps, records)
    assert first.record.crossing_id == "a"
    assert first.moments == (10.0, 10.5, 11.0, 12.0, 13.0, 15.0, 15.5)
    assert second.record.crossing_id == "c"
    assert second.moments == (30.0, 30.5, None, None, None, None, None)
