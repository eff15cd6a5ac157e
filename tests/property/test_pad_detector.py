"""Whatever is shown, an assessment comes, and no cue makes another one smaller."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.biometrics.presentation_attack.detector import CueDetector
from egate.biometrics.presentation_attack.fusion import WEIGHTS, fuse
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting

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
