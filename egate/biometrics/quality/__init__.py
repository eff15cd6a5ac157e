"""How good a face picture is, as far as ISO/IEC 29794-5 can be computed from it."""

from egate.biometrics.quality.assessment import (
    AssessmentFailed,
    ComponentQuality,
    QualityAssessment,
)
from egate.biometrics.quality.face_quality import FaceQuality
from egate.biometrics.quality.faults import (
    MEASURED_LIMITS,
    QualityFault,
    QualityFinding,
    faults,
    findings,
)
from egate.biometrics.quality.judge import judge
from egate.biometrics.quality.measures import Measure, measures
from egate.biometrics.quality.ofiq import Ofiq
from egate.biometrics.quality.pose import head_angles
from egate.biometrics.quality.reference import (
    REFERENCE_LIMITS,
    ReferenceFault,
    ReferenceLimits,
    bits_per_pixel,
    reference_faults,
)
from egate.domain.policy.quality_limits import QualityLimits

__all__ = [
    "MEASURED_LIMITS",
    "REFERENCE_LIMITS",
    "AssessmentFailed",
    "ComponentQuality",
    "FaceQuality",
    "Measure",
    "Ofiq",
    "QualityAssessment",
    "QualityFault",
    "QualityFinding",
    "QualityLimits",
    "ReferenceFault",
    "ReferenceLimits",
    "bits_per_pixel",
    "faults",
    "findings",
    "head_angles",
    "judge",
    "measures",
    "reference_faults",
]
