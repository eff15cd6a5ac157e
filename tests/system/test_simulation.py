"""A hall of gates and its centre, day after day by seed: every law holds, and faults are found."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from egate.central.alarms import AlarmKind
from tests.conftest import ROOT
from tests.simulation import __main__ as command
from tests.simulation.day import GATES, simulate
from tests.simulation.defects import DEFECTS

pytestmark = [pytest.mark.system, pytest.mark.timeout(1800)]

_DAYS = 200
_FOUND_WITHIN = 5
_ALL_TRIED = (
    AlarmKind.NUMBER_USED_TWICE,
    AlarmKind.CHAIN_BROKEN,
    AlarmKind.STATION_BEHIND,
    AlarmKind.REPLAYED_RECORD,
    AlarmKind.FOREIGN_RECORD,
    AlarmKind.SIGNATURE_WRONG,
    AlarmKind.REVOKED_CERTIFICATE,
)


def test_every_law_holds_on_every_day(capsys: pytest.CaptureFixture[str]) -> None:
    jobs = os.cpu_count() or 1
    ended = command.main(["--seeds", str(_DAYS), "--jobs", str(jobs), "--json"])
    found = Counter(json.loads(capsys.readouterr().out))
    assert ended == 0, found["failing"]
    for kind in _ALL_TRIED:
        assert found[f"alarms: {kind}"], f"{kind} was never tried"
    assert found["sessions"] > 2 * GATES * _DAYS
    assert min(found["gate_crashes"], found["centre_crashes"], found["given_up"]) > 2 * _DAYS


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_day_is_the_same_in_every_process(hash_seed: str) -> None:
    """Also where sets of words are gone over in another order."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", "7", "--json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    assert json.loads(played.stdout)["digest"] == simulate(7).digest


def test_other_seeds_are_other_days() -> None:
    assert simulate(7).digest != simulate(8).digest


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_fault_in_the_product_is_found(
    defect: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    defect(monkeypatch)
    assert any(simulate(seed).wrong for seed in range(1, _FOUND_WITHIN + 1))


def test_a_failing_day_says_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    DEFECTS[0](monkeypatch)
    assert command.main(["--seeds", "1", "--from-seed", "7"]) == 1
    said = capsys.readouterr().err
    assert "python -m tests.simulation --seed 7 --trace" in said
    assert "is acknowledged and not stored" in said


def test_the_trace_of_a_day_is_all_that_happened(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--seed", "7", "--trace"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    day = simulate(7)
    assert len(lines) == day.counts["events"]
    assert last == f"seed 7: holds, digest {day.digest}"
