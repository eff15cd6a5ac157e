"""Specimens of documents: which are found for a document, and what a folder must hold."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from egate.biometrics.face_image import decode_face_image
from egate.console.cases.specimens import MAX_SPECIMENS, Specimens
from egate.domain.optical_finding import Light
from egate.settings import SettingsError
from tests.case_samples import DOCUMENT


def picture(brightness: int = 90, sides: tuple[int, int] = (88, 125)) -> bytes:
    image = np.full((*sides, 3), brightness, np.uint8)
    return bytes(cv2.imencode(".png", image)[1])


def put(folder: Path, model: str, *lights: str, content: bytes | None = None) -> Path:
    place = folder / model
    place.mkdir(parents=True)
    for light in lights:
        (place / light).write_bytes(picture() if content is None else content)
    return place


def test_a_document_finds_the_specimens_of_its_state_and_kind(tmp_path: Path) -> None:
    put(tmp_path, "BGD/P/e-passport 2020", "white.png", "infrared.png", "ultraviolet.jpg")
    put(tmp_path, "BGD/P/MRP 2010", "white.png")
    put(tmp_path, "BGD/PD/diplomatic", "white.png")
    put(tmp_path, "D/P/passport", "white.png")
    specimens = Specimens.of_folder(tmp_path)

    def names(state: str, code: str) -> list[str]:
        found = specimens.of(replace(DOCUMENT, issuing_state=state, document_code=code))
        return [each.name for each in found]

    assert names("BGD", "P") == names("BGD", "P<") == ["MRP 2010", "e-passport 2020"]
    assert names("BGD", "PD") == ["diplomatic"]
    assert names("BGD", "PS") == ["MRP 2010", "e-passport 2020"]
    assert names("D<<", "P") == ["passport"]
    assert names("IND", "P") == names("BGD", "V") == names("BGD", "") == []
    assert specimens.of(None) == ()


def test_pictures_are_made_as_those_of_a_page(tmp_path: Path) -> None:
    large = picture(70, (2078, 2952))  # of TD3 at 600 dots an inch
    put(tmp_path, "BGD/P/one", "white.png", content=large)
    (specimen,) = Specimens.of_folder(tmp_path).of(DOCUMENT)
    assert list(specimen.pictures) == [Light.WHITE]
    assert decode_face_image(specimen.pictures[Light.WHITE]).shape == (880, 1250, 3)


def test_what_is_hidden_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "BGD/P/one", "white.png", ".white.png.part")
    (tmp_path / ".git").mkdir()
    assert len(Specimens.of_folder(tmp_path).of(DOCUMENT)) == 1


Make = Callable[[Path], object]


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda at: at.rmdir(), "No such file"),
        (lambda at: (at / "readme.txt").write_text(""), "readme.txt: not the folder of a State"),
        (lambda at: put(at, "bgd/P/one", "white.png"), "bgd: not the folder of a State"),
        (lambda at: put(at, "BGD/passport/one", "white.png"), "passport: not the folder of a code"),
        (lambda at: put(at, "BGD/P/../P/_", "white.png"), "_: not the folder of a name"),
        (lambda at: put(at, "BGD/P/one"), "one: no picture white.jpg or white.png"),
        (lambda at: put(at, "BGD/P/one", "infrared.png"), "no picture white"),
        (lambda at: put(at, "BGD/P/one", "white.png", "red.png"), "red.png: not one picture"),
        (lambda at: put(at, "BGD/P/one", "white.png", "white.jpg"), "not one picture"),
        (lambda at: put(at, "BGD/P/one", "white.gif"), "white.gif: not one picture"),
        (lambda at: put(at, "BGD/P/one", "white.png", content=b"GIF89a"), "neither JPEG, PNG"),
        (lambda at: put(at, "BGD/P/one", "white.png", content=bytes((16 << 20) + 1)), "bytes"),
        (
            lambda at: [put(at, f"BGD/P/{n}", "white.png") for n in range(MAX_SPECIMENS + 1)],
            f"more than {MAX_SPECIMENS}",
        ),
    ],
)
def test_what_is_no_specimen_is_named(tmp_path: Path, make: Make, fault: str) -> None:
    folder = tmp_path / "specimens"
    folder.mkdir()
    make(folder)
    with pytest.raises(SettingsError, match=fault) as caught:
        Specimens.of_folder(folder)
    assert str(caught.value).startswith(f"specimens: {folder}")
    assert "\n" not in str(caught.value)
