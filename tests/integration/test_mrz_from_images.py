"""Reading the MRZ of pages that the simulated scanner rendered, as a user's program does."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from egate.biometrics.opencv import cv2
from egate.cli.main import main
from egate.emrtd.mrz.check_digit import check_digit
from egate.optical.mrz_image.candidate import Readers
from egate.optical.mrz_image.cells import Cells
from egate.optical.mrz_image.reading import (
    READERS,
    MrzImageReading,
    MrzImageUnread,
    read_mrz_image,
)
from egate.optical.mrz_image.windows import Probabilities
from egate.optical.ocr_b import ALPHABET
from tests.mrz_image_pages import Image, RenderedPage, corners_seen, leaning, render, skewed

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def passport(tmp_path_factory: pytest.TempPathFactory) -> RenderedPage:
    return render(tmp_path_factory.mktemp("td3"), "bd_e_passport", "--seed", "31", "--damage", "1")


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> RenderedPage:
    return render(tmp_path_factory.mktemp("td1"), "td1", "--seed", "32", "--damage", "0")


@pytest.fixture(scope="module")
def visa(tmp_path_factory: pytest.TempPathFactory) -> RenderedPage:
    return render(tmp_path_factory.mktemp("visa"), "bd_visa", "--seed", "33", "--damage", "0")


def read(image: Image, readers: Readers = READERS) -> MrzImageReading:
    result = read_mrz_image(image, TODAY, readers)
    assert isinstance(result, MrzImageReading), result
    return result


def unread(image: Image, readers: Readers = READERS) -> str:
    result = read_mrz_image(image, TODAY, readers)
    assert isinstance(result, MrzImageUnread)
    return result.reason


def test_a_passport_a_card_and_a_visa(
    passport: RenderedPage, card: RenderedPage, visa: RenderedPage
) -> None:
    for page, kind in ((passport, "TD3"), (card, "TD1"), (visa, "MRV-A")):
        result = read(page.image)
        assert result.lines == page.lines
        assert result.mrz.format == kind
        assert result.mrz.is_valid
        assert [len(line) for line in result.confidence] == [len(line) for line in page.lines]
        assert all(0 < each <= 1 for line in result.confidence for each in line)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_lies_turned(passport: RenderedPage, quarters: int) -> None:
    assert read(np.ascontiguousarray(np.rot90(passport.image, quarters))).lines == passport.lines


@pytest.mark.parametrize(("degrees", "scale"), [(7.0, 1.0), (-18.0, 0.8), (97.0, 0.7), (40.0, 0.8)])
def test_a_page_that_lies_askew(passport: RenderedPage, degrees: float, scale: float) -> None:
    assert read(skewed(passport.image, degrees, scale)).lines == passport.lines


def test_a_page_photographed_at_an_angle(passport: RenderedPage) -> None:
    assert read(leaning(passport.image, 0.08)).lines == passport.lines


def test_a_page_that_fills_a_fifth_of_a_dim_photograph(passport: RenderedPage) -> None:
    small = cv2.resize(passport.image, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    photograph = np.full((height * 2, width * 2, 3), 90, np.uint8)
    photograph[height // 2 : height // 2 + height, width // 3 : width // 3 + width] = small
    shade = np.linspace(0.35, 0.9, photograph.shape[1])[None, :, None]
    assert read((photograph * shade).astype(np.uint8)).lines == passport.lines


def test_where_the_page_lies(passport: RenderedPage) -> None:
    width, height = passport.truth["page_mm"]
    found = read(passport.image).geometry.pixels([(0, 0), (width, 0), (width, height), (0, height)])
    millimetre = passport.truth["dpi"] / 25.4
    # 9303-4 §4.2.1 lets the MRZ itself be printed 1 mm off.
    assert np.abs(found - corners_seen(passport)).max() < 1.5 * millimetre


def test_images_without_an_mrz() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (600, 900, 3), dtype=np.uint8)
    stripes = np.where(np.arange(900) // 9 % 2, 20, 230).astype(np.uint8)
    for image in (
        np.full((600, 900, 3), 255, np.uint8),
        noise,
        np.ascontiguousarray(np.broadcast_to(stripes[None, :, None], (600, 900, 3))),
        np.zeros((1, 5000, 3), np.uint8),
        np.zeros((3, 3, 3), np.uint8),
    ):
        assert unread(image)


def test_two_documents_in_one_image_are_nobody_s(
    passport: RenderedPage, visa: RenderedPage
) -> None:
    width = min(passport.image.shape[1], visa.image.shape[1])
    both = np.vstack([passport.image[:, :width], visa.image[:, :width]])
    assert "two" in unread(both)


def confused(what: Readers, seen: str, as_: str) -> Readers:
    """Break the second reader: it takes one character for another."""

    def second(cells: Cells) -> Probabilities:
        probabilities = what.second(cells).copy()
        one, other = ALPHABET.index(seen), ALPHABET.index(as_)
        probabilities[:, [one, other]] = probabilities[:, [other, one]]
        return probabilities

    return Readers(what.first, second)


def test_readers_that_differ_in_a_name_are_not_believed(passport: RenderedPage) -> None:
    letter = passport.lines[0][5]
    other = "Q" if letter != "Q" else "H"
    reason = unread(passport.image, confused(READERS, letter, other))
    assert reason.startswith("two readings differ at line 1, column ")
    assert int(reason.rsplit(" ", 1)[1]) >= 6


def altered(page: RenderedPage, column: int) -> tuple[Image, str]:
    """Paste another digit of the page's own over one of line 2."""
    line = page.lines[1]
    to_pixels = np.array(page.truth["page_to_pixels"])
    other = next(
        at
        for at, each in enumerate(line)
        if each.isdigit() and each != line[column] and at not in (column,)
    )
    image = page.image.copy()
    boxes = []
    for at in (other, column):
        left, top = 6.0 + 2.54 * at, page.truth["page_mm"][1] - 9.40 - 2.0
        corner = to_pixels @ (left, top, 1.0)
        boxes.append(np.round(corner[:2] / corner[2]).astype(int))
    size = np.round(np.array((2.54, 4.0)) * page.truth["dpi"] / 25.4).astype(int)
    (x, y), (to_x, to_y) = boxes
    image[to_y : to_y + size[1], to_x : to_x + size[0]] = page.image[
        y : y + size[1], x : x + size[0]
    ]
    return image, line[:column] + line[other] + line[column + 1 :]


