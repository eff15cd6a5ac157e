"""Reading the MRZ of a scan in white and infrared light, and how much is done for one image."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from egate.biometrics.opencv import cv2
from egate.cli.main import main
from egate.optical.mrz_image.candidate import Readers
from egate.optical.mrz_image.cells import Cells
from egate.optical.mrz_image.reading import (
    READERS,
    MrzImageReading,
    MrzImageUnread,
    read_mrz_image,
)
from egate.optical.mrz_image.windows import Probabilities
from tests.mrz_image_pages import Image, RenderedPage, render

TODAY = dt.date(2026, 11, 23)
MOST_CELLS = 1600


@pytest.fixture(scope="module")
def passport(tmp_path_factory: pytest.TempPathFactory) -> RenderedPage:
    return render(tmp_path_factory.mktemp("td3"), "bd_e_passport", "--seed", "31", "--damage", "1")


def place(page: RenderedPage, line: int, column: int) -> tuple[slice, slice]:
    """Return where a character of the page is in its image; line and column from 1."""
    left = 6.0 + 2.54 * (column - 1)
    top = page.truth["page_mm"][1] - (15.75, 9.40)[line - 1] - 2.0
    corner = np.array(page.truth["page_to_pixels"]) @ (left, top, 1.0)
    x, y = np.round(corner[:2] / corner[2]).astype(int)
    width, height = np.round(np.array((2.54, 4.0)) * page.truth["dpi"] / 25.4).astype(int)
    return slice(y, y + height), slice(x, x + width)


def stamped(page: RenderedPage) -> Image:
    """Stamp over the surname in an ink that infrared does not show."""
    image = page.image.copy()
    for column in range(6, 10):
        image[place(page, 1, column)] //= 12
    return image


def test_a_stamp_that_infrared_does_not_show(passport: RenderedPage) -> None:
    image = stamped(passport)
    assert isinstance(read_mrz_image(image, TODAY), MrzImageUnread)
    result = read_mrz_image(image, TODAY, infrared=passport.infrared)
    assert isinstance(result, MrzImageReading)
    assert result.lines == passport.lines


def test_lights_that_show_two_names_are_not_believed(passport: RenderedPage) -> None:
    name = passport.lines[0]
    other = next(at for at in range(7, 30) if name[at - 1] not in ("<", name[5]))
    image = passport.image.copy()
    image[place(passport, 1, 6)] = passport.image[place(passport, 1, other)]
    result = read_mrz_image(image, TODAY, infrared=passport.infrared)
    assert isinstance(result, MrzImageUnread)
    assert result.reason == "white and infrared light differ at line 1, column 6"
    assert result.lights_differ


def test_print_that_infrared_does_not_show_is_read_in_white(passport: RenderedPage) -> None:
    """Whether the ink is right is asked of a page that was read."""
    bare = np.full_like(passport.infrared, 210)
    result = read_mrz_image(passport.image, TODAY, infrared=bare)
    assert isinstance(result, MrzImageReading)
    assert result.lines == passport.lines


def test_pictures_of_two_sizes(passport: RenderedPage) -> None:
    with pytest.raises(ValueError, match="another size"):
        read_mrz_image(passport.image, TODAY, infrared=passport.infrared[1:])


def test_the_command_with_both_lights(
    passport: RenderedPage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    white, infrared, small = (tmp_path / f"{name}.png" for name in ("white", "infrared", "small"))
    white.write_bytes(cv2.imencode(".png", stamped(passport))[1].tobytes())
    infrared.write_bytes(cv2.imencode(".png", passport.infrared)[1].tobytes())
    small.write_bytes(cv2.imencode(".png", passport.infrared[:300])[1].tobytes())
    assert main(["mrz", "read", str(white), "--infrared", str(infrared), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == list(passport.lines)
    assert main(["mrz", "read", str(white), "--infrared", str(small)]) == 2
    assert capsys.readouterr().err == f"egate: {small}: not of the size of {white}\n"


class Hesitant:
    """Readers that see the characters and are sure of none; they count what they are shown."""

    def __init__(self) -> None:
        self.cells = 0

    def first(self, cells: Cells) -> Probabilities:
        self.cells += len(cells)
        return READERS.first(cells) * np.float32(0.3)

    def second(self, cells: Cells) -> Probabilities:
        return READERS.second(cells) * np.float32(0.3)


def test_an_image_full_of_lines_costs_no_more_than_a_bound(passport: RenderedPage) -> None:
    lines = passport.image[-260:]
    image = np.ascontiguousarray(np.vstack([lines] * 6))
    readers = Hesitant()
    result = read_mrz_image(
        image,
        TODAY,
        Readers(readers.first, readers.second),
        infrared=np.ascontiguousarray(image[:, :, 0]),
    )
    assert isinstance(result, MrzImageUnread)
    assert 0 < readers.cells <= MOST_CELLS
