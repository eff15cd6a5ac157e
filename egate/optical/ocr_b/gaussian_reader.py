"""The second reader: each character is a Gaussian over gradient features.

This is Kimura's modified quadratic discriminant function: along each character's few main axes
its own variance, along all others one variance for all of them together. It learned no borders
between characters, as a network does, only what each of them looks like.
"""

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from egate.optical.ocr_b.alphabet import Cells, Probabilities, portions, probabilities
from egate.optical.ocr_b.gradient_features import Features, gradient_features
from egate.optical.ocr_b.weights import GAUSSIANS, read_weights


@dataclass(frozen=True, slots=True, eq=False)
class Gaussians:
    """The reader's weights; 38 classes, the last is *no character*.

    Args:
        mean: of all features.
        projection: features x d, to the d directions in which cells differ most.
        centres: 38 x d.
        axes: 38 x k x d, each class's main axes, orthonormal.
        axis_precisions: 38 x k, one over the variance along an axis, less ``precisions``.
        precisions: 38, one over the variance along all other axes.
        offsets: 38, what is added to the score.
        scale: one over the temperature.

    """

    mean: Features
    projection: Features
    centres: Features
    axes: Features
    axis_precisions: Features
    precisions: Features
    offsets: Features
    scale: Features

    def scores(self, cells: Cells) -> npt.NDArray[np.float32]:
        """Return the logarithm of each class's density at each cell, over the temperature."""
        vectors = (gradient_features(cells) - self.mean) @ self.projection
        away = vectors[None] - self.centres[:, None]
        along = away @ self.axes.transpose(0, 2, 1)
        squares = np.einsum("cnk,ck->cn", along**2, self.axis_precisions)
        squares += (away**2).sum(axis=2) * self.precisions[:, None]
        return np.asarray((self.offsets[:, None] - squares / 2).T * self.scale, np.float32)

    @classmethod
    def load(cls, raw: npt.NDArray[np.uint8]) -> "Gaussians":
        """Return the weights of a file that ``training/ocr_b`` wrote."""
        with np.load(io.BytesIO(raw.tobytes()), allow_pickle=False) as file:
            return cls(**{name: file[name].astype(np.float32) for name in cls.__slots__})


class GaussianReader:
    """Reads its weights when it is first asked. Safe to share between threads."""

    def classify(self, cells: Cells) -> Probabilities:
        """See ``egate.optical.ocr_b.classify_again``."""
        return probabilities([self._gaussians.scores(part) for part in portions(cells)])

    @cached_property
    def _gaussians(self) -> Gaussians:
        return Gaussians.load(read_weights(GAUSSIANS))
