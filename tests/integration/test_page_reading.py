"""Pages as lanes and desks read them: what opens a chip, and what is checked all the same."""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest

from egate.domain.optical_finding import Light
from egate.emrtd.checks import CheckId, Outcome
from egate.optical import page_reading
from egate.optical.mrz_image.reading import MrzImageReading, MrzImageUnread, read_mrz_image
from egate.optical.page_findings import findings_of
from egate.optical.page_image import decode_page_image
from egate.optical.page_reading import PageRead, ReadPage, page_reader
from egate.ports.devices import PageScan
from egate.trust.collection import Collection
from tests.optical_pages import optical_page
from tests.page_samples import rendered
from tests.sealed_documents import Trust
from tests.trust_forge import TODAY

SEED: Final = 780
DARK: Final = 25
Image = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def read() -> ReadPage:
    return page_reader(Trust(Collection()))


def infrared_of(scan: PageScan, page: PageRead | MrzImageUnread) -> tuple[Outcome, str]:
    (found,) = (e for e in findings_of(scan, page) if e.check_id is CheckId.OPTICAL_IR)
    return found.outcome, found.detail


def test_an_mrz_that_all_lights_show_is_for_the_chip(read: ReadPage) -> None:
    page = read(optical_page("bd_e_passport", SEED).scan, TODAY)
    assert isinstance(page, PageRead)
    assert page.lines == page.mrz.lines


@pytest.mark.parametrize(
    ("seed", "detail"),
    [
        (782, "characters of the MRZ: in ink that infrared does not see"),
        (780, "MRZ: white and infrared light show different characters"),
    ],
    ids=["white light alone can be read", "neither"],
)
def test_an_altered_mrz_opens_no_chip_and_is_a_finding(
    read: ReadPage, seed: int, detail: str
) -> None:
    lights = {light: decode_page_image(png) for light, png in rendered(seed, "mrz_altered").items()}
    scan = PageScan(lights[Light.WHITE], lights[Light.INFRARED][:, :, 0], lights[Light.ULTRAVIOLET])
    page = read(scan, TODAY)
    assert not isinstance(page, PageRead) or page.lines == ()
    assert infrared_of(scan, page) == (Outcome.FAILED, detail)


@pytest.mark.parametrize(
    ("lights_differ", "outcome", "detail"),
    [
        (False, Outcome.UNDETERMINED, "MRZ: infrared light does not confirm it"),
        (True, Outcome.FAILED, "MRZ: white and infrared light show different characters"),
    ],
)
def test_a_check_of_infrared_that_succeeds_does_not_confirm_what_infrared_did_not(
    read: ReadPage,
    monkeypatch: pytest.MonkeyPatch,
    *,
    lights_differ: bool,
    outcome: Outcome,
    detail: str,
) -> None:
    def in_white_alone(
        white: Image, today: date, *, infrared: Image | None = None
    ) -> MrzImageReading | MrzImageUnread:
        if infrared is not None:
            return MrzImageUnread("two readings differ", lights_differ)
        return read_mrz_image(white, today)

    monkeypatch.setattr(page_reading, "read_mrz_image", in_white_alone)
    scan = optical_page("bd_e_passport", SEED).scan
    page = read(scan, TODAY)
    assert isinstance(page, PageRead)
    assert page.lines == ()
    assert infrared_of(scan, page) == (outcome, detail)


def test_a_screen_is_told_without_an_mrz(read: ReadPage) -> None:
    genuine = optical_page("bd_e_passport", SEED).scan
    white = np.full_like(genuine.white, 180)
    infrared = np.full_like(genuine.infrared, DARK)
    for scan, outcome in (
        (PageScan(white, infrared, genuine.ultraviolet), Outcome.FAILED),
        (PageScan(white, np.full_like(infrared, 180), genuine.ultraviolet), Outcome.UNDETERMINED),
        (PageScan(white // 9, infrared, genuine.ultraviolet), Outcome.UNDETERMINED),
    ):
        page = read(scan, TODAY)
        assert isinstance(page, MrzImageUnread)
        assert infrared_of(scan, page)[0] is outcome
