"""Whether anything lives within the face: eyes that blink and look, a mouth that moves.

The face is laid over itself from view to view. A photograph fits everywhere alike; of a
person the eyes and the mouth fit less well than forehead and cheeks.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.tracking import Tracks, radius_of
from egate.biometrics.presentation_attack.view import View

_LEAST_SECONDS: Final = 1.0
_LEAST_VIEWS: Final = 5
_EYE: Final = 0.13  # face widths around its landmark
_FACE: Final = 0.8
_STILL: Final = 1.3
_LIVELY: Final = 2.2


def stillness_cue(views: Sequence[View], tracks: Tracks | None) -> float | None:
    """Return 0 for eyes or a mouth that move within the face to 1 for a frozen face.

    Returns:
        None with too few frames or too short a time.

    """
    ratio = liveliness(views, tracks)
    if ratio is None:
        return None
    return float(np.clip((_LIVELY - ratio) / (_LIVELY - _STILL), 0.0, 1.0))


def liveliness(views: Sequence[View], tracks: Tracks | None) -> float | None:
    """Return how much worse eyes and mouth fit than the rest of the face; 1 for no worse."""
    if tracks is None or len(views) < _LEAST_VIEWS:
        return None
    if views[-1].at - views[0].at < _LEAST_SECONDS:
        return None
    lively, rest = _regions(views[0])
    first = tracks.level[0].astype(np.float32)
    edges = np.abs(np.asarray(cv2.Laplacian(first, cv2.CV_32F))) + 8.0
    ratios = []
    for number in range(1, len(views)):
        motion = tracks.affine(number)
        if motion is None:
            continue
        laid = cv2.warpAffine(
            tracks.level[number], motion, views[0].grey.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        misfit = np.abs(np.asarray(laid, np.float32) - first)
        of_rest = misfit[rest].sum() / edges[rest].sum()
        ratios.append(
            max(misfit[part].sum() / edges[part].sum() for part in lively) / max(of_rest, 1e-6)
        )
    return float(np.quantile(ratios, 0.9)) if len(ratios) >= _LEAST_VIEWS - 1 else None


def _regions(view: View) -> tuple[list[npt.NDArray[np.bool_]], npt.NDArray[np.bool_]]:
    rows, columns = np.mgrid[: view.grey.shape[0], : view.grey.shape[1]]
    mouth = view.landmarks[3:].mean(axis=0)
    lively = [
        np.hypot(columns - x, rows - y) < _EYE * view.face_width
        for x, y in (view.landmarks[0], view.landmarks[1], mouth)
    ]
    rest = (radius_of(view) < _FACE) & ~np.logical_or.reduce(lively)
    return lively, rest