def test_an_altered_check_digit_is_reported_and_never_mended(passport: RenderedPage) -> None:
    image, line = altered(passport, 19)
    assert check_digit(line[13:19]) != line[19]
    result = read_mrz_image(image, TODAY)
    if isinstance(result, MrzImageReading):
        assert result.lines[1] == line
        assert not result.mrz.check_digits["date_of_birth"]
        assert not result.mrz.is_valid
        assert not any(repair.line == 2 for repair in result.repaired)
    else:
        assert result.reason.startswith("a check digit is wrong")


def test_nothing_personal_is_shown_by_accident(passport: RenderedPage) -> None:
    shown = repr(read(passport.image))
    assert passport.lines[1][:8] not in shown
    assert passport.truth["visual_zone"]["surname"] not in shown


def test_the_command(
    passport: RenderedPage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.png"
    file.write_bytes(cv2.imencode(".png", passport.image)[1].tobytes())
    assert main(["mrz", "read", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    lines = tmp_path / "mrz.txt"
    lines.write_text("\n".join(passport.lines))
    assert main(["mrz", "parse", str(lines), "--json"]) == 0
    parsed = json.loads(capsys.readouterr().out)
    assert parsed.items() <= document.items()
    assert [len(line) for line in document["confidence"]] == [44, 44]
    for repair in document["repaired"]:
        assert set(repair) == {"line", "column", "from", "to", "proof"}
    assert main(["mrz", "read", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == list(passport.lines)


def test_the_command_on_what_is_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank = tmp_path / "blank.png"
    blank.write_bytes(cv2.imencode(".png", np.full((300, 400, 3), 255, np.uint8))[1].tobytes())
    assert main(["mrz", "read", str(blank), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "valid": False,
        "reason": "no machine readable zone was found",
    }
    text = tmp_path / "page.txt"
    text.write_text("P<UTO")
    assert main(["mrz", "read", str(text)]) == 2
    assert capsys.readouterr().err == f"egate: {text}: neither JPEG, PNG nor JPEG 2000\n"
