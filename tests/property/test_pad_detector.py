"""Whatever is shown, an assessment comes, and no cue makes another one smaller."""

from dataclasses import replace
from typing import Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.biometrics.presentation_attack.detector import CueDetector
from egate.biometrics.presentation_attack.fusion import WEIGHTS, fuse
from egate.biometrics.presentation_attack.hollows import hollows_cue
from egate.biometrics.presentation_attack.view import views_of
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting
from tests.pad_stimuli import HEAD, sightings_of

SIGHTING: Final = sightings_of(HEAD, (0.0,))[0]

unit = st.floats(0, 1)
anything = st.floats(-500, 500) | st.sampled_from([float("nan"), float("inf"), -1e300, 1e300])
cues = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), unit)


@given(cues, st.sampled_from(sorted(WEIGHTS)), unit)
def test_a_score_only_grows_with_a_cue(known: dict[str, float], name: str, value: float) -> None:
    without = {key: one for key, one in known.items() if key != name}
    assert 0.0 <= fuse(without) <= fuse(without | {name: value}) <= 1.0


@st.composite
def sightings(draw: st.DrawFn) -> list[FaceSighting]:
    shape = draw(st.tuples(st.integers(1, 90), st.integers(1, 90), st.just(3)))
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    shown = []
    for number in range(draw(st.integers(0, 7))):
        box = draw(st.tuples(*[anything] * 4) | st.just((20.0, 20.0, 30.0, 40.0)))
        landmarks = np.array(draw(st.lists(anything, min_size=10, max_size=10))).reshape(5, 2)
        pixels = rng.integers(0, 256, shape, np.uint8)
        shown.append(FaceSighting(pixels, Instant(number / 3), box, landmarks, float(number % 2)))
    return shown


@settings(deadline=None, max_examples=30)
@given(sightings())
def test_nothing_that_is_shown_breaks_the_detector(shown: list[FaceSighting]) -> None:
    found = CueDetector().assess(shown)
    assert 0.0 <= found.score <= 1.0
    assert all(0.0 <= value <= 1.0 for value in found.cues.values())


@settings(max_examples=25, deadline=None)
@given(veil=st.floats(0, 0.3), more=st.floats(0.01, 0.3), exposure=st.floats(0.4, 1))
def test_ink_is_never_taken_for_a_hollow_that_is_blacker(
    veil: float, more: float, exposure: float
) -> None:
    """What paper throws back lies over hollows and skin alike, whatever the exposure is."""
    bare, veiled = (
        hollows_cue(views_of([under(SIGHTING, added, exposure)])) for added in (veil, veil + more)
    )
    assert bare is not None
    assert veiled is not None
    assert veiled >= bare - 0.02  # of 256 grey levels


@settings(max_examples=50, deadline=None)
@given(st.lists(anything, min_size=10, max_size=10))
def test_eyes_may_be_anywhere(landmarks: list[float]) -> None:
    shown = replace(SIGHTING, landmarks=np.array(landmarks).reshape(5, 2))
    value = hollows_cue(views_of([shown]))
    assert value is None or 0.0 <= value <= 1.0


def under(sighting: FaceSighting, veil: float, exposure: float) -> FaceSighting:
    """Return ``sighting`` with light added everywhere, as a part of full white."""
    light = (sighting.pixels / 255.0) ** 2.2 * exposure * (1 - veil) + veil * exposure
    pixels = 255 * np.clip(light, 0, 1) ** (1 / 2.2)
    return replace(sighting, pixels=pixels.round().astype(np.uint8))
