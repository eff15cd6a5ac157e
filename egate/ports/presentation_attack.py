"""Presentation attack detection as the gate sees it (ISO/IEC 30107-1, BSI TR-03121-3.1 §4.5.1).

The gate collects what its camera saw of one traveller and asks once. Our own detector is
``egate.biometrics.presentation_attack``; a certified product comes in as a driver.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from egate.domain.time import Instant

if TYPE_CHECKING:  # as in ``egate.ports.devices``
    import numpy as np
    import numpy.typing as npt

MAX_SIGHTINGS: Final = 16
"""So many sightings are asked about at once, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceSighting:
    """The largest face of one frame. Biometric data: never logged, never stored.

    Args:
        pixels: the whole frame, height x width x 3, BGR, 8 bits a channel.
        captured_at: when it arrived, on the gate's monotonic clock.
        box: x, y, width and height of the face, in pixels; may reach beyond the frame.
        landmarks: 5 x 2, in pixels: the eye, the other eye, the tip of the nose, the
            corners of the mouth; first what is left in the picture.
        light: the lane's own face light as it was commanded then, 0 off to 1 full;
            always 0 in a lane without one.

    """

    pixels: "npt.NDArray[np.uint8]" = field(repr=False)
    captured_at: Instant
    box: tuple[float, float, float, float]
    landmarks: "npt.NDArray[np.float64]" = field(repr=False)
    light: float = 0.0


@dataclass(frozen=True, slots=True)
class PadAssessment:
    """What a detector says of one traveller. Never shown to the traveller.

    BSI TR-03121-3.1 (6.0) §4.5.1.1.2 and §4.11.3.1: the score is no yes or no but a
    number, and every value behind it is recorded with its name, its bounds and the
    threshold. The bounds are 0 and 1 throughout; the threshold is the policy's.

    Args:
        score: 0 bona fide to 1 presentation attack (the direction of ISO/IEC 30107-2 and
            BSI TR-03121 6.0; in BSI's version 5.3 it was the other one).
        cues: the score of each cue, same bounds and direction. A cue that had nothing to
            look at is absent.
        sufficient: False if too little was seen to say that this is a live person: the
            check is undetermined then, whatever the score.
        detector: name and version, for the record.
        reason: why it is not sufficient, for the record; nothing personal.

    """

    score: float
    cues: Mapping[str, float] = field(default_factory=dict)
    sufficient: bool = False
    detector: str = ""
    reason: str = ""


class PresentationAttackDetection(Protocol):
    """Tells a live person from a photograph, a screen or a mask."""

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        """Judge one traveller. Works on the processor: call it in a thread, one call at a time.

        Never raises for what it is shown, nor for a product that is lost: that is an
        assessment which is not sufficient.

        Args:
            sightings: of one traveller, oldest first, at most ``MAX_SIGHTINGS``.

        """
        ...


class ExternalDetection(PresentationAttackDetection, Protocol):
    """A detector outside this process."""

    def start(self) -> None:
        """Start the product, without waiting for it; ``assess`` would start it, too."""
        ...

    def close(self) -> None:
        """Let the product go; a later call of ``assess`` starts it again."""
        ...


class FaceLight(Protocol):
    """The lane's own illumination of the face. A lane without one has None instead."""

    async def set_level(self, level: float) -> None:
        """Set the light and return when the controller has confirmed it.

        Args:
            level: 0 off to 1 full. A light that can only be switched is on from 0.5.

        Raises:
            DeviceError: the light is lost. No session ends by it: the cue is absent.

        """
        ...


def nothing_known(detector: str, reason: str) -> PadAssessment:
    """Return the assessment of a detector that could not look: never a pass."""
    return PadAssessment(1.0, sufficient=False, detector=detector, reason=reason)
