"""Rendered pages as their users get them: files, truth, what each light shows, bad input."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware_mocks.__main__ import main

LIGHTS = ("white", "infrared", "ultraviolet")


def pages(folder: Path, *more: str) -> list[dict[str, Any]]:
    """Render into ``folder``; return the truth of each page."""
    assert main(["pages", "--out", str(folder), "--dpi", "150", *more]) == 0
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]


def image(folder: Path, stem: str, light: str) -> np.ndarray:
    found = cv2.imread(str(folder / f"{stem}.{light}.png"), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return np.asarray(found)


def part(picture: np.ndarray, truth: dict[str, Any], region: tuple[float, ...]) -> np.ndarray:
    """Return the pixels of a region of the page, given in millimetres."""
    left, top, width, height = region
    corners = np.array([(left, top, 1), (left + width, top + height, 1)])
    low, high = np.round(corners @ np.array(truth["page_to_pixels"]).T)[:, :2].astype(int)
    return picture[low[1] : high[1], low[0] : high[0]]


def test_a_set_is_three_images_and_a_line_of_truth_for_each_page(tmp_path: Path) -> None:
    truths = pages(tmp_path, "--document", "bd_e_passport", "--count", "2", "--seed", "3")
    assert [truth["stem"] for truth in truths] == ["000000", "000001"]
    for truth in truths:
        white, infrared, ultraviolet = (image(tmp_path, truth["stem"], light) for light in LIGHTS)
        assert white.shape == ultraviolet.shape == (*infrared.shape, 3)
        assert (truth["document"], truth["forgery"], truth["damage"]) == ("bd_e_passport", None, 0)
        assert truth["mrz"][0].startswith("P<BGD")
        assert [len(line) for line in truth["mrz"]] == [44, 44]
        number = truth["visual_zone"]["document_number"]
        assert truth["mrz"][1].startswith(number)
    assert truths[0]["mrz"] != truths[1]["mrz"]


@pytest.mark.parametrize(
    ("document", "code", "shape"),
    [
        ("bd_e_passport", "P<BGD", (2, 44)),
        ("bd_mrp", "P<BGD", (2, 44)),
        ("bd_visa", "V<BGD", (2, 44)),
        ("bd_travel_permit", "PUBGD", (2, 44)),
        ("td3", "P<", (2, 44)),
        ("td1", "I<", (3, 30)),
    ],
)
def test_every_kind_of_document_has_its_zone_and_its_parts_on_the_page(
    document: str, code: str, shape: tuple[int, int], tmp_path: Path
) -> None:
    (truth,) = pages(tmp_path, "--document", document, "--seed", "1")
    assert truth["mrz"][0].startswith(code)
    assert (len(truth["mrz"]), len(truth["mrz"][0])) == shape
    width, height = truth["page_mm"]
    for left, top, wide, high in truth["regions"].values():
        assert 0 <= left < left + wide <= width
        assert 0 <= top < top + high <= height
    infrared = image(tmp_path, "000000", "infrared")
    zone = part(infrared, truth, truth["regions"]["mrz"])
    assert np.percentile(zone, 2) < 0.45 * np.median(zone)


def test_all_kinds_come_in_turn(tmp_path: Path) -> None:
    kinds = [truth["document"] for truth in pages(tmp_path, "--count", "7")]
    assert kinds[0] == kinds[6]
    assert len({*kinds}) == 6


def test_a_card_without_a_photograph_cannot_have_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = ("--document", "td1", "--forgery", "photo_substituted")
    assert main(["pages", "--out", str(tmp_path), *wish]) == 2
    assert "a td1 has no photograph" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder, seed in (("a", "8"), ("b", "8"), ("c", "9")):
        pages(tmp_path / folder, "--document", "bd_e_passport", "--seed", seed, "--damage", "2")
    for name in ("000000.white.png", "000000.infrared.png", "000000.ultraviolet.png"):
        first, again, other = ((tmp_path / each / name).read_bytes() for each in "abc")
        assert first == again != other
    assert (tmp_path / "a" / "truth.jsonl").read_text() == (
        tmp_path / "b" / "truth.jsonl"
    ).read_text()


def test_infrared_shows_the_zone_and_the_portrait_and_not_the_background(tmp_path: Path) -> None:
    (truth,) = pages(tmp_path, "--document", "bd_e_passport", "--seed", "5")
    white, infrared = (image(tmp_path, "000000", light) for light in ("white", "infrared"))
    background = (45.0, 63.5, 75.0, 4.0)
    seen = part(white.min(axis=2), truth, background).std()
    assert seen > 10
    assert part(infrared, truth, background).std() < 0.4 * seen
    zone = part(infrared, truth, (6.0, 70.0, 112.0, 11.0))
    assert np.percentile(zone, 2) < 0.45 * np.median(zone)
    portrait = truth["regions"]["photograph"]
    assert part(infrared, truth, portrait).std() > 25


def test_under_ultraviolet_the_paper_is_dull_and_its_pattern_shines(tmp_path: Path) -> None:
    pages(tmp_path, "--document", "bd_e_passport", "--seed", "5")
    shine = image(tmp_path, "000000", "ultraviolet").max(axis=2)
    assert np.median(shine) < 50
    assert np.percentile(shine, 99) > 100


def test_damage_takes_contrast_from_the_zone(tmp_path: Path) -> None:
    contrast = []
    for damage in range(4):
        folder = tmp_path / str(damage)
        truths = pages(
            folder, "--document", "bd_e_passport", "--seed", "6", "--count", "3",
            "--damage", str(damage),
        )  # fmt: skip
        spread = [
            part(image(folder, truth["stem"], "infrared"), truth, (6.0, 70.0, 112.0, 11.0)).std()
            for truth in truths
        ]
        contrast.append(float(np.mean(spread)))
    assert contrast[0] > contrast[1] > contrast[2] > 1.2 * contrast[3]


@pytest.mark.parametrize("document", ["bd_visa", "bd_travel_permit"])
def test_a_seal_is_black_in_every_light_and_no_passport_has_one(
    document: str, tmp_path: Path
) -> None:
    (truth,) = pages(tmp_path, "--document", document, "--seed", "4")
    assert bytes.fromhex(truth["seal"]).startswith(b"\xdc\x03")
    for light in ("white", "infrared"):
        seal = part(image(tmp_path, "000000", light), truth, truth["regions"]["seal"])
        assert np.percentile(seal, 20) < 0.45 * np.percentile(seal, 90)
    (passport,) = pages(tmp_path, "--document", "bd_e_passport", "--seed", "4")
    assert "seal" not in passport
    assert "seal" not in passport["regions"]


def test_another_seal_changes_nothing_else_on_the_page(tmp_path: Path) -> None:
    order = ("--document", "bd_visa", "--seed", "4", "--damage", "2")
    (genuine,) = pages(tmp_path / "a", *order)
    (forged,) = pages(tmp_path / "b", *order, "--forgery", "seal_of_another")
    assert genuine["seal"] != forged["seal"]
    left, top, width, height = genuine["regions"]["seal"]
    around = [(left - 4, top - 4, 1), (left + width + 4, top + height + 4, 1)]
    low, high = (np.array(around) @ np.array(genuine["page_to_pixels"]).T)[:, :2]
    for light in LIGHTS:
        one, other = (image(tmp_path / folder, "000000", light) for folder in "ab")
        places = np.argwhere(one != other)[:, 1::-1]
        assert len(places)
        assert ((low <= places) & (places <= high)).all()


def test_the_seal_is_the_signers_that_was_named(tmp_path: Path) -> None:
    order = ("--document", "bd_visa", "--seed", "4", "--pki", str(tmp_path / "pki"))
    (truth,) = pages(tmp_path / "a", *order)
    (again,) = pages(tmp_path / "b", *order)
    assert truth["seal"] == again["seal"]
    (nobodys,) = pages(tmp_path / "c", *order[:4])
    assert nobodys["seal"] != truth["seal"]
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pki.json").write_text("{}")
    assert main(["pages", "--out", str(tmp_path / "d"), "--pki", str(broken)]) == 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("--count", "0"), "--count 0"),
        (("--seed", "-1"), "--seed -1"),
        (("--dpi", "10"), "--dpi 10"),
    ],
)
def test_bad_input_is_one_line_that_names_it(
    wrong: tuple[str, ...], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pages", "--out", str(tmp_path / "out"), *wrong]) == 2
    complaint = capsys.readouterr().err
    assert named in complaint
    assert complaint.count("\n") == 1


def test_a_file_in_the_place_of_the_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    assert main(["pages", "--out", str(taken)]) == 2
    assert f"cannot write to {taken}" in capsys.readouterr().err
