"""Points followed through all views: on the face, and on what surrounds it.

Each view is compared with the first one directly, so that errors do not add up. The views
are levelled first (local mean and contrast taken out): a change of the light is no motion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.view import Grey, View

Mask = npt.NDArray[np.bool_]
Motion = npt.NDArray[np.float64]

LEAST_POINTS: Final = 20
"""With fewer points on the face nothing is said of its motion."""
_OUTLIER: Final = 2.0  # pixels

_POINTS: Final = 150  # of each kind
_APART: Final = 4.0  # pixels
_LEAST_QUALITY: Final = 0.01
_WINDOW: Final = (15, 15)
_LEVELS: Final = 2
_BACK: Final = 0.5  # pixels: a point followed there and back again must arrive so near
_LEVELLED_OVER: Final = 15
_NOISE: Final = 4.0  # grey levels: contrast below it is not enlarged
FLOW_ENDS: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)
"""When the search for a point is over: after so many steps, or one as small as this."""

# The face within its box, as a part of half the box: hair and background stay out.
_FACE_INNER: Final = 0.9
_HAIR: Final = 2.4  # beyond it is no hair: ten centimetres beside a usual head
_SHOULDERS: Final = 0.75  # of the box's height: below are shoulders


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Where points of the first view are in every view.

    Args:
        at: views x points x 2, in pixels of a view.
        seen: views x points: whether the point was found again.
        on_face: points: on the face; all others are clear of it and its hair, and above the
            shoulders.
        level: the views with local mean and contrast taken out.
        unit: pixels of a view that are 1/128 of the face's width.

    """

    at: npt.NDArray[np.float64]
    seen: Mask
    on_face: Mask
    level: tuple[Grey, ...] = field(repr=False)
    unit: float

    def similarity(self, number: int) -> Motion | None:
        """Return shift, roll and scale of the face from the first view to view ``number``.

        Returns:
            2 x 3, or None if too few points of the face were found again.

        """
        first, now = self.face(number)
        if len(first) < LEAST_POINTS:
            return None
        return _found(
            cv2.estimateAffinePartial2D(
                first, now, method=cv2.RANSAC, ransacReprojThreshold=_OUTLIER
            )
        )

    def affine(self, number: int) -> Motion | None:
        """Return the affine motion of the face likewise: it lays one view over another."""
        first, now = self.face(number)
        if len(first) < LEAST_POINTS:
            return None
        return _found(
            cv2.estimateAffine2D(first, now, method=cv2.RANSAC, ransacReprojThreshold=_OUTLIER)
        )

    def face(self, number: int) -> tuple[Motion, Motion]:
        """Return the points of the face in the first view and in view ``number``."""
        usable = self.seen[number] & self.on_face
        return self.at[0][usable], self.at[number][usable]


def follow(views: Sequence[View]) -> Tracks | None:
    """Follow points through ``views``; None if there are too few views or points."""
    if len(views) < 2:  # noqa: PLR2004 - motion needs two
        return None
    first = views[0]
    radius = radius_of(first)
    face = _corners(first.grey, radius < _FACE_INNER)
    # chosen among themselves: the hair's sharp outline would take all places from a soft lane
    around = _corners(first.grey, (radius > _HAIR) & _above_shoulders(first))
    points = np.concatenate((face, around)).astype(np.float32)
    if not len(face):
        return None
    level = tuple(levelled(view.grey) for view in views)
    at, seen = [points], [np.ones(len(points), bool)]
    guess = points
    for picture in level[1:]:
        guess, found = _followed(level[0], picture, points, guess)
        at.append(guess)
        seen.append(found)
    on_face = np.arange(len(points)) < len(face)
    return Tracks(np.array(at, np.float64), np.array(seen), on_face, level, first.face_width / 128)


def radius_of(view: View) -> npt.NDArray[np.float64]:
    """Return for each pixel how far it is from the face's middle, 1 on the box's inner ellipse."""
    x, y, width, height = view.box
    rows, columns = np.mgrid[: view.grey.shape[0], : view.grey.shape[1]]
    across = (columns - (x + width / 2)) / (width / 2)
    down = (rows - (y + height / 2)) / (height / 2)
    radius: npt.NDArray[np.float64] = np.hypot(across, down)
    return radius


def _above_shoulders(view: View) -> Mask:
    rows = np.arange(view.grey.shape[0])[:, None]
    above: Mask = rows < view.box[1] + _SHOULDERS * view.box[3]
    return above


def levelled(grey: Grey) -> Grey:
    """Take local mean and contrast out of ``grey``."""
    size = (_LEVELLED_OVER, _LEVELLED_OVER)
    values = grey.astype(np.float32)
    mean = np.asarray(cv2.boxFilter(values, -1, size))
    square = np.asarray(cv2.boxFilter(values * values, -1, size))
    contrast = np.sqrt(np.maximum(square - mean * mean, 0)) + _NOISE
    return np.clip(128 + 48 * (values - mean) / contrast, 0, 255).astype(np.uint8)


def _found(estimate: tuple[object, object]) -> Motion | None:
    """Return the motion of an estimate; OpenCV's is None if it found none."""
    motion = estimate[0]
    return motion if isinstance(motion, np.ndarray) and np.isfinite(motion).all() else None


def _corners(grey: Grey, where: Mask) -> npt.NDArray[np.float32]:
    found: object = cv2.goodFeaturesToTrack(
        grey, _POINTS, _LEAST_QUALITY, _APART, mask=where.astype(np.uint8) * 255
    )
    corners = found if isinstance(found, np.ndarray) else np.zeros((0, 2))
    return corners.reshape(-1, 2).astype(np.float32)


def _followed(
    first: Grey, then: Grey, points: npt.NDArray[np.float32], guess: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], Mask]:
    forth, found, _ = cv2.calcOpticalFlowPyrLK(
        first, then, points, guess.copy(), winSize=_WINDOW, maxLevel=_LEVELS,
        criteria=FLOW_ENDS, flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )  # fmt: skip
    back, again, _ = cv2.calcOpticalFlowPyrLK(
        then, first, forth, points.copy(), winSize=_WINDOW, maxLevel=0,
        criteria=FLOW_ENDS, flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )  # fmt: skip
    near = np.abs(np.asarray(back) - points).max(axis=1) < _BACK
    seen = near & (np.asarray(found).ravel() > 0) & (np.asarray(again).ravel() > 0)
    return np.asarray(forth, np.float32), seen
