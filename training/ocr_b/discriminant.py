"""The second reader: Gaussians over gradient features, fitted in closed form."""

import io
from dataclasses import fields
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.optical.ocr_b.alphabet import Cells
from egate.optical.ocr_b.gaussian_reader import Gaussians
from egate.optical.ocr_b.gradient_features import Features, gradient_features
from training.ocr_b.cells import Classes
from training.ocr_b.lettering import BLANK

_DIRECTIONS: Final = 96
_AXES: Final = 30
_SHRINKAGE: Final = 0.1  # of each class's covariance towards the mean of all
_PORTION: Final = 4096


def fit(cells: Cells, classes: Classes) -> Gaussians:
    """Return the Gaussians of ``cells``, at temperature 1."""
    features = np.concatenate(
        [gradient_features(cells[at : at + _PORTION]) for at in range(0, len(cells), _PORTION)]
    )
    mean = features.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov(features.T))
    projection = directions[:, : -_DIRECTIONS - 1 : -1]
    vectors = (features - mean) @ projection
    groups = [vectors[classes == index] for index in range(BLANK + 1)]
    covariances = np.stack([np.cov(group.T) for group in groups])
    shared = covariances.mean(axis=0)
    shrunk = (1 - _SHRINKAGE) * covariances + _SHRINKAGE * shared
    variances, axes = np.linalg.eigh(shrunk)
    main, rest = variances[:, -_AXES:], variances[:, :-_AXES].mean(axis=1)
    logarithms = np.log(main).sum(axis=1) + (_DIRECTIONS - _AXES) * np.log(rest)
    fitted = Gaussians(
        mean,
        projection,
        np.stack([group.mean(axis=0) for group in groups]),
        axes[:, :, -_AXES:].transpose(0, 2, 1),
        1 / main - 1 / rest[:, None],
        1 / rest,
        -logarithms / 2,
        np.ones(1),
    )
    return _rounded(fitted)


def _rounded(gaussians: Gaussians) -> Gaussians:
    return Gaussians.load(np.frombuffer(as_npz(gaussians, 1.0), np.uint8))


def as_npz(gaussians: Gaussians, temperature: float) -> bytes:
    """Return the file that the second reader loads, its scores over ``temperature``."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        field.name: getattr(gaussians, field.name) for field in fields(gaussians)
    }
    for name in ("projection", "axes"):  # orthonormal: half precision is enough
        arrays[name] = arrays[name].astype(np.float16)
    arrays["scale"] = gaussians.scale / np.float32(temperature)
    arrays = {n: a if a.dtype == np.float16 else a.astype(np.float32) for n, a in arrays.items()}
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def scores(gaussians: Gaussians, cells: Cells) -> Features:
    """Return the second reader's scores of many cells."""
    parts = [gaussians.scores(cells[at : at + 256]) for at in range(0, len(cells), 256)]
    return np.concatenate(parts)
