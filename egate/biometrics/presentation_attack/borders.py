"""Straight borders around the face that move: a sheet, a screen, its frame, held by a hand.

The lane has straight edges, too, but they stand still before a camera that is fixed; hair and
clothes move, but are seldom straight for as long as half a face is wide. Whether the border goes
with the face does not matter: in a replayed video the face moves within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.tracking import FLOW_ENDS, Tracks
from egate.biometrics.presentation_attack.view import View

_SHORTEST: Final = 0.55  # face widths
_CLEAR: Final = 1.2  # of the face's ellipse
_SAMPLES: Final = 12
_WINDOW: Final = (15, 15)
_VIEWS: Final = 5  # of all; a border that moves has moved in two of them
_VOTES: Final = 2
_LEAST_MOTION: Final = 1.0  # pixels across the line
_STRAIGHT: Final = 0.35  # pixels: a line that bends is no border
_LITTLE: Final = 0.8  # face widths of border that move
_MUCH: Final = 2.4


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    points: npt.NDArray[np.float64]
    normal: npt.NDArray[np.float64]
    length: float


def borders_cue(views: Sequence[View], tracks: Tracks | None) -> float | None:
    """Return 0 for no straight line that moves to 1 for two and a half face widths of them.

    Returns:
        None if nothing could be followed, or the views are too few.

    """
    if tracks is None or len(views) <= _VIEWS:
        return None
    spread = np.linspace(1, len(views) - 1, _VIEWS).round().astype(int)
    moving = sum(line.length for line in _lines(views[0]) if _moves(line, tracks, spread))
    widths = moving / views[0].face_width
    return float(np.clip((widths - _LITTLE) / (_MUCH - _LITTLE), 0.0, 1.0))


def _lines(view: View) -> list[_Line]:
    found = cv2.createLineSegmentDetector().detect(view.grey)[0]
    if found is None:
        return []
    ends = np.asarray(found, np.float64).reshape(-1, 2, 2)
    lengths = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    lines = []
    for (start, end), length in zip(ends, lengths, strict=True):
        if length < _SHORTEST * view.face_width:
            continue
        points = start + np.linspace(0.05, 0.95, _SAMPLES)[:, None] * (end - start)
        if _is_clear(points, view):
            across = (end - start)[::-1] * (-1, 1) / length
            lines.append(_Line(points, across, float(length)))
    return lines


def _is_clear(points: npt.NDArray[np.float64], view: View) -> bool:
    """Return whether a line is outside the face and not of the clothes below it."""
    away = (points - view.centre) / (view.box[2] / 2, view.box[3] / 2)
    shoulders = (np.abs(away[:, 0]) < 2) & (away[:, 1] > 1)  # noqa: PLR2004 - face widths
    return bool((np.hypot(*away.T) > _CLEAR).all() and shoulders.mean() < 0.5)  # noqa: PLR2004


def _moves(line: _Line, tracks: Tracks, numbers: npt.NDArray[np.int64]) -> bool:
    """Return whether ``line`` stands elsewhere, and still straight, in some of the views."""
    start = line.points.astype(np.float32)
    votes = 0
    for number in numbers:
        moved, found, _ = cv2.calcOpticalFlowPyrLK(
            tracks.level[0], tracks.level[number], start, start.copy(),
            winSize=_WINDOW, maxLevel=2, criteria=FLOW_ENDS,
        )  # fmt: skip
        seen = np.asarray(found).ravel() > 0
        if seen.sum() < _SAMPLES / 2:
            continue
        across = (np.asarray(moved)[seen] - start[seen]) @ line.normal
        along = np.linspace(-1, 1, _SAMPLES)[seen]
        turned = np.polyval(np.polyfit(along, across, 1), along)
        bent = float(np.median(np.abs(across - turned)))
        votes += np.abs(across).mean() > _LEAST_MOTION and bent < _STRAIGHT
    return votes >= _VOTES
