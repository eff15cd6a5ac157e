"""The measures of one face picture (ISO/IEC 29794-5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measures of one face picture; docs/face-quality.md has the sources and the errors.

    Args:
        eye_distance_px: between the eyes, in pixels of the picture.
        face_height_px: of the face's box, in pixels of the picture.
        face_share: that height over the picture's, 0 to 1 and more.
        off_centre: how far the middle of the face's box is from the picture's, as a share
            of its half width or height, the larger of both: 0 in the middle, 1 at the edge.
        yaw: degrees, positive when the nose points to the right of the picture.
        pitch: degrees, positive when the nose points down.
        roll: degrees, positive when the head leans clockwise in the picture.
        sharpness: variance of the Laplacian of the aligned face; a blurred one is below 50.
        brightness: mean grey level of the aligned face, 0 to 255.
        under_exposed: share of the face's pixels that are nearly black, 0 to 1.
        over_exposed: share of the face's pixels that are nearly white, 0 to 1.
        dynamic_range: entropy of the face's grey levels, 0 to 8 bits.
        light_evenness: how alike the light on the face's halves is, 0 to 1.
        covered: how likely something hides part of the face, 0 to 1.
        background_evenness: how uniform the picture beside the head is, 0 to 1.
        blockiness: steps at the borders of JPEG blocks over those elsewhere; 1 is none.
        embedding_norm: length of the raw embedding; the worst 5 % of good
            photographs are below 10.7.

    """

    eye_distance_px: float
    face_height_px: float
    face_share: float
    off_centre: float
    yaw: float
    pitch: float
    roll: float
    sharpness: float
    brightness: float
    under_exposed: float
    over_exposed: float
    dynamic_range: float
    light_evenness: float
    covered: float
    background_evenness: float
    blockiness: float
    embedding_norm: float
