"""What came of watching, as checks. None of them is ever told to the traveller."""

from collections.abc import Iterable, Sequence
from typing import Final

from egate.biometrics.quality import findings
from egate.biometrics.verification import FaceObservation
from egate.domain.evidence import CheckResult
from egate.domain.policy.profile import FaceProfile
from egate.domain.policy.quality_limits import QualityLimits
from egate.emrtd.checks import CheckId, Outcome
from egate.ports.presentation_attack import PadAssessment

NO_PAD: Final = CheckResult(CheckId.PAD, Outcome.NOT_SUPPORTED, "the lane has no detector")
NOT_ASSESSED: Final = CheckResult(CheckId.PAD, Outcome.UNDETERMINED, "nobody to look at")


def captured(
    best: Sequence[FaceObservation], limits: QualityLimits, *, several: bool
) -> tuple[CheckResult, CheckResult]:
    """Return capture and quality.

    Args:
        best: the frames that decide, the best first; empty when there is none, or somebody
            else stands beside the traveller.
        limits: of the first of them.
        several: another person was beside the traveller.

    """
    template = best[0].template if best else None
    if template is None:
        reason = "another person beside the traveller" if several else "no face before the camera"
        return (
            CheckResult(CheckId.FACE_CAPTURE, Outcome.FAILED, reason),
            CheckResult(CheckId.FACE_QUALITY, Outcome.UNDETERMINED, reason),
        )
    faults = "; ".join(
        f"{one.fault.value}: {one.measure} {one.value:.3g}, limit {one.limit:g}"
        for one in findings(template.quality, limits)
    )
    outcome = Outcome.FAILED if faults else Outcome.SUCCESSFUL
    return (
        CheckResult(CheckId.FACE_CAPTURE, Outcome.SUCCESSFUL),
        CheckResult(CheckId.FACE_QUALITY, outcome, faults),
    )


def pad_check(assessment: PadAssessment, profile: FaceProfile) -> CheckResult:
    """Return the check of presentation attack detection (ISO/IEC 30107-3).

    A score that is no number fails, too.
    """
    if not assessment.sufficient:
        outcome = Outcome.UNDETERMINED
    elif assessment.score <= profile.max_pad_score:
        outcome = Outcome.SUCCESSFUL
    else:
        outcome = Outcome.FAILED
    said = [
        f"score {assessment.score:.3f}, at most {profile.max_pad_score:.3f}",
        *(f"{name} {value:.3f}" for name, value in sorted(assessment.cues.items())),
        *filter(None, (assessment.reason, assessment.detector)),
    ]
    return CheckResult(CheckId.PAD, outcome, "; ".join(said))


def unknown(reason: str) -> CheckResult:
    return CheckResult(CheckId.FACE, Outcome.UNDETERMINED, reason)


def is_worth_another(checks: Iterable[CheckResult]) -> bool:
    """Say whether a second attempt may help a live person; an alarm of PAD ends it."""
    outcomes = {check.check_id: check.outcome for check in checks}
    if outcomes[CheckId.PAD] is Outcome.FAILED:
        return False
    good = {Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED}
    return not all(outcome in good for outcome in outcomes.values())
