"""Instructions that a person can follow: one at a time, none for less than a second."""

from typing import Final

from egate.biometrics.quality import QualityFault
from egate.domain.guidance import Guidance
from egate.domain.time import Instant

LEAST_SECONDS: Final = 1.0
_LASTING_SECONDS: Final = 0.2  # a fault of one frame is not told
# Two faults that take turns must not keep up a third that is gone.
_STALE_SECONDS: Final = 2.0

ADVICE: Final[dict[QualityFault, Guidance]] = {
    QualityFault.TOO_FAR: Guidance.COME_CLOSER,
    QualityFault.TOO_NEAR: Guidance.STEP_BACK,
    QualityFault.OFF_CENTRE: Guidance.STEP_TO_THE_MIDDLE,
    QualityFault.LOOK_AT_CAMERA: Guidance.LOOK_AT_CAMERA,
    QualityFault.LOOK_UP: Guidance.LOOK_UP,
    QualityFault.LOOK_DOWN: Guidance.LOOK_DOWN,
    # Left and right are told wrongly and done wrongly; the camera is to be seen.
    QualityFault.TURN_LEFT: Guidance.LOOK_AT_CAMERA,
    QualityFault.TURN_RIGHT: Guidance.LOOK_AT_CAMERA,
    QualityFault.HOLD_HEAD_STRAIGHT: Guidance.HOLD_HEAD_STRAIGHT,
    QualityFault.COVERED: Guidance.TAKE_OFF,
    # The lane's light is not the traveller's business.
    QualityFault.TOO_DARK: Guidance.WAIT,
    QualityFault.TOO_BRIGHT: Guidance.WAIT,
    QualityFault.BLURRED: Guidance.HOLD_STILL,
}
"""What mends a fault."""


class SteadyGuidance:
    """Turns what is wrong in each frame into what is told."""

    def __init__(self) -> None:
        self._told = Guidance.LOOK_AT_CAMERA
        self._told_at: Instant | None = None
        self._right_at = Instant(0.0)
        self._wanted = self._told
        self._wanted_at = Instant(0.0)

    @property
    def told(self) -> Guidance:
        return self._told

    def take(self, wanted: Guidance, at: Instant) -> Guidance:
        """Return what is told at ``at``, when a frame asks for ``wanted``."""
        if self._told_at is None:
            self._told_at = self._right_at = self._wanted_at = at
        if wanted is not self._wanted:
            self._wanted, self._wanted_at = wanted, at
        if wanted is self._told:
            self._right_at = at
        elif at - self._told_at >= LEAST_SECONDS and self._is_due(at):
            self._told, self._told_at, self._right_at = wanted, at, at
        return self._told

    def _is_due(self, at: Instant) -> bool:
        lasts = at - self._wanted_at >= _LASTING_SECONDS
        return lasts or at - self._right_at >= _STALE_SECONDS
