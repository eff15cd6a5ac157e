"""Depth: whether the face moves as a plane does.

Whatever a flat thing does before a camera, its points follow one homography. The nose of a
turning head moves against its ears, and no homography follows that. A face that is only
shifted, rolled or brought nearer shows neither: there is nothing to look at then.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.tracking import LEAST_POINTS, Tracks

_LEAST_MOTION: Final = 1.2  # hundred-and-twenty-eighths of the face's width, as all below
_NOISE: Final = 0.08  # of one tracked point
_PLANE: Final = 0.06  # left by a homography of a plane, noise taken off
_HEAD: Final = 0.16  # of a head


def parallax_cue(tracks: Tracks | None) -> float | None:
    """Return 0 for points that move against one another as those of a head to 1 for a plane.

    Args:
        tracks: of all views.

    Returns:
        None if the face did not move, or has too few points.

    """
    depths = [] if tracks is None else _depths(tracks)
    if not depths:
        return None
    moved = max(motion for motion, _ in depths)
    depth = float(np.sqrt(np.mean([max(left**2 - _NOISE**2, 0.0) for _, left in depths])))
    if moved < _LEAST_MOTION and depth < _PLANE:
        return None
    return float(np.clip((_HEAD - depth) / (_HEAD - _PLANE), 0.0, 1.0))


def _depths(tracks: Tracks) -> list[tuple[float, float]]:
    """Return for each view how far the face moved, and what a homography leaves of that."""
    depths = []
    for number in range(1, len(tracks.at)):
        first, now = tracks.face(number)
        if len(first) >= LEAST_POINTS:
            motion = float(np.sqrt(2 * np.mean((now - first) ** 2)))
            depths.append((motion / tracks.unit, beyond_a_plane(first, now) / tracks.unit))
    return depths


def beyond_a_plane(first: npt.NDArray[np.float64], then: npt.NDArray[np.float64]) -> float:
    """Return what the best homography leaves of the motion, root mean square, in pixels."""
    plane, _ = cv2.findHomography(first, then, cv2.RANSAC, 2.0)
    if plane is None:
        return 0.0
    by_plane = np.asarray(cv2.perspectiveTransform(first[None], plane))[0]
    lengths = np.sort(np.hypot(*(by_plane - then).T))
    kept = lengths[: max(1, int(0.95 * len(lengths)))]  # a point that was lost is no motion
    return float(np.sqrt(np.mean(kept**2)))
