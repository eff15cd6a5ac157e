"""Every measure with its unit, and the limits for it."""

from dataclasses import dataclass
from typing import Final

from egate.biometrics.quality.face_quality import FaceQuality
from egate.biometrics.quality.reference import ReferenceLimits
from egate.domain.policy.quality_limits import QualityLimits

UNITS: Final = {
    "eye_distance_px": "px",
    "face_height_px": "px",
    "face_share": "of the picture's height",
    "off_centre": "of half the picture",
    "yaw": "degrees",
    "pitch": "degrees",
    "roll": "degrees",
    "sharpness": "%",
    "brightness": "grey level",
    "under_exposed": "of the face",
    "over_exposed": "of the face",
    "dynamic_range": "bits",
    "light_evenness": "of 1",
    "eyes_covered": "of 1",
    "mouth_covered": "of 1",
    "forehead_covered": "of 1",
    "background_deviation": "grey levels",
    "blockiness": "times",
    "embedding_norm": "length",
}
_EITHER_WAY: Final = frozenset({"yaw", "pitch", "roll"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a face.

    Args:
        name: the field of ``FaceQuality``.
        value: in ``unit``.
        unit: for a person.
        minimum: that is still good; None when there is no such limit.
        maximum: the same.

    """

    name: str
    value: float
    unit: str
    minimum: float | None
    maximum: float | None

    @property
    def is_good(self) -> bool | None:
        """Whether it is within its limits; None when it has none."""
        if self.minimum is None and self.maximum is None:
            return None
        above = self.minimum is None or self.value >= self.minimum
        return above and (self.maximum is None or self.value <= self.maximum)


def measures(quality: FaceQuality, limits: QualityLimits | ReferenceLimits) -> tuple[Measure, ...]:
    """Return every measure of ``quality`` beside its limits."""
    return tuple(
        Measure(name, getattr(quality, name), unit, *_limits(name, limits))
        for name, unit in UNITS.items()
    )


def _limits(
    name: str, limits: QualityLimits | ReferenceLimits
) -> tuple[float | None, float | None]:
    group = "covered" if name.endswith("_covered") else name
    least, most = (getattr(limits, f"{side}_{group}", None) for side in ("min", "max"))
    return (-most if most is not None and name in _EITHER_WAY else least), most
