"""What is wrong with a live face, in the order in which a traveller can mend it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.biometrics.quality.face_quality import FaceQuality
from egate.domain.policy.quality_limits import QualityLimits


class QualityFault(StrEnum):
    """Left and right are the traveller's own; each says what mends it or what is wrong."""

    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    LOOK_AT_CAMERA = "look_at_camera"
    LOOK_UP = "look_up"
    LOOK_DOWN = "look_down"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    HOLD_HEAD_STRAIGHT = "hold_head_straight"
    BLURRED = "blurred"
    COVERED = "covered"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One measure beyond its limit.

    Args:
        fault: what it means to the traveller.
        measure: the field of ``FaceQuality``.
        value: of that measure, in its unit.
        limit: which it is beyond, in the same unit.

    """

    fault: QualityFault
    measure: str
    value: float
    limit: float


MEASURED_LIMITS: Final = QualityLimits(
    min_eye_distance_px=50.0,
    max_face_share=1.0,
    max_off_centre=0.6,
    max_yaw=25.0,
    max_pitch=25.0,
    max_roll=20.0,
    max_covered=0.5,
    min_brightness=25.0,
    max_brightness=200.0,
    max_under_exposed=0.6,
    max_over_exposed=0.2,
    min_sharpness=32.0,
    min_embedding_norm=8.5,
)
"""Reasons in docs/face-quality.md; for technicians. The gate's policy sets its own."""


def faults(quality: FaceQuality, limits: QualityLimits) -> tuple[QualityFault, ...]:
    """Return every fault once, the one to tell first in front; empty when there is none.

    A face at the wrong distance or place comes before everything, since the other
    measures depend on it; a blurred one hides its covers; what only the lane can mend,
    its light, comes last. A short embedding counts only when nothing else explains it.
    """
    return tuple(dict.fromkeys(finding.fault for finding in findings(quality, limits)))


def findings(quality: FaceQuality, limits: QualityLimits) -> tuple[QualityFinding, ...]:
    """Return the measures beyond their limits, in the order of ``faults``."""
    found = [
        *_place(quality, limits),
        *_pose(quality, limits),
        *_below(QualityFault.BLURRED, quality, limits, "sharpness"),
        *_above(QualityFault.COVERED, quality, limits, "covered"),
        *_light(quality, limits),
    ]
    if not found:
        found = _below(QualityFault.LOOK_AT_CAMERA, quality, limits, "embedding_norm")
    return tuple(found)


def _place(quality: FaceQuality, limits: QualityLimits) -> list[QualityFinding]:
    return [
        *_below(QualityFault.TOO_FAR, quality, limits, "eye_distance_px"),
        *_above(QualityFault.TOO_NEAR, quality, limits, "face_share"),
        *_above(QualityFault.OFF_CENTRE, quality, limits, "off_centre"),
    ]


def _pose(quality: FaceQuality, limits: QualityLimits) -> list[QualityFinding]:
    """Return what is wrong with the angles; a head that is off in two ways just has to look."""
    yaw, pitch = quality.yaw, quality.pitch
    up_or_down = QualityFault.LOOK_UP if pitch > 0 else QualityFault.LOOK_DOWN
    # The camera's picture is not a mirror: a nose to its right is turned to the left.
    aside = QualityFault.TURN_RIGHT if yaw > 0 else QualityFault.TURN_LEFT
    if abs(pitch) > limits.max_pitch and abs(yaw) > limits.max_yaw:
        up_or_down = aside = QualityFault.LOOK_AT_CAMERA
    angles = (
        (up_or_down, "pitch", pitch, limits.max_pitch),
        (aside, "yaw", yaw, limits.max_yaw),
        (QualityFault.HOLD_HEAD_STRAIGHT, "roll", quality.roll, limits.max_roll),
    )
    return [QualityFinding(*angle) for angle in angles if abs(angle[2]) > angle[3]]


def _light(quality: FaceQuality, limits: QualityLimits) -> list[QualityFinding]:
    return [
        *_below(QualityFault.TOO_DARK, quality, limits, "brightness"),
        *_above(QualityFault.TOO_DARK, quality, limits, "under_exposed"),
        *_above(QualityFault.TOO_BRIGHT, quality, limits, "brightness"),
        *_above(QualityFault.TOO_BRIGHT, quality, limits, "over_exposed"),
    ]


def _above(
    fault: QualityFault, quality: FaceQuality, limits: QualityLimits, measure: str
) -> list[QualityFinding]:
    value, limit = getattr(quality, measure), getattr(limits, f"max_{measure}")
    return [QualityFinding(fault, measure, value, limit)] if value > limit else []


def _below(
    fault: QualityFault, quality: FaceQuality, limits: QualityLimits, measure: str
) -> list[QualityFinding]:
    value, limit = getattr(quality, measure), getattr(limits, f"min_{measure}")
    return [QualityFinding(fault, measure, value, limit)] if value < limit else []
