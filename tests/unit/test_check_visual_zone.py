"""COMBINED.MRZ_VIZ on drawn pages: what agrees, what was changed, what cannot be read."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.models.library import read_models
from egate.optical.visual_zone.check import check_visual_zone
from egate.optical.visual_zone.visual_field import VisualField
from tests.visual_zone_pages import CAPITAL_MM, MODEL, PLACES, VALUES, Image, Model, page, reading


def checked(image: Image, model: Model | None = MODEL) -> OpticalFinding:
    finding = check_visual_zone(image, reading(), model)
    assert finding.check_id is CheckId.MRZ_VIZ
    for name in ("passport number", "surname", "given names", "date of birth"):
        assert VALUES[name] not in repr(finding)
    return finding


def covered(image: Image, name: str, how: str) -> Image:
    """Return ``image`` with a field wiped out, or under glare."""
    left, top, _, height = PLACES[name]
    corners = [
        (left - 1, top - 0.6),
        (left + 40, top - 0.6),
        (left + 40, top + height + 0.5),
        (left - 1, top + height + 0.5),
    ]
    points = reading().geometry.pixels(corners).round().astype(np.int32)
    if how == "empty":
        return np.asarray(cv2.fillPoly(image.copy(), [points], (215, 226, 222)), np.uint8)
    mask = cv2.fillPoly(np.zeros(image.shape[:2], np.uint8), [points], 1)[:, :, None]
    blurred = cv2.GaussianBlur(image, (0, 0), 14)
    return np.where(mask == 1, blurred, image).astype(np.uint8)


def test_a_page_that_says_what_its_mrz_says() -> None:
    finding = checked(page())
    assert finding.outcome is Outcome.SUCCESSFUL
    assert finding.detail == f"as in the MRZ: {', '.join(VALUES)}"
    assert finding.region is None
    assert finding.score is not None
    assert finding.threshold is not None
    assert finding.score > finding.threshold


@pytest.mark.parametrize(
    ("name", "value", "letter"),
    [
        ("passport number", "K10298847", 5),
        ("passport number", "H10293847", 0),
        ("surname", "RAHMAN CHOWDHARY", 13),
        ("given names", "NASRAT JAHAN", 1),
        ("nationality", "BANGLADESHA", 10),
        ("date of birth", "14 MAR 1983", 10),
        ("date of birth", "14 MAY 1988", 5),
        ("sex", "M", 0),
        ("date of expiry", "12 SEP 2037", 10),
        ("country", "BGB", 2),
    ],
)
def test_one_letter_that_was_changed(name: str, value: str, letter: int) -> None:
    finding = checked(page(**{name.replace(" ", "_"): value}))
    assert finding.outcome is Outcome.FAILED
    assert finding.detail == f"not as in the MRZ: {name}"
    assert finding.score is not None
    assert finding.threshold is not None
    assert finding.score < finding.threshold
    # The officer is shown that letter: within one and a half letters, in the line of the field.
    assert finding.region is not None
    left, top, _, height = PLACES[name]
    line = reading().geometry.region(left, top, 60.0, height)
    middle = finding.region.left + finding.region.width / 2 - line.left
    in_mm = middle * 1530 / 11.8
    assert in_mm == pytest.approx((letter + 0.5) * CAPITAL_MM * 0.95, abs=3.2 + 0.1 * letter)
    assert abs(finding.region.top - line.top) < 0.02


def test_a_page_of_another_layout_is_no_forgery() -> None:
    """The model of another series: its fields are where this page has other ones."""
    moved = {name: PLACES[other] for name, other in zip(VALUES, [*VALUES][1:], strict=False)}
    fields = [
        each.model_copy(update={"box": moved.get(each.name, each.box)})
        for each in MODEL.visual_zone
    ]
    assert checked(page(), Model(tuple(fields))).outcome is Outcome.UNDETERMINED


def test_another_person() -> None:
    finding = checked(page(surname="ISLAM", given_names="FARHAN", date_of_birth="02 JAN 1999"))
    assert finding.outcome is Outcome.FAILED
    assert finding.detail == "not as in the MRZ: surname, given names, date of birth"


@pytest.mark.parametrize("how", ["empty", "blurred"])
@pytest.mark.parametrize("name", ["passport number", "given names", "date of birth"])
def test_what_cannot_be_read_is_no_forgery(name: str, how: str) -> None:
    finding = checked(covered(page(), name, how))
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.detail == f"cannot be read with certainty: {name}"
    assert finding.score is None


def test_print_in_lower_case_and_with_marks() -> None:
    image = page(
        surname="Rahmân-Chowdhury", given_names="Nusrat Jáhan", date_of_birth="14 Mar 1988"
    )
    assert checked(image).outcome is Outcome.SUCCESSFUL


def test_dates_in_french_and_spanish() -> None:
    image = page(date_of_expiry="12 SET 2031", date_of_birth="14 MARS 1988")
    assert checked(image).outcome is Outcome.SUCCESSFUL


@pytest.mark.parametrize("model", [None, Model(())])
def test_a_page_without_a_model(model: Model | None) -> None:
    finding = checked(page(), model)
    assert finding.outcome is Outcome.SUCCESSFUL
    assert finding.detail == "as in the MRZ: document number, date of birth, date of expiry"


def test_a_page_without_a_model_whose_number_was_changed() -> None:
    finding = checked(page(passport_number="K10298847"), None)
    assert finding.outcome is Outcome.FAILED
    assert finding.detail == "not as in the MRZ: document number"
    place = reading().geometry.region(*PLACES["passport number"])
    assert finding.region is not None
    assert finding.region.top == pytest.approx(place.top, abs=0.02)


@pytest.mark.parametrize(
    "changed", [{"date_of_birth": "14 MAR 1983"}, {"passport_number": "Z99900011"}]
)
def test_without_a_model_other_dates_and_numbers_prove_nothing(changed: dict[str, str]) -> None:
    assert checked(page(**changed), None).outcome is Outcome.UNDETERMINED


def test_a_card_has_its_mrz_on_the_other_side() -> None:
    lines = (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    )
    finding = check_visual_zone(page(), reading(lines), None)
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.detail == "nothing on this page to compare with the MRZ"


@pytest.mark.parametrize("shape", [(1, 1, 3), (40, 3000, 3)])
@pytest.mark.parametrize("model", [None, MODEL])
def test_pictures_of_anything(shape: Sequence[int], model: Model | None) -> None:
    noise = np.random.default_rng(2).integers(0, 256, tuple(shape), np.uint8)
    assert check_visual_zone(noise, reading(), model).outcome is not Outcome.SUCCESSFUL


def test_the_model_of_the_e_passport_has_its_fields() -> None:
    (model,) = [each for each in read_models().models if each.name == "bd_e_passport"]
    kinds = {each.kind.value for each in model.visual_zone}
    assert kinds >= {"document_number", "primary_identifier", "date_of_birth", "date_of_expiry"}


def test_a_field_beside_the_page() -> None:
    """A model may be of another size than the page: nothing is there, and nothing breaks."""
    far = VisualField(name="number", kind="document_number", box=(190.0, 180.0, 20.0, 3.0))
    assert checked(page(), Model((far,))).outcome is Outcome.UNDETERMINED
