"""Power cuts: what was acknowledged is there, and nothing else; a weaker setting is found out."""

from pathlib import Path

import pytest

from tests.disk_faults.folder_scenes import FOLDERS, cut_folder
from tests.disk_faults.power_cuts import cut_power, written
from tests.disk_faults.scenes import SCENES

pytestmark = pytest.mark.timeout(300)
CUTS = 200
DEEDS = {"gate": 200, "desk": 60, "audit": 90}


@pytest.mark.parametrize("name", SCENES)
def test_nothing_acknowledged_is_lost_and_nothing_is_spoilt(name: str, tmp_path: Path) -> None:
    run = written(name, tmp_path, DEEDS[name])
    figures = cut_power(run, CUTS, tmp_path / "after", seed=1)
    assert (figures.lossy, figures.corrupt) == (0, [])
    assert figures.again > CUTS / 8
    assert figures.synchronised > DEEDS[name]


@pytest.mark.parametrize("name", SCENES)
def test_the_same_cuts_find_a_weaker_setting_out(name: str, tmp_path: Path) -> None:
    run = written(name, tmp_path, 60, synchronous="NORMAL")
    figures = cut_power(run, 60, tmp_path / "after", seed=1)
    assert figures.lossy > 20
    assert figures.worst > 5
    assert figures.corrupt == []  # SQLite promises that much of NORMAL


@pytest.mark.parametrize("name", SCENES)
def test_the_same_cuts_find_a_disk_out_that_does_not_synchronise(name: str, tmp_path: Path) -> None:
    run = written(name, tmp_path, 60, heeds_sync=False)
    figures = cut_power(run, 60, tmp_path / "after", seed=1)
    assert figures.lossy + len(figures.corrupt) > 30


@pytest.mark.parametrize("name", FOLDERS)
def test_files_are_the_old_ones_or_the_new_ones(name: str, tmp_path: Path) -> None:
    figures = cut_folder(name, tmp_path, CUTS, seed=1)
    assert (figures.lossy, figures.corrupt) == (0, [])


@pytest.mark.parametrize("name", FOLDERS)
def test_the_same_cuts_find_files_out_that_were_not_synchronised(name: str, tmp_path: Path) -> None:
    figures = cut_folder(name, tmp_path, CUTS, seed=1, heeds_sync=False)
    assert figures.lossy + len(figures.corrupt) > CUTS / 8
