"""The optical checks of rendered pages: genuine, worn, forged, hostile."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from egate.domain.optical_finding import Light
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.models.library import DocumentModels
from egate.optical.page_geometry import PageGeometry
from egate.ports.devices import PageScan
from tests.optical_pages import Page, forged_page, optical_page

SEED = 777_001
OPTICAL = (
    CheckId.MRZ_PRINT,
    CheckId.OPTICAL_IR,
    CheckId.OPTICAL_UV,
    CheckId.PHOTOGRAPH,
    CheckId.PATTERN,
)


@pytest.fixture(scope="module")
def genuine() -> Page:
    return optical_page("bd_e_passport", SEED)


@pytest.mark.parametrize("document", ["bd_e_passport", "bd_mrp", "bd_visa"])
def test_a_genuine_page_passes_every_check(document: str) -> None:
    findings = optical_page(document, SEED).findings()
    assert {id_: findings[id_].outcome for id_ in OPTICAL} == dict.fromkeys(
        OPTICAL, Outcome.SUCCESSFUL
    )
    for id_ in OPTICAL:
        found = findings[id_]
        assert found.score is not None
        assert found.threshold is not None
        assert found.score >= found.threshold


def test_a_worn_page_fails_nothing() -> None:
    findings = optical_page("bd_e_passport", SEED, damage=2).findings()
    assert not [id_ for id_ in OPTICAL if findings[id_].outcome is Outcome.FAILED]


def rubbed(page: Page) -> Page:
    """Take most of the ink of some characters of the MRZ away."""
    corners = page.reading.geometry.pixels([(30.0, 66.0), (50.0, 86.0)])
    (left, top), (right, bottom) = corners.astype(int)
    white = page.scan.white.copy()
    piece = white[top:bottom, left:right]
    piece[:] = 0.3 * piece + 0.7 * np.percentile(piece, 80, axis=(0, 1))
    return replace(page, scan=replace(page.scan, white=white))


def test_wear_is_not_called_forgery() -> None:
    """Where characters are hardly legible, an officer judges what print shows."""
    changed = forged_page("bd_e_passport", SEED, "visual_zone_changed")
    found = rubbed(changed).findings()[CheckId.MRZ_VIZ]
    assert found.outcome is Outcome.UNDETERMINED
    assert found.detail.startswith("on a worn page: not as in the MRZ: ")
    assert found.region == changed.findings()[CheckId.MRZ_VIZ].region
    assert found.score is not None


def test_nor_does_it_hide_ink_that_infrared_does_not_see() -> None:
    page = rubbed(forged_page("bd_e_passport", SEED, "mrz_visible_ink_only"))
    assert page.findings()[CheckId.OPTICAL_IR].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("species", "check_id"),
    [
        ("photo_substituted", CheckId.PHOTOGRAPH),
        ("mrz_visible_ink_only", CheckId.OPTICAL_IR),
        ("uv_bright_paper", CheckId.OPTICAL_UV),
        ("other_specimen", CheckId.PATTERN),
        ("copy_on_paper", CheckId.OPTICAL_UV),
        ("screen", CheckId.OPTICAL_IR),
        ("visual_zone_changed", CheckId.MRZ_VIZ),
    ],
)
def test_a_forged_page_fails_the_check_that_is_made_for_it(species: str, check_id: CheckId) -> None:
    found = forged_page("bd_e_passport", SEED, species).findings()[check_id]
    assert found.outcome is Outcome.FAILED
    assert found.detail
    assert found.score is not None
    assert found.threshold is not None
    assert found.score < found.threshold


def test_altered_characters_are_shown_where_they_stand() -> None:
    findings = forged_page("bd_e_passport", SEED, "mrz_altered").findings()
    failed = [found for found in findings.values() if found.outcome is Outcome.FAILED]
    assert failed
    about_the_mrz = [found for found in failed if found.detail.startswith("characters of the MRZ")]
    assert about_the_mrz
    assert all(found.region is not None and found.region.top > 0.7 for found in about_the_mrz)


def test_a_substituted_photograph_is_shown_where_it_is() -> None:
    page = forged_page("bd_e_passport", SEED, "photo_substituted")
    region = page.findings()[CheckId.PHOTOGRAPH].region
    assert region is not None
    frame = page.reading.geometry.region(*page.photograph)
    assert frame.left - 0.01 <= region.left
    assert region.left + region.width <= frame.left + frame.width + 0.01


@pytest.mark.parametrize("document", ["bd_visa", "bd_mrp", "bd_travel_permit"])
def test_a_photograph_printed_over_the_scraped_one_is_found_by_what_shines_through_it(
    document: str,
) -> None:
    """Its ink is like the right one; the scraped fluorescent lines are left, but faint."""
    page = optical_page(document, SEED)
    left, top, width, height = page.photograph
    corners = page.reading.geometry.pixels([(left, top), (left + width, top + height)])
    (left, top), (right, bottom) = corners.astype(int)
    shining = page.scan.ultraviolet.copy()
    piece = shining[top:bottom, left:right]
    piece[:] = cv2.addWeighted(piece, 0.3, cv2.GaussianBlur(piece, (0, 0), 25), 0.7, 0)
    scraped = replace(page, scan=replace(page.scan, ultraviolet=shining))
    found = scraped.findings()[CheckId.PHOTOGRAPH]
    assert found.outcome is Outcome.FAILED
    assert found.detail.startswith("fluorescent print through the photograph: does not go on")


def test_a_reading_that_leans_is_laid_flat(genuine: Page) -> None:
    """Lines of an MRZ a little closer than they should be seem to lean away at the head."""
    leaning = genuine.reading.geometry.to_pixels @ np.array(
        [[1, 0, 0], [0, 1, 0], [0, -4e-4, 1 + 75 * 4e-4]]
    )
    reading = replace(genuine.reading, geometry=PageGeometry(leaning, (1, 1)))
    findings = replace(genuine, reading=reading).findings()
    assert not [id_ for id_ in OPTICAL if findings[id_].outcome is Outcome.FAILED]


def test_a_scanner_without_a_light_does_not_support_its_checks(genuine: Page) -> None:
    findings = genuine.without("infrared", "ultraviolet").findings()
    assert findings[CheckId.OPTICAL_IR].outcome is Outcome.NOT_SUPPORTED
    assert findings[CheckId.OPTICAL_IR].detail == "the scanner has no infrared image"
    assert findings[CheckId.OPTICAL_UV].outcome is Outcome.NOT_SUPPORTED
    assert findings[CheckId.OPTICAL_UV].light is Light.ULTRAVIOLET
    assert findings[CheckId.MRZ_PRINT].outcome is Outcome.SUCCESSFUL
    assert findings[CheckId.PATTERN].outcome is Outcome.SUCCESSFUL


def test_without_a_model_only_the_mrz_is_checked(genuine: Page) -> None:
    findings = genuine.findings(DocumentModels(()))
    assert findings[CheckId.MRZ_PRINT].outcome is Outcome.SUCCESSFUL
    assert findings[CheckId.OPTICAL_IR].outcome is Outcome.SUCCESSFUL
    for id_ in (CheckId.PHOTOGRAPH, CheckId.PATTERN):
        assert findings[id_].outcome is Outcome.NOT_SUPPORTED
        assert findings[id_].detail == "no model of this document"


def test_of_another_states_document_what_9303_demands_is_checked() -> None:
    findings = optical_page("td3", SEED).findings()
    for id_ in (CheckId.MRZ_PRINT, CheckId.OPTICAL_IR, CheckId.OPTICAL_UV):
        assert findings[id_].outcome is Outcome.SUCCESSFUL
    for id_ in (CheckId.PHOTOGRAPH, CheckId.PATTERN):
        assert findings[id_].outcome is Outcome.NOT_SUPPORTED


def test_bright_paper_of_another_states_document_is_found() -> None:
    page = optical_page("td3", SEED)
    shining = np.full_like(page.scan.white, (220, 160, 90))
    found = replace(page, scan=replace(page.scan, ultraviolet=shining)).findings()
    assert found[CheckId.OPTICAL_UV].outcome is Outcome.FAILED
    assert found[CheckId.OPTICAL_UV].detail == "paper: shines where the model's is dull"


def test_a_page_that_glares_is_not_called_forged(genuine: Page) -> None:
    blinding = PageScan(*(np.full_like(each, 255) for each in _images(genuine)[:1]))
    findings = replace(genuine, scan=blinding).findings()
    assert not [each for each in findings.values() if each.outcome is Outcome.FAILED]
    assert findings[CheckId.MRZ_PRINT].outcome is Outcome.UNDETERMINED
    assert findings[CheckId.PATTERN].outcome is Outcome.UNDETERMINED


def test_an_mrz_too_worn_to_compare_is_undetermined(genuine: Page) -> None:
    white = genuine.scan.white.copy()
    white[-300:] = 200
    findings = replace(genuine, scan=replace(genuine.scan, white=white)).findings()
    assert findings[CheckId.MRZ_PRINT].outcome is Outcome.UNDETERMINED
    assert findings[CheckId.OPTICAL_IR].outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (40, 30)])
def test_images_of_hostile_sizes_are_survived(genuine: Page, size: tuple[int, int]) -> None:
    height, width = size
    colours = np.random.default_rng(5).integers(0, 255, (height, width, 3)).astype(np.uint8)
    findings = replace(genuine, scan=PageScan(colours, colours[..., 0], colours)).findings()
    assert set(OPTICAL) <= set(findings)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_page_whose_place_is_not_known_is_undetermined(genuine: Page, wrong: float) -> None:
    geometry = PageGeometry(np.full((3, 3), wrong), (100, 100))
    findings = replace(genuine, reading=replace(genuine.reading, geometry=geometry)).findings()
    assert {found.outcome for found in findings.values()} == {Outcome.UNDETERMINED}


def _images(page: Page) -> list[np.ndarray]:
    scan = page.scan
    return [each for each in (scan.white, scan.infrared, scan.ultraviolet) if each is not None]
