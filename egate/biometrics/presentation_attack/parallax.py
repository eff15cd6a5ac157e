"""Depth: whether the face moves as a plane does."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from egate.biometrics.presentation_attack.view import FACE_WIDTH, Points, View

_LEAST_MOTION: Final = 0.01  # of the face's width


def parallax_cue(views: Sequence[View]) -> float | None:
    """Return 0 for landmarks that move against one another to 1 for those of a plane.

    Returns:
        None if the face did not move.

    """
    if len(views) < 3:  # noqa: PLR2004 - two would say nothing of noise
        return None
    first = views[0].landmarks
    moved = [np.abs(view.landmarks - first).mean() / FACE_WIDTH for view in views]
    if max(moved) < _LEAST_MOTION:
        return None
    left = max(_beyond_a_plane(first, view.landmarks) for view in views[1:]) / FACE_WIDTH
    return float(np.clip(1.0 - left / 0.02, 0.0, 1.0))


def _beyond_a_plane(first: Points, then: Points) -> float:
    """Return what an affine motion leaves of the landmarks' motion, in pixels."""
    known = np.column_stack((first, np.ones(len(first))))
    fitted, *_ = np.linalg.lstsq(known, then, rcond=None)
    return float(np.abs(known @ fitted - then).max())
