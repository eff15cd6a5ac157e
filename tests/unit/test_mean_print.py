"""The mean print of OCR-B, measured from pictures of pages by `training.ocr_b.mean_print`."""

import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from egate.biometrics.opencv import cv2
from egate.emrtd.mrz.check_digit import check_digit
from egate.optical.checks.mrz_characters import CELL_HEIGHT, CELL_WIDTH, PIXELS_PER_MM
from egate.optical.checks.page_views import Image
from egate.optical.checks.typeface import STRIP
from egate.optical.ocr_b import ALPHABET
from tests.seal_forge import with_check_digits
from training.ocr_b.mean_print import main

_TOP_MM: Final = (88.0 - 15.75, 88.0 - 9.40)  # the middles of the lines (9303-4 figure 4)
_LEFT_MM: Final = 5.6


def zone(letters: str, number: str) -> tuple[str, ...]:
    """Return an MRZ whose names are ``letters``; with check digits (9303-4 §4.2.2)."""
    names, line = f"P<BGD{letters[:13]}<<{letters[13:]}", f"{number}0BGD6803140F3011190"
    line = with_check_digits(f"{line}<<<<<<<<<<<<<<00", (0, 9), (13, 19), (21, 27), (28, 42))
    composite = check_digit(line[0:10] + line[13:20] + line[21:43])
    return names.ljust(44, "<"), line[:43] + composite


ALL: Final = zone("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A23456789")


def specimen(folder: Path, lines: tuple[str, ...]) -> Path:
    """Write a new page on which ``lines`` are printed exactly as the mean print shows them."""
    strip = np.asarray(cv2.imread(str(STRIP), cv2.IMREAD_GRAYSCALE), np.uint8)
    page: Image = np.full((round(88 * PIXELS_PER_MM), round(125 * PIXELS_PER_MM)), 205, np.uint8)
    for text, middle in zip(lines, _TOP_MM, strict=True):
        top = round(middle * PIXELS_PER_MM) - CELL_HEIGHT // 2
        for number, character in enumerate(text):
            left = round(_LEFT_MM * PIXELS_PER_MM) + number * CELL_WIDTH
            cell = strip[:, ALPHABET.index(character) * CELL_WIDTH :][:, :CELL_WIDTH]
            page[top : top + CELL_HEIGHT, left : left + CELL_WIDTH] = cell
    for light in ("white", "infrared", "ultraviolet"):
        cv2.imwrite(str(folder / f"one.{light}.png"), page)
    scale = np.diag([PIXELS_PER_MM, PIXELS_PER_MM, 1.0]).tolist()
    truth = {"stem": "one", "page_to_pixels": scale, "mrz": lines}
    (folder / "truth.jsonl").write_text(json.dumps(truth) + "\n", "utf-8")
    return folder


def measured(monkeypatch: pytest.MonkeyPatch, folder: Path, out: Path) -> Image:
    monkeypatch.setattr(sys, "argv", ["mean_print", str(folder), "--out", str(out)])
    main()
    return np.asarray(cv2.imread(str(out), cv2.IMREAD_GRAYSCALE), np.uint8)


def test_gives_back_what_was_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strip = np.asarray(cv2.imread(str(STRIP), cv2.IMREAD_GRAYSCALE), np.uint8)
    found = measured(monkeypatch, specimen(tmp_path, ALL), tmp_path / "found.png")
    assert found.shape == strip.shape
    assert np.corrcoef(found.ravel(), strip.ravel())[0, 1] > 0.9


def test_says_which_characters_no_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = zone("ABCDEFGHIJKLMNOPRSTUVWXYZ", "A23456089")
    with pytest.raises(SystemExit, match="no 7Q on these pages"):
        measured(monkeypatch, specimen(tmp_path, without), tmp_path / "found.png")
