"""How dark the darkest parts of the face are, against its skin.

Pupils, nostrils, the corners of a mouth and the roots of hair are hollows: light goes in and hardly
any comes out. Ink on paper gives back a twentieth and more of what falls on it, and the hall
shines on the glass of a screen: their black is a grey.

Lids hide the pupils for a third of a second, and the skin of a fair face has nothing else that is
black: the darkest views count, and they are looked for in any light.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.view import View

Map = npt.NDArray[np.float64]

_GAMMA: Final = 2.2
_LINEAR: Final[Map] = (np.arange(256) / 255.0) ** _GAMMA
_SIDE: Final = 96  # pixels that the face is wide at least: small hollows are lost below that
_FACE: Final = 0.85
_DARKEST: Final = 0.005  # of the face's pixels
_BLACK: Final = 0.035  # of the skin's brightness
_GREY: Final = 0.085
_EYES_OPEN: Final = 0.25  # of the views: more are not lost to a blink in half a second


def black_level_cue(views: Sequence[View]) -> float | None:
    """Return 0 for black that is black to 1 for black that is grey.

    Returns:
        None without views.

    """
    if not views:
        return None
    level = np.quantile([black_level(view) for view in views], _EYES_OPEN)
    return float(np.clip((level - _BLACK) / (_GREY - _BLACK), 0.0, 1.0))


def black_level(view: View) -> float:
    """Return the brightness of the darkest parts over that of the skin, linear."""
    linear = light_of(view)
    inside = linear[away_from_middle(linear) < _FACE]
    if not inside.size:
        return 0.0
    return float(np.quantile(inside, _DARKEST) / max(float(np.median(inside)), 1e-3))


def light_of(view: View) -> Map:
    """Return the light of the face's box, 0 to 1, at 96 to 191 pixels across."""
    rows, columns = view.native.shape
    factor = max(1, columns // _SIDE)
    size = (columns // factor, rows // factor)
    small = np.asarray(cv2.resize(view.native, size, interpolation=cv2.INTER_AREA))
    linear: Map = _LINEAR[small]
    return linear


def away_from_middle(box: Map) -> Map:
    """Return for each pixel how far it is from the middle, 1 on the ellipse that fills ``box``."""
    rows, columns = box.shape
    down, across = np.mgrid[:rows, :columns]
    away: Map = np.hypot(across * 2 / columns - 1, down * 2 / rows - 1)
    return away
