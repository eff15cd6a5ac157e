"""How the face answers a change of the lane's own light."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from egate.biometrics.presentation_attack.view import View

_LEAST_CHANGE: Final = 0.5  # of the light's range: less is too little to see


def light_cue(views: Sequence[View]) -> float | None:
    """Return 0 for a head before a background further off to 1 for a screen or a sheet.

    A head near the light brightens more than what is behind it. A sheet or a screen
    brightens as much as the surroundings that are on it, a screen hardly at all.

    Returns:
        None without a change of the light among ``views``.

    """
    levels = np.array([view.light for view in views])
    if not len(levels) or np.ptp(levels) < _LEAST_CHANGE:
        return None
    lit = [view for view in views if view.light > levels.mean()]
    dark = [view for view in views if view.light <= levels.mean()]
    gain_face = np.mean([_face(view) for view in lit]) / np.mean([_face(view) for view in dark])
    return float(np.clip(1.0 - (gain_face - 1.0) / 0.2, 0.0, 1.0))


def _face(view: View) -> float:
    x, y, width, height = (int(max(0, side)) for side in view.box)
    return float(view.grey[y : y + height, x : x + width].mean()) + 1.0
