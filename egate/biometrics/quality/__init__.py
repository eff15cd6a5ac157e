"""How good a face picture is, as far as ISO/IEC 29794-5 can be computed from it."""

from egate.biometrics.quality.face_quality import FaceQuality
from egate.biometrics.quality.faults import (
    MEASURED_LIMITS,
    QualityFault,
    QualityFinding,
    faults,
    findings,
)
from egate.biometrics.quality.judge import judge
from egate.biometrics.quality.pose import head_angles
from egate.domain.policy.quality_limits import QualityLimits

__all__ = [
    "MEASURED_LIMITS",
    "FaceQuality",
    "QualityFault",
    "QualityFinding",
    "QualityLimits",
    "faults",
    "findings",
    "head_angles",
    "judge",
]
