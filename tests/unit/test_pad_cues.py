"""What each cue sees, on stimuli that are drawn: a head, a sheet, a screen, a video."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from egate.biometrics.presentation_attack.detector import cues_of
from egate.biometrics.presentation_attack.view import views_of
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting
from tests.pad_stimuli import HEAD, MASK, SCREEN, SHEET, VIDEO, Stimulus, sightings_of

BY_LIGHT = {"light_reaction", "light_relief", "light_reach"}
DARK = (0.0,) * 12


def cues(stimulus: Stimulus, lights: tuple[float, ...] | None = None) -> dict[str, float]:
    return cues_of(views_of(sightings_of(stimulus, *(() if lights is None else (lights,)))))


@pytest.fixture(scope="module")
def head() -> dict[str, float]:
    return cues(HEAD)


@pytest.fixture(scope="module")
def sheet() -> dict[str, float]:
    return cues(SHEET)


@pytest.fixture(scope="module")
def screen() -> dict[str, float]:
    return cues(SCREEN)


@pytest.fixture(scope="module")
def video() -> dict[str, float]:
    return cues(VIDEO)


def test_a_head_gives_no_cue_against_it(head: dict[str, float]) -> None:
    against = {name for name, value in head.items() if value > 0.2}
    assert against <= {"stillness"}  # a drawn face has no eyes to blink
    assert head.keys() >= BY_LIGHT | {"parallax", "surroundings", "borders", "spectrum"}


def test_a_plane_has_no_parallax(head: dict[str, float], sheet: dict[str, float]) -> None:
    assert (head["parallax"], sheet["parallax"]) == (0.0, 1.0)


def test_a_head_that_is_filmed_has_parallax(video: dict[str, float]) -> None:
    assert video["parallax"] == 0.0


def test_who_does_not_move_shows_neither_depth_nor_a_plane() -> None:
    still = cues(replace(HEAD, relief=0, sway=0))
    assert not still.keys() & {"parallax", "surroundings"}


def test_the_lane_behind_a_head_stays_and_a_sheet_goes_with_the_face(
    head: dict[str, float],
) -> None:
    assert head["surroundings"] < 0.1
    assert cues(replace(SHEET, sheet=2))["surroundings"] > 0.9


def test_the_black_of_hollows_is_blacker_than_that_of_ink_and_glass(
    head: dict[str, float], sheet: dict[str, float], screen: dict[str, float]
) -> None:
    assert head["black_level"] == 0.0
    assert sheet["black_level"] == screen["black_level"] == 1.0


def test_eyes_that_are_shut_for_a_moment_are_not_ink() -> None:
    """A fair face in a blink has nothing black, whatever the light was just then."""
    shut = [with_nothing_black(one) if one.light < 0.5 else one for one in sightings_of(HEAD)]
    assert cues_of(views_of(shut))["black_level"] == 0.0
    always = [with_nothing_black(one) for one in sightings_of(HEAD)]
    assert cues_of(views_of(always))["black_level"] == 1.0


def test_pupils_behind_the_holes_of_a_mask_do_not_hide_its_ink(
    head: dict[str, float], sheet: dict[str, float]
) -> None:
    mask = cues(MASK)
    assert mask["black_level"] < 0.1
    assert (head["hollows"], sheet["hollows"], mask["hollows"]) == (0.0, 1.0, 1.0)


def test_a_face_that_fills_few_pixels_shows_no_hollow() -> None:
    small = [
        replace(one, pixels=cv2.resize(one.pixels, None, fx=0.45, fy=0.45),
                box=tuple(0.45 * side for side in one.box), landmarks=0.45 * one.landmarks)
        for one in sightings_of(SHEET)
    ]  # fmt: skip
    assert "hollows" not in cues_of(views_of(small))


def test_hollows_are_looked_for_beside_the_eyes_though_the_frame_cuts_the_face() -> None:
    cut = [
        replace(one, pixels=one.pixels[:, 190:], box=(one.box[0] - 190, *one.box[1:]),
                landmarks=one.landmarks - (190, 0))
        for one in sightings_of(MASK)
    ]  # fmt: skip
    assert cues_of(views_of(cut))["hollows"] == 1.0


def test_hair_far_out_of_the_face_is_not_the_picture_of_a_sheet() -> None:
    """A soft lane, and a sharp outline of hair that goes with the head."""
    shown = [with_hair(one) for one in sightings_of(HEAD)]
    assert cues_of(views_of(shown))["surroundings"] < 0.1


def with_hair(sighting: FaceSighting) -> FaceSighting:
    """Return ``sighting`` with curls from the face out to twice its width, the lane blurred."""
    x, y, width, height = sighting.box
    rows, columns = np.indices(sighting.pixels.shape[:2])
    across, down = (columns - x) / width * 2 - 1, (rows - y) / height * 2 - 1
    curls = 60 * (np.sin(across * 25) * np.sin(down * 25) > 0)[..., None].astype(np.uint8)
    away = np.hypot(across, down)
    face, hair = ((away < limit)[..., None] for limit in (1.2, 2.2))
    lane = cv2.GaussianBlur(sighting.pixels, (0, 0), 3)
    pixels = np.where(face, sighting.pixels, np.where(hair, curls, lane))
    return replace(sighting, pixels=pixels.astype(np.uint8))


def with_nothing_black(sighting: FaceSighting) -> FaceSighting:
    """Return ``sighting`` with its dark parts as bright as a shaded part of skin."""
    shade = np.uint8(0.5 * np.median(sighting.pixels))
    return replace(sighting, pixels=np.maximum(sighting.pixels, shade))


def test_light_models_a_head_and_no_sheet(head: dict[str, float], sheet: dict[str, float]) -> None:
    assert head["light_relief"] < 0.1
    assert sheet["light_relief"] == 1.0


def test_light_reaches_what_is_on_the_sheet_and_not_the_lane(
    head: dict[str, float], sheet: dict[str, float]
) -> None:
    assert (head["light_reach"], sheet["light_reach"]) == (0.0, 1.0)


def test_a_screen_glows_by_itself(
    head: dict[str, float], sheet: dict[str, float], screen: dict[str, float]
) -> None:
    assert head["light_reaction"] == sheet["light_reaction"] == 0.0
    assert screen["light_reaction"] == 1.0
    assert not screen.keys() & {"light_relief", "light_reach"}


def test_what_the_glass_throws_back_lies_over_the_picture_evenly() -> None:
    sightings = [
        replace(one, pixels=cv2.add(one.pixels, np.full_like(one.pixels, int(25 * one.light))))
        for one in sightings_of(replace(SCREEN, bands=0))
    ]
    assert cues_of(views_of(sightings))["light_reaction"] > 0.8


def test_a_hall_that_lights_one_side_and_a_lamp_the_other_make_no_veil() -> None:
    found = cues_of(views_of([shaded(one) for one in sightings_of(HEAD)]))
    assert found["light_reaction"] < 0.1


def shaded(sighting: FaceSighting) -> FaceSighting:
    """Return ``sighting`` with a hall that is dark on the left, where the lamp stands."""
    across = np.linspace(-1, 1, sighting.pixels.shape[1])
    hall = 1 / (1 + np.exp(-9 * across)) + 0.15
    light = hall + 0.4 * sighting.light * hall[::-1]
    shade = (light / light.max()) ** (1 / 2.2)
    dimmed = sighting.pixels * shade[None, :, None] * (light.max() / 1.5) ** (1 / 2.2)
    return replace(sighting, pixels=np.clip(dimmed, 0, 255).astype(np.uint8))


def test_exposure_that_follows_the_light_is_no_reaction() -> None:
    dimmed = [
        replace(one, pixels=cv2.convertScaleAbs(one.pixels, alpha=1 - 0.1 * one.light))
        for one in sightings_of(HEAD)
    ]
    found = cues_of(views_of(dimmed))
    assert found["light_reaction"] == 0.0
    assert found["light_relief"] < 0.1


@pytest.mark.parametrize("lights", [DARK, (1.0,) * 12, (0.6, 0.8) * 6])
def test_without_a_change_of_the_light_there_is_nothing_to_see_of_it(
    lights: tuple[float, ...],
) -> None:
    assert not cues(HEAD, lights).keys() & BY_LIGHT


def test_one_frame_that_was_lit_while_it_counted_as_dark_is_outvoted() -> None:
    sightings = sightings_of(HEAD)
    sightings[3] = replace(sightings[3], light=0.0)
    found = cues_of(views_of(sightings))
    assert found["light_reaction"] == 0.0
    assert found["light_relief"] < 0.1


def test_a_straight_border_that_moves_is_one_of_a_sheet(head: dict[str, float]) -> None:
    framed = [with_border(one) for one in sightings_of(replace(SHEET, sheet=2))]
    assert cues_of(views_of(framed))["borders"] == 1.0
    assert head["borders"] == 0.0


def test_a_straight_border_of_the_lane_stands_still() -> None:
    standing = [with_border(one, x=40) for one in sightings_of(HEAD)]
    assert cues_of(views_of(standing))["borders"] == 0.0


def with_border(sighting: FaceSighting, x: float | None = None) -> FaceSighting:
    """Return ``sighting`` with a dark frame beside the face, which goes with it unless ``x``."""
    pixels = sighting.pixels.copy()
    left = round(sighting.box[0] - 45 if x is None else x)
    cv2.rectangle(pixels, (left, 30), (left + 220, 400), (10, 10, 10), 6)
    return replace(sighting, pixels=pixels)


def test_a_lattice_is_found_and_the_blocks_of_a_jpeg_are_none(head: dict[str, float]) -> None:
    assert cues(replace(HEAD, lattice=6))["spectrum"] == 1.0
    assert head["spectrum"] == 0.0
    for quality in (40, 75, 95):
        packed = [as_jpeg(one, quality) for one in sightings_of(HEAD)]
        assert cues_of(views_of(packed))["spectrum"] < 0.2


def as_jpeg(sighting: FaceSighting, quality: int) -> FaceSighting:
    encoded = cv2.imencode(".jpg", sighting.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return replace(sighting, pixels=cv2.imdecode(encoded, cv2.IMREAD_COLOR))


def test_bands_are_those_of_a_screen_and_not_of_the_lamps(
    screen: dict[str, float], sheet: dict[str, float]
) -> None:
    assert screen["refresh"] > 0.9
    assert sheet["refresh"] < 0.1
    assert cues(replace(HEAD, flicker=0.06))["refresh"] < 0.2


def test_a_face_that_blinks_is_not_frozen(head: dict[str, float]) -> None:
    assert head["stillness"] > 0.8
    alive = sightings_of(HEAD)
    for number in (4, 5, 9):
        pixels = alive[number].pixels.copy()
        for x, y in alive[number].landmarks[:2]:
            cv2.ellipse(pixels, (round(x), round(y)), (14, 8), 0, 0, 360, (90, 90, 90), -1)
        alive[number] = replace(alive[number], pixels=pixels)
    assert cues_of(views_of(alive))["stillness"] < 0.2


def test_a_short_look_says_nothing_of_stillness() -> None:
    assert "stillness" not in cues_of(views_of(sightings_of(HEAD)[:8]))


def test_faces_that_are_small_or_outside_the_frame_are_left_out() -> None:
    small = FaceSighting(
        np.zeros((90, 90, 3), np.uint8), Instant(0), (30, 30, 20, 20), np.zeros((5, 2))
    )
    outside = replace(small, box=(200.0, 30.0, 60.0, 60.0))
    unknown = replace(small, box=(float("nan"), 30.0, 60.0, 60.0))
    assert views_of([small, outside, unknown]) == []
    assert cues_of([]) == {}


@pytest.mark.parametrize("stimulus", [HEAD, SHEET])
def test_a_cameras_tone_curve_is_no_relief(stimulus: Stimulus) -> None:
    grey = np.arange(256) / 255
    curve = (255 * (grey + grey**2 * (3 - 2 * grey)) / 2).astype(np.uint8)
    toned = [replace(one, pixels=cv2.LUT(one.pixels, curve)) for one in sightings_of(stimulus)]
    found = cues_of(views_of(toned))
    assert found["light_relief"] == pytest.approx(float(stimulus is SHEET), abs=0.2)
    assert found["light_reaction"] == 0.0
