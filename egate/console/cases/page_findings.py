"""What was found on a scanned page, in an officer's words, with the place to look at."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from egate.console.cases.details import Saying, in_language
from egate.console.cases.shown import ORDER, TONES, urgency
from egate.console.words import Words
from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import Outcome
from egate.web.findings import explain


@dataclass(frozen=True, slots=True)
class Measured:
    """A score and what a genuine page reaches, both in per cent of the likeness to its model.

    Args:
        score: from 0 to 100.
        threshold: likewise.
        words: both in a sentence.

    """

    score: float
    threshold: float
    words: str


@dataclass(frozen=True, slots=True)
class FindingShown:
    """One finding.

    Args:
        check_id: as records name it.
        name: what the check looks at; what is amiss, if it is.
        look: what to do about it, "" where nothing is amiss.
        outcome: how the check ended.
        tone: of the outcome.
        is_amiss: an officer has to look.
        sayings: the words of who looked.
        measured: None where nothing is.
        light: under which it shows best.
        region: left, top, width and height in parts of the image; "" for all of the page.

    """

    check_id: str
    name: str
    look: str
    outcome: str
    tone: str
    is_amiss: bool
    sayings: tuple[Saying, ...]
    measured: Measured | None
    light: Light
    region: str


def page_findings(
    findings: Iterable[OpticalFinding], in_the_way: Collection[str], words: Words
) -> tuple[FindingShown, ...]:
    """Return what was found on a page: first what kept the traveller, then what else is amiss.

    Args:
        findings: of the page.
        in_the_way: ids of the checks that kept the traveller.
        words: of the officer.

    """
    ordered = sorted(
        findings,
        key=lambda each: (
            each.check_id not in in_the_way,
            ORDER.index(each.outcome),
            urgency(each.check_id),
        ),
    )
    return tuple(_shown(each, in_the_way, words) for each in ordered)


def _shown(finding: OpticalFinding, in_the_way: Collection[str], words: Words) -> FindingShown:
    is_amiss = finding.outcome is Outcome.FAILED or finding.check_id in in_the_way
    text = explain(finding.check_id)
    name = words.known(f"case.check.{finding.check_id}", finding.check_id)
    region = finding.region
    return FindingShown(
        check_id=finding.check_id,
        name=words.choose(text.bangla, text.english) if is_amiss else name,
        look=words.choose(text.bangla_look, text.english_look) if is_amiss else "",
        outcome=words(f"case.outcome.{finding.outcome}"),
        tone=TONES[finding.outcome],
        is_amiss=is_amiss,
        sayings=in_language(finding.detail, words),
        measured=_measured(finding, words),
        light=finding.light,
        region=f"{region.left} {region.top} {region.width} {region.height}" if region else "",
    )


def _measured(finding: OpticalFinding, words: Words) -> Measured | None:
    score, threshold = finding.score, finding.threshold
    if score is None or threshold is None:
        return None
    reached, required = _told_apart(100 * score, 100 * threshold)
    sentence = words("case.page.measured").format(
        score=words.number(reached), threshold=words.number(required)
    )
    return Measured(100 * score, 100 * threshold, sentence)


def _told_apart(score: float, threshold: float) -> tuple[str, str]:
    """Round both to what still tells which is the larger: 49.6 of 50 is not 50 of 50."""
    for digits in range(3):
        reached, required = f"{score:.{digits}f}", f"{threshold:.{digits}f}"
        if (float(reached) >= float(required)) == (score >= threshold):
            return reached, required
    return f"{score}", f"{threshold}"
