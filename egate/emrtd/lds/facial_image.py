"""One portrait of DG2 and what its record says of it, whichever encoding it came in.

The descriptive fields are claims of whoever made the record: they choose and
explain, they never decide. Codes that a standard reserves are read as unspecified,
because documents have them.
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from egate.emrtd.lds.image import ImageKind

MAX_IMAGES: Final = 9
"""9303-10 table 45: one to nine encodings."""
MAX_FEATURE_POINTS: Final = 256
"""Twice what MPEG-4 and anthropometry name together, roughly; a record claims up to 65,535."""


class FacialEncoding(StrEnum):
    """The standard that a record follows (9303-10 §4.5.6)."""

    ISO_19794_5 = "ISO/IEC 19794-5"
    ISO_39794_5 = "ISO/IEC 39794-5"


class FacialImageType(StrEnum):
    """Which requirements the image meets (ISO/IEC 19794-5:2005 §5.7.1, 39794-5 §7)."""

    BASIC = "basic"
    FULL_FRONTAL = "full frontal"
    TOKEN_FRONTAL = "token frontal"  # noqa: S105
    MRTD = "machine readable travel document"
    GENERAL_PURPOSE = "general purpose"


class ColourSpace(StrEnum):
    RGB_24 = "RGB, 24 bits"
    RGB_48 = "RGB, 48 bits"
    YUV_422 = "YUV 4:2:2"
    GREY_8 = "grey, 8 bits"
    GREY_16 = "grey, 16 bits"
    OTHER = "other"


class ImageSource(Enum):
    """What took the image; both standards number it so."""

    PHOTOGRAPH = 1
    DIGITAL_STILL_CAMERA = 2
    SCANNED_PHOTOGRAPH = 3
    VIDEO_FRAME = 4
    ANALOGUE_VIDEO_FRAME = 5
    DIGITAL_VIDEO_FRAME = 6


class FacialProperty(Enum):
    """What is to be seen; the numbers are the bits of ISO/IEC 19794-5:2005 §5.5.6.

    The first nine fields of ISO/IEC 39794-5 come in the same order.
    """

    GLASSES = 1
    MOUSTACHE = 2
    BEARD = 3
    TEETH_VISIBLE = 4
    EYES_NOT_VISIBLE = 5
    MOUTH_OPEN = 6
    LEFT_EYE_PATCH = 7
    RIGHT_EYE_PATCH = 8
    DARK_GLASSES = 9
    MEDICAL_CONDITION = 10
    FACE_ABSENT = 11
    HEAD_COVERING = 12


class PointScheme(StrEnum):
    """What the code of a feature point counts in."""

    MPEG_4 = "ISO/IEC 14496-2"
    LANDMARK_NAME = "anthropometric landmark"
    LANDMARK_POINT_NAME = "anthropometric landmark point"
    LANDMARK_POINT_ID = "anthropometric landmark identifier"


@dataclass(frozen=True, slots=True)
class FeaturePoint:
    """A point of the face.

    Args:
        scheme: of the code.
        code: as ``12.1``, the centre of the left eye in MPEG-4; a plain number elsewhere.
        x: pixels from the left.
        y: pixels from the top.

    """

    scheme: PointScheme
    code: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class PoseAngle:
    """One angle of the head, -180 to 180 degrees, and how far it may be off, if known."""

    degrees: int
    uncertainty: int | None


@dataclass(frozen=True, slots=True)
class Pose:
    """ISO/IEC 19794-5:2005 §5.5.8; None for an angle that is not stated."""

    yaw: PoseAngle | None = None
    pitch: PoseAngle | None = None
    roll: PoseAngle | None = None


@dataclass(frozen=True, slots=True)
class QualityScore:
    """What some algorithm thought of the image.

    Args:
        organisation: of the registry that knows the algorithm; None where the record names none.
        algorithm: its number there.
        score: 0 to 100 where the algorithm is named; None when it failed.

    """

    organisation: int | None
    algorithm: int | None
    score: int | None


@dataclass(frozen=True, slots=True)
class FaceImage:
    """One portrait. Personal.

    Args:
        kind: compression, told from the first bytes and not from the record.
        encoded: the compressed image.
        width: in pixels as the record claims, 0 when it claims nothing.
        height: the same.
        encoding: of the record.
        image_type: None when unspecified, as in all that follow.
        colour_space: as claimed.
        source: as claimed.
        quality: every score there is.
        pose: of the head.
        feature_points: in the order of the record.
        properties: what is said to be to be seen.

    """

    kind: ImageKind
    encoded: bytes = field(repr=False)
    width: int
    height: int
    encoding: FacialEncoding
    image_type: FacialImageType | None = None
    colour_space: ColourSpace | None = None
    source: ImageSource | None = None
    quality: tuple[QualityScore, ...] = ()
    pose: Pose = field(default=Pose(), repr=False)
    feature_points: tuple[FeaturePoint, ...] = field(default=(), repr=False)
    properties: frozenset[FacialProperty] = field(default=frozenset(), repr=False)
