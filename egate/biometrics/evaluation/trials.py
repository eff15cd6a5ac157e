"""Scores of comparisons with what is known of each; every comparison of a set of images."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from egate.biometrics.evaluation.error_rates import Scores
from egate.biometrics.evaluation.quality_bands import Bands

_ROWS: Final = 256  # of images compared with all others at once: some 16 MB for 7,701


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Comparisons of one kind.

    Args:
        scores: their similarities.
        bands: measure of quality -> the band of each comparison, in the same order.
        not_acquired: comparisons that had no score, because an image showed no face.

    """

    scores: Scores = field(repr=False)
    bands: Mapping[str, Bands] = field(repr=False)
    not_acquired: int


class EveryTrial(NamedTuple):
    genuine: Trials
    impostor: Trials


def every_comparison(
    embeddings: npt.NDArray[np.float64],
    people: npt.NDArray[np.integer[Any]],
    bands: Mapping[str, Bands],
    not_acquired: npt.NDArray[np.integer[Any]] | None = None,
) -> EveryTrial:
    """Compare each image with each other one, once.

    Scores have 32 bits: 29.6 million of them take 118 MB, and each measure of quality 30.

    Args:
        embeddings: n x d, unit vectors.
        people: n numbers, equal for the images of one person.
        bands: measure of quality -> the band of each image.
        not_acquired: the person of each image that shows no face, for counting only.

    """
    lost = np.empty(0, np.int64) if not_acquired is None else not_acquired
    every = np.concatenate([people, lost])
    genuine, impostor = _pairs(people)
    all_genuine, all_impostor = _pairs(every)
    wanted = (
        _room(genuine, bands, all_genuine - genuine),
        _room(impostor, bands, all_impostor - impostor),
    )
    filled = [0, 0]
    for first in range(0, len(people), _ROWS):
        rows = slice(first, first + _ROWS)
        scores = (embeddings[rows] @ embeddings[first:].T).clip(-1, 1)
        once = np.triu(np.ones(scores.shape, np.bool_), k=1)
        same = people[rows, None] == people[None, first:]
        poorer = {
            measure: np.minimum(of_image[rows, None], of_image[None, first:])
            for measure, of_image in bands.items()
        }
        for kind, (trials, mask) in enumerate(
            zip(wanted, (once & same, once & ~same), strict=True)
        ):
            place = slice(filled[kind], filled[kind] + int(np.count_nonzero(mask)))
            trials.scores[place] = scores[mask]
            for measure, of_comparison in poorer.items():
                trials.bands[measure][place] = of_comparison[mask]
            filled[kind] = int(place.stop)
    return EveryTrial(*wanted)


def _pairs(people: npt.NDArray[np.integer[Any]]) -> tuple[int, int]:
    """Return how many pairs show one person, and how many two."""
    counts = np.unique(people, return_counts=True)[1]
    genuine = int((counts * (counts - 1) // 2).sum())
    return genuine, len(people) * (len(people) - 1) // 2 - genuine


def _room(count: int, bands: Mapping[str, Bands], not_acquired: int) -> Trials:
    of_comparison = {measure: np.empty(count, np.uint8) for measure in bands}
    return Trials(np.empty(count, np.float32), of_comparison, not_acquired)
