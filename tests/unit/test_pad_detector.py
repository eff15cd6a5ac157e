"""From cues to the one score that the gate asks for."""

from dataclasses import replace

import numpy as np
import pytest

from egate.biometrics.presentation_attack.detector import CueDetector, cues_of
from egate.biometrics.presentation_attack.fusion import WEIGHTS, fuse
from egate.biometrics.presentation_attack.view import views_of
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting, PadAssessment
from tests.pad_stimuli import HEAD, SCREEN, SHEET, VIDEO, Stimulus, sightings_of


def assess(stimulus: Stimulus, frames: int = 12) -> PadAssessment:
    return CueDetector().assess(sightings_of(stimulus)[:frames])


def test_a_head_is_told_from_every_attack() -> None:
    head = assess(HEAD)
    assert head.sufficient
    assert head.score < 0.2
    for attack in (SHEET, SCREEN, VIDEO):
        found = assess(attack)
        assert found.sufficient
        assert found.score > 0.8


def test_the_least_that_a_gate_collects_is_enough() -> None:
    """Three frames without the light and three with it, half a second."""
    assert assess(HEAD, 6).score < 0.2
    for attack in (SHEET, SCREEN, VIDEO):
        assert assess(attack, 6).score > 0.8


@pytest.mark.parametrize(
    ("sightings", "reason"),
    [
        ([], "no cue had anything"),
        (sightings_of(HEAD)[:1], "too few frames"),
        (sightings_of(HEAD)[:4], "too few frames"),
        ([replace(one, captured_at=Instant(0)) for one in sightings_of(HEAD)], "too short"),
        (sightings_of(replace(HEAD, relief=0, sway=0), (0.0,) * 12), "no movement and no change"),
    ],
)
def test_too_little_is_never_a_pass(sightings: list[FaceSighting], reason: str) -> None:
    found = CueDetector().assess(sightings)
    assert not found.sufficient
    assert reason in found.reason


def test_a_head_that_turns_while_the_light_changes_is_looked_at_again() -> None:
    """The other side of a head has other marks: what differs is not the light's doing."""
    lights = (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1)
    turned = [
        replace(one, pixels=_upside_down(one)) if one.light else one
        for one in sightings_of(replace(HEAD, sway=0), lights)
    ]
    found = CueDetector().assess(turned)
    assert not found.sufficient
    assert "see the light's change" in found.reason
    assert CueDetector().assess(sightings_of(replace(HEAD, sway=0), lights)).sufficient


def _upside_down(sighting: FaceSighting) -> np.ndarray:
    x, y, width, height = (int(number) for number in sighting.box)
    pixels = sighting.pixels.copy()
    pixels[y : y + height, x : x + width] = pixels[y : y + height, x : x + width][::-1]
    return pixels


def test_only_the_newest_frames_count() -> None:
    late = sightings_of(HEAD, (0.0, 1.0) * 10)
    assert CueDetector().assess(late) == CueDetector().assess(late[-16:])


def test_the_same_sightings_give_the_same_score() -> None:
    assert assess(SHEET) == assess(SHEET)


def test_every_cue_has_a_weight() -> None:
    asked = {name for one in (HEAD, SHEET) for name in cues_of(views_of(sightings_of(one)))}
    assert asked == set(WEIGHTS)


def test_nothing_of_a_face_is_shown() -> None:
    sighting = sightings_of(HEAD)[0]
    for shown in (repr(sighting), repr(views_of([sighting])[0]), repr(assess(HEAD))):
        assert "array" not in shown
        assert "landmarks" not in shown


def test_what_is_not_a_picture_of_a_face_does_not_matter() -> None:
    black = np.zeros((120, 160, 3), np.uint8)
    white = np.full((120, 160, 3), 255, np.uint8)
    for pixels in (black, white):
        flat = [
            FaceSighting(pixels, Instant(n / 5), (40, 20, 60, 80), np.full((5, 2), 50.0), n % 2)
            for n in range(8)
        ]
        found = CueDetector().assess(flat)
        assert 0.0 <= found.score <= 1.0
        assert not found.sufficient


def test_a_score_has_every_value_between() -> None:
    assert fuse({}) == 0.0
    assert fuse(dict.fromkeys(WEIGHTS, 1.0)) > 0.99
    steps = [fuse({"light_reaction": value / 20, "parallax": 0.5}) for value in range(21)]
    assert len(set(steps)) == 21
