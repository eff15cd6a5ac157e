"""A model measured from specimens, and what is said of specimens that cannot be used."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from egate.emrtd.checks import CheckId, Outcome
from egate.optical.checks.tiles import found_tiles
from egate.optical.models.library import DocumentModels, read_model
from egate.optical.models.measure import main
from tests.conftest import ROOT
from tests.optical_pages import Page, read_page

SCALE = 4.0  # pixels a millimetre of a mean specimen
BY_HAND = """
title = "Bangladesh: visa sticker"
measured_from = "six rendered specimens, a test's"
size_mm = [120.0, 80.0]
photograph = [5.0, 17.0, 27.0, 34.0]
personal = [[0.0, 59.0, 120.0, 18.0], [34.0, 16.0, 84.0, 40.0]]

[document]
format = "MRV-A"
issuing_state = "BGD"
"""


def rendered(folder: Path, seed: int, count: int, *more: str) -> Path:
    order = ["--document", "bd_visa", "--seed", str(seed), "--count", str(count), *more]
    subprocess.run(
        [sys.executable, "-m", "hardware_mocks", "pages", "--out", str(folder), *order],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=100,
    )
    return folder


def pages_of(folder: Path) -> list[Page]:
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    return [read_page(folder, json.loads(line)) for line in lines]


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of new specimens of which nothing is known but their pictures."""
    folder = rendered(tmp_path_factory.mktemp("specimens") / "new", 777_100, 6)
    (folder / "truth.jsonl").unlink()
    return folder


@pytest.fixture(scope="module")
def model(new: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    worn = rendered(folder / "worn", 777_200, 2, "--damage", "1")
    file = folder / "visa.toml"
    file.write_text(BY_HAND, "utf-8")
    assert main([str(file), "--new", str(new), "--worn", str(worn)]) == 0
    return file


def test_a_measured_model_knows_a_genuine_page_from_a_substituted_photograph(
    model: Path, tmp_path: Path
) -> None:
    models = DocumentModels([read_model(model)])
    genuine = pages_of(rendered(tmp_path / "genuine", 777_300, 1))[0].findings(models)
    for check_id in (CheckId.PHOTOGRAPH, CheckId.PATTERN, CheckId.OPTICAL_IR, CheckId.OPTICAL_UV):
        assert genuine[check_id].outcome is Outcome.SUCCESSFUL
    forged = rendered(tmp_path / "forged", 777_400, 3, "--forgery", "photo_substituted")
    for page in pages_of(forged):
        assert page.findings(models)[CheckId.PHOTOGRAPH].outcome is Outcome.FAILED


def test_millimetres_of_a_model_are_those_of_the_page(model: Path, tmp_path: Path) -> None:
    """Six MRZs, each printed a little aside, say together where the page begins."""
    page = pages_of(rendered(tmp_path / "page", 777_500, 1))[0]
    to_specimen = np.diag([SCALE, SCALE, 1]) @ np.linalg.inv(page.reading.geometry.to_pixels)
    straight = cv2.warpPerspective(page.scan.white, to_specimen, (480, 320), flags=cv2.INTER_AREA)
    specimen = cv2.imread(str(model.with_suffix(".white.png")))
    boxes = [(left, 2.0, 20.0, 12.0) for left in (4.0, 30.0, 60.0, 90.0)]
    tiles = found_tiles(straight, specimen, boxes, SCALE, aside_mm=1.5)
    assert min(tile.likeness for tile in tiles) > 0.6
    assert np.abs([tile.shift_mm for tile in tiles]).max() < 0.4


def test_a_folder_without_specimens(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, model, tmp_path) == (
        f"measure: {tmp_path}: no specimen (STEM.white.png) there\n"
    )


def test_a_specimen_whose_mrz_cannot_be_read(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for light in ("white", "infrared", "ultraviolet"):
        cv2.imwrite(str(tmp_path / f"blank.{light}.png"), np.full((940, 1420, 3), 200, np.uint8))
    message = said(capsys, model, tmp_path)
    assert message.startswith(f"measure: {tmp_path / 'blank.white.png'}: ")
    assert message.endswith("; take the specimen out, or scan it again\n")


def test_a_specimen_without_a_light(
    model: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "000.white.png").write_bytes((new / "000000.white.png").read_bytes())
    assert said(capsys, model, tmp_path) == (
        f"measure: {tmp_path / '000.infrared.png'}: not a picture\n"
    )


def said(capsys: pytest.CaptureFixture[str], model: Path, specimens: Path) -> str:
    assert main([str(model), "--new", str(specimens), "--worn", str(specimens)]) == 2
    return capsys.readouterr().err
