"""Pictures of every state of the display, to be looked at.

``pytest tests/browser/test_display_pictures.py --screenshots FOLDER`` makes them all, and contact
sheets of them; without the option a few are made and thrown away.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.gate.display.presentation import Sight
from tests.conftest import ROOT
from tests.display_page import STATES, MakeGate, Resize, Serve, Until, presentation, show, watching

_HALLS: Final = ("bn-en", "en", "ar-en", "hi-en", "bn-en-ar-hi")
_SIZES: Final = ((1080, 1920), (1920, 1080))
_A_FEW: Final = ("keep_document", "go_back", Guidance.TAKE_OFF)
_PERSON: Final = ROOT / "hardware_mocks" / "photographs" / "P002" / "selfie.jpg"
_COLUMNS: Final = {1080: 7, 1920: 4}
_READ: Final = 0.6
_MOVED: Final = (
    "const moving = document.getAnimations(); for (const one of moving)"
    " { one.pause(); one.currentTime = 700; }"
    "return document.querySelector('.mirror').checkVisibility()"
    " || document.querySelector('.measured')?.checkVisibility() || false"
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("hall", _HALLS)
def test_each_state_has_its_picture(  # noqa: PLR0913, PLR0917 - the fixtures of a page
    browser: WebDriver,
    serve: Serve,
    until: Until,
    make_gate: MakeGate,
    resize: Resize,
    pictures: tuple[Path, bool],
    hall: str,
) -> None:
    folder, all_of_them = pictures
    gate, sight = make_gate("BDDAC-A-01"), Sight()
    sight.chip.share = _READ
    app = display_app(gate, presentation(*hall.split("-")), sight)
    person = cv2.imread(str(_PERSON))
    with serve(app, beside=lambda: watching(sight.mirror, person)) as url:
        browser.get(url)
        for width, height in _SIZES if all_of_them else _SIZES[:1]:
            resize(width, height)
            made = []
            for name in STATES if all_of_them else _A_FEW:
                show(browser, gate, name, until)
                moves = name in set(Guidance) or name == "keep_document"
                until(lambda moves=moves: browser.execute_script(_MOVED) is moves)
                made.append(folder / f"{hall}-{width}x{height}-{name}.png")
                browser.save_screenshot(str(made[-1]))
            seen = [cv2.imread(str(file)) for file in made]
            assert {picture.shape[:2] for picture in seen} == {(height, width)}
            assert all(picture.std() > 10 for picture in seen)
            sheet = folder / f"sheet-{hall}-{width}x{height}.png"
            cv2.imwrite(str(sheet), _sheet(seen, _COLUMNS[width], width // 4))


def _sheet(pictures: Sequence[np.ndarray], columns: int, width: int) -> np.ndarray:
    """Return ``pictures`` side by side, reduced to ``width``."""
    height = pictures[0].shape[0] * width // pictures[0].shape[1]
    tiles = [cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA) for one in pictures]
    tiles = [
        cv2.copyMakeBorder(one, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=(255, 255, 255))
        for one in tiles
    ]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % columns)
    rows = [cv2.hconcat(tiles[at : at + columns]) for at in range(0, len(tiles), columns)]
    return cv2.vconcat(rows)
