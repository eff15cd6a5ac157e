"""How dark nostrils, mouth and brows are where the face's own eyes have no part.

A mask of paper has holes for the eyes, and the pupils behind them are as black as anybody's: the
darkest parts of the whole face are no longer of ink. Nostrils, the line between the lips, a brow
and a beard are printed, and ink gives back a twentieth and more of what falls on it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from egate.biometrics.presentation_attack.black_level import away_from_middle, light_of
from egate.biometrics.presentation_attack.view import View

_SMALLEST: Final = 96  # pixels that the face is wide: below it a nostril is not resolved
_FACE: Final = 0.6  # without hair, ears and the shade under the chin, which are not of the mask
_EYE: Final = (0.42, 0.22)  # half a hole's width and height and some more, of the eyes' distance
_LEAST_PIXELS: Final = 500
_DARKEST: Final = 0.002  # of those pixels: one nostril is enough
_BLACK: Final = 0.10  # of the skin's brightness; some living faces show no darker hollow
_GREY: Final = 0.16


def hollows_cue(views: Sequence[View]) -> float | None:
    """Return 0 for hollows that are black to 1 for hollows that are grey.

    Returns:
        None without views, or if the face is too small to show a hollow.

    """
    if not views:
        return None
    least = min(view.light for view in views)
    levels = [hollow_level(view) for view in views if view.light == least]
    known = [level for level in levels if level is not None]
    if not known:
        return None
    return float(np.clip((np.median(known) - _BLACK) / (_GREY - _BLACK), 0.0, 1.0))


def hollow_level(view: View) -> float | None:
    """Return the brightness of the darkest parts but the eyes over that of the skin, linear."""
    linear = light_of(view)
    if linear.shape[1] < _SMALLEST:
        return None
    inner = away_from_middle(linear) < _FACE
    eyes = view.native_landmarks[:2] * (linear.shape[1] / view.native.shape[1])
    apart = max(float(np.hypot(*(eyes[1] - eyes[0]))), 1.0)
    down, across = np.indices(linear.shape)
    hollows = inner.copy()
    for x, y in eyes:
        away = np.hypot((across - x) / _EYE[0], (down - y) / _EYE[1])
        hollows &= away > apart
    if hollows.sum() < _LEAST_PIXELS:
        return None
    skin = max(float(np.median(linear[inner])), 1e-3)
    return float(np.quantile(linear[hollows], _DARKEST)) / skin
