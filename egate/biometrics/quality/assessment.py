"""What another product says about a face picture, by the components of ISO/IEC 29794-5."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from egate.biometrics.face_image import FaceImage


class AssessmentFailed(Exception):
    """The product gave no answer that can be used; the message says why, not of what."""


@dataclass(frozen=True, slots=True)
class ComponentQuality:
    """One quality component.

    Args:
        native: the product's own measure, in its own unit.
        value: the component's quality value, 0 to 100, more is better; None when the
            product could not assess it.

    """

    native: float
    value: float | None


class QualityAssessment(Protocol):
    """An implementation of ISO/IEC 29794-5."""

    def assess(self, image: FaceImage) -> Mapping[str, ComponentQuality]:
        """Return every component by its name, as in ``UnifiedQualityScore``.

        Args:
            image: height x width x 3, BGR, 8 bits a channel.

        Raises:
            AssessmentFailed: there is no answer.

        """
        ...
