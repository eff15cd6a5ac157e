"""The measures of one face picture (ISO/IEC 29794-5)."""

import math
from dataclasses import dataclass
from typing import Final

# Of 7,701 photographs the worst 5 % have a norm below _POOR_NORM, half are above _USUAL_NORM.
_POOR_NORM: Final = 10.7
_USUAL_NORM: Final = 12.0


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measures of one face picture; docs/face-quality.md has sources, errors and limits.

    The names in brackets are those of the quality components in ISO/IEC 29794-5 and the
    criteria of table 4.2 in BSI TR-03121-3.1 (QA-FI-GENERIC).

    Args:
        eye_distance_px: between the eyes, in pixels of the picture (InterEyeDistance; 5.7).
        face_height_px: of the face's box, from forehead to chin, in pixels of the picture.
        face_share: that height over the picture's, 0 to 1 and more (HeadSize; 5.4).
        off_centre: how far the middle of the face's box is from the picture's, as a share
            of its half width or height, the larger of both: 0 in the middle, 1 at the
            edge (the four CropOfTheFaceImage; 5.5 and 5.6).
        yaw: degrees, positive when the nose points to the right of the picture
            (HeadPoseYaw; 1.1).
        pitch: degrees, positive when the nose points down (HeadPosePitch; 1.2).
        roll: degrees, positive when the head leans clockwise in the picture
            (HeadPoseRoll; 1.3).
        sharpness: contrast of details of 1/35 eye distance over that of coarser ones,
            percent: 50 to 65 in focus, 37 at a blur of 3 % of the eye distance, 25 when
            nothing is left (Sharpness; 7.2).
        brightness: mean grey level of the aligned face, 0 to 255 (LuminanceMean; 7.1).
        under_exposed: share of the face's pixels in the darkest tenth of the grey levels,
            0 to 1 (UnderExposurePrevention; 7.1).
        over_exposed: share of the face's pixels in the top twenty-fifth of the grey
            levels, 0 to 1 (OverExposurePrevention; 6.3 and 7.1).
        dynamic_range: entropy of the face's grey levels, 0 to 8 bits (DynamicRange; 7.6).
        light_evenness: what the histograms of the face's left and right half have in
            common, 0 to 1 (IlluminationUniformity; 6.1).
        eyes_covered: how likely dark glasses or something else hide the eyes, 0 to 1
            (EyesVisible; 3.2).
        mouth_covered: how likely a mask, a scarf or a hand hides the mouth, 0 to 1
            (MouthOcclusionPrevention, FaceOcclusionPrevention).
        forehead_covered: how likely a cap or a scarf hides the forehead, 0 to 1
            (NoHeadCoverings).
        background_deviation: standard deviation of the grey levels beside the head, 0 to
            128; 0 too when there is no background (BackgroundUniformity; 4.1).
        blockiness: steps between JPEG blocks over those within them; 1 is none, 3 what
            quality 10 leaves (CompressionArtifacts).
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
    eyes_covered: float
    mouth_covered: float
    forehead_covered: float
    background_deviation: float
    blockiness: float
    embedding_norm: float

    @property
    def covered(self) -> float:
        """How likely something hides a part of the face, 0 to 1."""
        return max(self.eyes_covered, self.mouth_covered, self.forehead_covered)

    @property
    def score(self) -> float:
        """The unified quality score, 0 to 100 (UnifiedQualityScore).

        Made of ``embedding_norm`` alone, which tells best how surely the face will be
        known again; 50 is a usual photograph, 10 one of the worst 5 %.
        """
        steepness = math.log(9) / (_USUAL_NORM - _POOR_NORM)
        return 100 / (1 + math.exp(-steepness * (self.embedding_norm - _USUAL_NORM)))
