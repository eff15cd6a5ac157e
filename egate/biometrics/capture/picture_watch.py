"""Whether a camera's picture is one: neither black nor the same for seconds.

A camera that hangs may go on sending its last picture, and one behind a cover sends
black ones. Neither is the traveller's fault, and no face can be found or trusted in it.
"""

from enum import StrEnum
from typing import Final

import numpy as np

from egate.biometrics.face_image import FaceImage
from egate.domain.time import Instant

FAULT_SECONDS: Final = 3.0
"""A hand before the lens for a moment, or a driver that repeats a frame, is no fault."""
# Grey levels: a lane at night is above, a covered lens below.
_DARK: Final = 12.0
# Every so many pixels; the noise of a sensor changes some of them in every picture.
_STEP: Final = 8


class PictureFault(StrEnum):
    """What is wrong, in words for a technician."""

    DARK = "the picture is dark: take the cover off, or see to the light"
    FROZEN = "the picture does not change: start the camera anew"


class PictureWatch:
    """Looks at one camera's pictures, in order."""

    def __init__(self) -> None:
        self._last: bytes | None = None
        self._changed_at = Instant(0.0)
        self._bright_at: Instant | None = None
        self.is_well = False
        """Whether the newest picture is bright, and another than one before it."""

    def take(self, picture: FaceImage, at: Instant) -> PictureFault | None:
        """Return what has been wrong for ``FAULT_SECONDS`` now, None if nothing.

        Args:
            picture: height x width x 3, BGR.
            at: when it was captured.

        """
        some = picture[::_STEP, ::_STEP]
        seen = some.tobytes()
        changed = seen != self._last
        bright = float(np.mean(some)) >= _DARK
        self.is_well = bright and changed and self._last is not None
        if changed:
            self._last, self._changed_at = seen, at
        if bright or self._bright_at is None:
            self._bright_at = at
        if at - self._bright_at >= FAULT_SECONDS:
            return PictureFault.DARK
        return PictureFault.FROZEN if at - self._changed_at >= FAULT_SECONDS else None
