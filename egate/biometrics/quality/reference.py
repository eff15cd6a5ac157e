"""What is wrong with the portrait of a chip: for an officer, never for the comparison.

A poor portrait makes its holder fail more often. Lowering the threshold for it would make
poor portraits worth having, so that is never done (ISO/IEC 39794-5, BSI TR-03135-1).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.biometrics.face_image import FaceImage
from egate.biometrics.quality.face_quality import FaceQuality


class ReferenceFault(StrEnum):
    """One reason why the portrait in the chip is poor."""

    LOW_RESOLUTION = "low_resolution"
    COMPRESSED = "compressed"
    BLURRED = "blurred"
    NOT_FRONTAL = "not_frontal"
    COVERED = "covered"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    HARD_TO_RECOGNISE = "hard_to_recognise"


@dataclass(frozen=True, slots=True)
class ReferenceLimits:
    """What a portrait must have; a limit itself is still good.

    Args:
        min_eye_distance_px: between the eyes, pixels.
        min_bits_per_pixel: of the encoded picture.
        max_blockiness: see ``FaceQuality``.
        min_sharpness: see ``FaceQuality``.
        max_yaw: degrees to either side.
        max_pitch: degrees up or down.
        max_roll: degrees to either side.
        max_covered: see ``FaceQuality``.
        max_under_exposed: share of the face, 0 to 1.
        max_over_exposed: share of the face, 0 to 1.
        min_embedding_norm: see ``FaceQuality``.

    """

    min_eye_distance_px: float
    min_bits_per_pixel: float
    max_blockiness: float
    min_sharpness: float
    max_yaw: float
    max_pitch: float
    max_roll: float
    max_covered: float
    max_under_exposed: float
    max_over_exposed: float
    min_embedding_norm: float


REFERENCE_LIMITS: Final = ReferenceLimits(
    min_eye_distance_px=60.0,
    min_bits_per_pixel=0.2,
    max_blockiness=2.5,
    min_sharpness=45.0,
    max_yaw=20.0,
    max_pitch=20.0,
    max_roll=15.0,
    max_covered=0.5,
    max_under_exposed=0.4,
    max_over_exposed=0.2,
    min_embedding_norm=10.0,
)
"""The eye distance is the least of ISO/IEC 19794-5 (token image); the others are measured."""


def bits_per_pixel(encoded: bytes, image: FaceImage) -> float:
    """Return what the encoder spent on a pixel.

    Args:
        encoded: the image as it is in the chip.
        image: the same, decoded: height x width x 3.

    """
    height, width = image.shape[:2]
    return 8 * len(encoded) / (int(height) * int(width))


def reference_faults(
    quality: FaceQuality, bits: float, limits: ReferenceLimits = REFERENCE_LIMITS
) -> tuple[ReferenceFault, ...]:
    """Return every reason why the portrait is poor, in the order of ``ReferenceFault``.

    Args:
        quality: of the portrait as it was decoded.
        bits: of ``bits_per_pixel``.
        limits: beyond which it is poor.

    """
    turned = (
        abs(quality.yaw) > limits.max_yaw
        or abs(quality.pitch) > limits.max_pitch
        or abs(quality.roll) > limits.max_roll
    )
    compressed = bits < limits.min_bits_per_pixel or quality.blockiness > limits.max_blockiness
    poor = {
        ReferenceFault.LOW_RESOLUTION: quality.eye_distance_px < limits.min_eye_distance_px,
        ReferenceFault.COMPRESSED: compressed,
        ReferenceFault.BLURRED: quality.sharpness < limits.min_sharpness,
        ReferenceFault.NOT_FRONTAL: turned,
        ReferenceFault.COVERED: quality.covered > limits.max_covered,
        ReferenceFault.TOO_DARK: quality.under_exposed > limits.max_under_exposed,
        ReferenceFault.TOO_BRIGHT: quality.over_exposed > limits.max_over_exposed,
        ReferenceFault.HARD_TO_RECOGNISE: quality.embedding_norm < limits.min_embedding_norm,
    }
    return tuple(fault for fault, is_so in poor.items() if is_so)
