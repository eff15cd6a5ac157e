"""The second reader: a kernel machine over gradient features.

How alike two cells are is a Gaussian of the distance of their features. Random Fourier features
stand for that kernel: cosines along random directions, over which the classes are linear
(Rahimi and Recht, *Random features for large-scale kernel machines*, 2007). From there the
directions are learned further.
"""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.ocr_b.alphabet import Cells, Probabilities, portions, probabilities
from egate.optical.ocr_b.gradient_features import Features, gradient_features
from egate.optical.ocr_b.weights import KERNEL, read_weights

_NONE: Final = np.zeros((0, 0), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class KernelMachine:
    """The reader's weights; 38 classes, the last is *no character*.

    Args:
        mean: of all gradient features.
        projection: features x d, to the d directions in which cells differ most.
        waves: d x k, the directions of the cosines.
        phases: k, of the cosines.
        weights: k x 38, of each class.
        offsets: 38, likewise.

    """

    mean: Features
    projection: Features
    waves: Features
    phases: Features
    weights: Features
    offsets: Features

    def scores(self, cells: Cells) -> Features:
        """Return n x 38 scores whose softmax are probabilities."""
        return _product(self.cosines(cells), self.weights) + self.offsets

    def cosines(self, cells: Cells) -> Features:
        """Return the Fourier features; n x k."""
        return np.asarray(np.cos(_product(self.vectors(cells), self.waves) + self.phases))

    def vectors(self, cells: Cells) -> Features:
        """Return the gradient features along the main directions; n x d."""
        return _product(gradient_features(cells) - self.mean, self.projection)

    @classmethod
    def load(cls, raw: npt.NDArray[np.uint8]) -> Self:
        """Return the weights of a file that ``training/ocr_b`` wrote."""
        with np.load(io.BytesIO(raw.tobytes()), allow_pickle=False) as file:
            return cls(**{name: file[name].astype(np.float32) for name in cls.__slots__})


def _product(left: Features, right: Features) -> Features:
    """Return the matrix product, by OpenCV: NumPy's takes every core, and three times the work."""
    return np.asarray(cv2.gemm(left, right, 1.0, _NONE, 0.0), np.float32)


class KernelReader:
    """Reads its weights when it is first asked. Safe to share between threads."""

    def classify(self, cells: Cells) -> Probabilities:
        """See ``egate.optical.ocr_b.classify_again``."""
        return probabilities([self._machine.scores(part) for part in portions(cells)])

    @cached_property
    def _machine(self) -> KernelMachine:
        return KernelMachine.load(read_weights(KERNEL))
