"""Below which quality a live face is not compared but captured again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """What a frame must have; one table of the policy. A limit itself is still good.

    Args:
        min_eye_distance_px: between the eyes, pixels of the picture.
        max_face_share: height of the face over the height of the picture, 0 to 1.
        max_off_centre: from the picture's middle to the face's, as a share of the
            picture's half width or height, 0 to 1.
        max_yaw: degrees to either side.
        max_pitch: degrees up or down.
        max_roll: degrees to either side.
        max_covered: 0 (nothing hides the face) to 1.
        min_brightness: mean grey level of the face, 0 to 255.
        max_brightness: the same.
        max_under_exposed: share of the face's pixels that are nearly black, 0 to 1.
        max_over_exposed: share of the face's pixels that are nearly white, 0 to 1.
        min_sharpness: see ``FaceQuality``.
        min_embedding_norm: see ``FaceQuality``.

    """

    min_eye_distance_px: float
    max_face_share: float
    max_off_centre: float
    max_yaw: float
    max_pitch: float
    max_roll: float
    max_covered: float
    min_brightness: float
    max_brightness: float
    max_under_exposed: float
    max_over_exposed: float
    min_sharpness: float
    min_embedding_norm: float
