"""What each species of forgery leaves to be seen, and that the truth says what was done."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware_mocks.__main__ import main
from hardware_mocks.page_scanner.forgeries.species import SPECIES, impossible
from tests.unit.test_pagemock_set import image, pages, part

ZONE = (6.0, 70.0, 112.0, 11.0)  # of a page of a passport, in millimetres
DOCUMENT = ("--document", "bd_e_passport")
POSSIBLE = [each for each in SPECIES if not impossible("bd_e_passport", each)]


def forged(folder: Path, species: str, count: int = 1, seed: int = 2) -> list[dict[str, Any]]:
    return pages(
        folder, *DOCUMENT, "--forgery", species, "--count", str(count), "--seed", str(seed)
    )


@pytest.mark.parametrize("species", POSSIBLE)
def test_the_truth_names_the_species_and_where_it_is(species: str, tmp_path: Path) -> None:
    (truth,) = forged(tmp_path, species)
    assert truth["forgery"] == species
    assert 0 <= truth["forging"]["care"] <= 1
    for left, top, width, height in truth["forging"]["forged"]:
        assert left >= 0 <= top
        assert left + width <= 125.1
        assert top + height <= 88.1


def test_a_forged_page_has_the_bearer_of_the_genuine_one(tmp_path: Path) -> None:
    (genuine,) = pages(tmp_path / "genuine", *DOCUMENT, "--seed", "2")
    (copied,) = forged(tmp_path / "copied", "copy_on_paper")
    assert copied["mrz"] == genuine["mrz"]
    assert copied["page_to_pixels"] == genuine["page_to_pixels"]


def test_a_substituted_photograph_is_of_another_person(tmp_path: Path) -> None:
    for truth in forged(tmp_path, "photo_substituted", 3):
        assert truth["photograph"] != truth["forging"]["photograph_before"]


def test_an_altered_zone_differs_where_the_truth_says(tmp_path: Path) -> None:
    for truth in forged(tmp_path, "mrz_altered", 4):
        before, after = "".join(truth["forging"]["mrz_before"]), "".join(truth["mrz"])
        differing = sum(old != new for old, new in zip(before, after, strict=True))
        assert differing == len(truth["forging"]["forged"]) > 0


def test_visible_ink_is_gone_in_infrared(tmp_path: Path) -> None:
    (truth,) = forged(tmp_path, "mrz_visible_ink_only")
    contrast = {}
    for light in ("white", "infrared"):
        zone = part(image(tmp_path, "000000", light), truth, ZONE)
        contrast[light] = 1 - np.percentile(zone, 1) / np.median(zone)
    assert contrast["white"] > 0.6
    assert contrast["infrared"] < 0.5


@pytest.mark.parametrize("species", ["uv_bright_paper", "copy_on_paper"])
def test_paper_from_a_shop_is_bright_under_ultraviolet(species: str, tmp_path: Path) -> None:
    for number, truth in enumerate(forged(tmp_path, species, 3)):
        shine = image(tmp_path, f"{number:06}", "ultraviolet").max(axis=2)
        assert np.median(part(shine, truth, (2.0, 2.0, 121.0, 84.0))) > 55


def test_a_changed_field_differs_from_the_zone(tmp_path: Path) -> None:
    for truth in forged(tmp_path, "visual_zone_changed", 4):
        field, before = truth["forging"]["field"], truth["forging"]["text_before"]
        assert truth["visual_zone"][field] != before


def test_a_screen_is_dark_in_infrared_and_shines_under_ultraviolet(tmp_path: Path) -> None:
    (truth,) = forged(tmp_path, "screen")
    page = (4.0, 4.0, 117.0, 80.0)
    assert np.percentile(part(image(tmp_path, "000000", "infrared"), truth, page), 95) < 90
    white = part(image(tmp_path, "000000", "white"), truth, page).mean(axis=2)
    shine = part(image(tmp_path, "000000", "ultraviolet"), truth, page).mean(axis=2)
    assert np.corrcoef(white.ravel(), shine.ravel())[0, 1] > 0.5


def test_an_unknown_species_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["pages", "--out", str(tmp_path), "--forgery", "magic"])
    assert ended.value.code == 2
    assert "magic" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_each_species_comes_in_turn(tmp_path: Path) -> None:
    count = str(len(POSSIBLE))
    pages(tmp_path, *DOCUMENT, "--forgery", "each", "--count", count)
    lines = (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["forgery"] for line in lines] == POSSIBLE
