"""Every comparison of a set of images, and their bands, against one at a time."""

import itertools
from collections.abc import Callable

import hypothesis.extra.numpy as st_numpy
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from egate.biometrics.evaluation.document import as_document
from egate.biometrics.evaluation.error_rates import FMRS, ComparisonScores
from egate.biometrics.evaluation.evaluation import evaluate
from egate.biometrics.evaluation.pair_list import PairsInvalid, parse_images, parse_pairs
from egate.biometrics.evaluation.proportion import Proportion
from egate.biometrics.evaluation.quality_bands import BAND_NAMES, SHARES, QualityBands
from egate.biometrics.evaluation.trials import Trials, every_comparison

_qualities = st.lists(st.one_of(st.floats(0, 20), st.sampled_from([5.0, 6.0])), min_size=1)
_scores = st_numpy.arrays(np.float32, st.integers(0, 150), elements=st.floats(-1, 1, width=32))


def check_every_comparison(count: int, people: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    embeddings = random.normal(size=(count, 3))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    who = random.integers(0, people, count)
    bands = random.integers(0, 5, count).astype(np.uint8)
    every = every_comparison(embeddings, who, {"norm": bands}, np.empty(0, np.int64))
    scores = (embeddings @ embeddings.T).clip(-1, 1).astype(np.float32)
    for trials, same in zip(every, (True, False), strict=True):
        first, second = np.nonzero(np.triu((who[:, None] == who[None]) == same, k=1))
        poorer = np.minimum(bands[first], bands[second])
        expected = np.sort(scores[first, second] + 10 * poorer.astype(np.float32))
        found = np.sort(trials.scores + 10 * trials.bands["norm"].astype(np.float32))
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert trials.not_acquired == 0


@given(st.integers(0, 30), st.integers(1, 8), st.integers(0, 1000))
def test_every_comparison_is_made_once(count: int, people: int, seed: int) -> None:
    check_every_comparison(count, people, seed)


@pytest.mark.parametrize("count", [255, 256, 257, 600])
def test_every_comparison_across_blocks(count: int) -> None:
    check_every_comparison(count, 50, count)


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=5))
def test_images_without_a_face_are_counted_in_every_comparison(
    shown: list[int], lost: list[int]
) -> None:
    embeddings = np.ones((len(shown), 1))
    genuine, impostor = every_comparison(
        embeddings, np.array(shown, np.int64), {}, np.array(lost, np.int64)
    )
    same = [a == b for a, b in itertools.combinations([*shown, *lost], 2)]
    compared = [a == b for a, b in itertools.combinations(shown, 2)]
    assert (genuine.scores.size, impostor.scores.size) == (sum(compared), compared.count(False))
    assert genuine.not_acquired == sum(same) - sum(compared)
    assert impostor.not_acquired == same.count(False) - compared.count(False)


@given(_qualities)
def test_at_most_its_share_of_the_images_is_below_a_limit(qualities: list[float]) -> None:
    measure = QualityBands.of("norm", qualities)
    bands = measure.of_images(qualities)
    for number, (share, limit) in enumerate(zip(SHARES, measure.limits, strict=True), 1):
        below = sum(quality < limit for quality in qualities)
        assert below * 100 <= share * len(qualities)
        assert (bands < number).sum() == below
    assert bands.max() < len(BAND_NAMES)


@given(_scores, _scores, st.integers(0, 9), st.integers(0, 9), st.integers(0, 1000))
def test_bands_add_up_to_all(
    mated: np.ndarray, other: np.ndarray, lost: int, lost_others: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    measure = QualityBands("norm", (1.0, 2.0, 3.0, 4.0))
    genuine, impostor = (
        Trials(scores, {"norm": random.integers(0, 5, scores.size).astype(np.uint8)}, missing)
        for scores, missing in ((mated, lost), (other, lost_others))
    )
    found = evaluate(genuine, impostor, [measure])
    assert (found.genuine, found.impostor) == (mated.size, other.size)
    (by_quality,) = found.by_quality
    for place, one in enumerate(found.at):
        at = [band.at[place] for band in by_quality.bands]
        if one.point is None:
            assert at == [None] * len(BAND_NAMES)
            assert other.size * one.fmr < 1
            continue
        assert sum(point.fnmr.errors for point in at if point) == one.point.fnmr.errors
        assert sum(point.fmr.errors for point in at if point) == one.point.fmr.errors
        assert one.generalised_frr == Proportion(one.point.fnmr.errors + lost, mated.size + lost)
        assert one.generalised_far == Proportion(one.point.fmr.errors, other.size + lost_others)
    for number, discard in enumerate(by_quality.discards, 1):
        left = ComparisonScores.of(
            mated[genuine.bands["norm"] >= number], other[impostor.bands["norm"] >= number]
        )
        assert discard.at == tuple(left.at_fmr(fmr) for fmr in FMRS)
    as_document(found)


_words = st.sampled_from(
    ["1", "2", "a.jpg", "b/c.jpg", ",", "\t", "\n", "reference", "probe", "label", "image",
     "person", "genuine", "0", '"', "..", "/", " ", "\0", "\r", "Ada"]
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(_words).map("".join)),
    st.sampled_from([parse_pairs, parse_images]),
)
@example("reference,probe,label\n", parse_pairs)
@example("image,person\n", parse_images)
@example("0", parse_pairs)
def test_any_text_is_read_or_refused_by_line(text: str, parse: Callable[[str], object]) -> None:
    try:
        assert parse(text)
    except PairsInvalid as error:
        lines = [bad.line for bad in error.lines]
    else:
        return
    assert lines
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
