"""Whether what surrounds the face moves with it.

Behind a head the lane stands still. On a sheet or a screen the background is part of the
picture: it follows every movement of the face. Only what is clear of long hair is asked, since hair
goes with the head, too.
"""

from typing import Final

import numpy as np

from egate.biometrics.presentation_attack.tracking import Tracks

_LEAST_POINTS: Final = 12
_LEAST_MOTION: Final = 1.5  # pixels that the face's motion would move a point
_AGREES: Final = 0.35  # of that motion


def surroundings_cue(tracks: Tracks | None) -> float | None:
    """Return 0 for surroundings that stay to 1 for surroundings that go with the face.

    Args:
        tracks: of all views.

    Returns:
        None if the face did not move, or nothing around it can be followed.

    """
    if tracks is None:
        return None
    together, apart = 0, 0
    for number in range(1, len(tracks.at)):
        motion = tracks.similarity(number)
        around = tracks.seen[number] & ~tracks.on_face
        if motion is None or not around.any():
            continue
        first = tracks.at[0][around]
        expected = first @ motion[:, :2].T + motion[:, 2] - first
        length = np.hypot(*expected.T)
        moving = length > _LEAST_MOTION
        moved = tracks.at[number][around] - first
        limit = _AGREES * length
        follows = np.hypot(*(moved - expected).T) < limit
        stays = np.hypot(*moved.T) < limit
        together += int((moving & follows).sum())
        apart += int((moving & stays).sum())
    if together + apart < _LEAST_POINTS:
        return None
    return together / (together + apart)
