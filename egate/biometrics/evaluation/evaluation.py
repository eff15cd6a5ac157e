"""Everything that an evaluation tells, from the comparisons of both kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from egate.biometrics.evaluation.error_rates import (
    FMRS,
    ComparisonScores,
    EqualErrorRate,
    OperatingPoint,
)
from egate.biometrics.evaluation.proportion import Proportion
from egate.biometrics.evaluation.quality_bands import BAND_NAMES, SHARES, QualityBands
from egate.biometrics.evaluation.trials import Trials


@dataclass(frozen=True, slots=True)
class AtFmr:
    """What happens at the threshold of one false match rate.

    Args:
        fmr: the rate that was asked for.
        point: None when there are too few impostor comparisons to show it.
        generalised_frr: genuine comparisons that were refused or had no face to compare.
        generalised_far: impostor comparisons that matched, of all, also of those without a face.

    """

    fmr: Fraction
    point: OperatingPoint | None
    generalised_frr: Proportion | None
    generalised_far: Proportion | None


@dataclass(frozen=True, slots=True)
class Band:
    """Comparisons whose poorer image is of one band of quality.

    Args:
        name: its share of the images, from the poorest.
        begins: the quality at which it begins, None for the poorest.
        at: what the thresholds of all comparisons do here; None where those are None.
        eer: None when it lacks genuine or impostor comparisons.
        genuine: how many.
        impostor: how many.
        det: points of its curve.

    """

    name: str
    begins: float | None
    at: tuple[OperatingPoint | None, ...]
    eer: EqualErrorRate | None
    genuine: int
    impostor: int
    det: tuple[OperatingPoint, ...]


@dataclass(frozen=True, slots=True)
class Discard:
    """What is left when the poorest images are asked for again (ISO/IEC 29794-1).

    Args:
        share: at most so many per cent of the images are below the limit.
        limit: of the quality.
        at: at thresholds chosen anew among the comparisons that are left.

    """

    share: int
    limit: float
    at: tuple[OperatingPoint | None, ...]


@dataclass(frozen=True, slots=True)
class ByQuality:
    measure: str
    bands: tuple[Band, ...]
    discards: tuple[Discard, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of all comparisons, and by each measure of quality.

    Args:
        genuine: comparisons of one person that had a score.
        impostor: comparisons of two that had one.
        not_acquired: comparisons that had none.
        at: at each false match rate.
        eer: None when one kind is missing.
        det: points of the curve of all.
        by_quality: one for each measure.

    """

    genuine: int
    impostor: int
    not_acquired: int
    at: tuple[AtFmr, ...]
    eer: EqualErrorRate | None
    det: tuple[OperatingPoint, ...]
    by_quality: tuple[ByQuality, ...]


def evaluate(genuine: Trials, impostor: Trials, measures: Sequence[QualityBands]) -> Evaluation:
    """Count the errors of all comparisons, and of each band of quality.

    Args:
        genuine: comparisons of a person with himself.
        impostor: of two people.
        measures: how the images were put into the bands that the comparisons have.

    """
    scores = ComparisonScores.of(genuine.scores, impostor.scores)
    at = tuple(_at(scores, fmr, genuine, impostor) for fmr in FMRS)
    eer, det = scores.eer(), scores.det()
    del scores  # a copy of every score, and the bands need another
    thresholds = [one.point.threshold if one.point else None for one in at]
    return Evaluation(
        genuine.scores.size,
        impostor.scores.size,
        genuine.not_acquired + impostor.not_acquired,
        at,
        eer,
        det,
        tuple(_by_quality(genuine, impostor, each, thresholds) for each in measures),
    )


def _at(scores: ComparisonScores, fmr: Fraction, genuine: Trials, impostor: Trials) -> AtFmr:
    point = scores.at_fmr(fmr)
    if point is None:
        return AtFmr(fmr, None, None, None)
    refused = point.fnmr.errors + genuine.not_acquired
    return AtFmr(
        fmr,
        point,
        Proportion(refused, point.fnmr.trials + genuine.not_acquired),
        Proportion(point.fmr.errors, point.fmr.trials + impostor.not_acquired),
    )


def _by_quality(
    genuine: Trials,
    impostor: Trials,
    measure: QualityBands,
    thresholds: Sequence[float | None],
) -> ByQuality:
    mine, theirs = genuine.bands[measure.measure], impostor.bands[measure.measure]

    # Functions, so that the scores of one are gone before those of the next are chosen.
    def band(number: int, name: str) -> Band:
        scores = ComparisonScores.taking(
            genuine.scores[mine == number], impostor.scores[theirs == number]
        )
        begins = measure.limits[number - 1] if number else None
        at = tuple(None if each is None else scores.at(each) for each in thresholds)
        sizes = scores.genuine.size, scores.impostor.size
        return Band(name, begins, at, scores.eer(), *sizes, scores.det())

    def discard(number: int, share: int, limit: float) -> Discard:
        scores = ComparisonScores.taking(
            genuine.scores[mine >= number], impostor.scores[theirs >= number]
        )
        return Discard(share, limit, tuple(scores.at_fmr(fmr) for fmr in FMRS))

    limits = zip(SHARES, measure.limits, strict=True)
    return ByQuality(
        measure.measure,
        tuple(band(number, name) for number, name in enumerate(BAND_NAMES)),
        tuple(discard(number, share, limit) for number, (share, limit) in enumerate(limits, 1)),
    )
