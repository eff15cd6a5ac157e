"""An evaluation as one JSON document and as the rows of a table."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from egate.biometrics.evaluation.error_rates import FMRS, EqualErrorRate, OperatingPoint
from egate.biometrics.evaluation.evaluation import AtFmr, Band, ByQuality, Discard, Evaluation
from egate.biometrics.evaluation.proportion import CONFIDENCE, Proportion

ALL: Final = "all"

DET_COLUMNS: Final = (
    "quality_measure", "band", "threshold", "fmr", "fnmr",
    "false_matches", "impostor", "false_non_matches", "genuine",
)  # fmt: skip


def fmr_name(fmr: Fraction) -> str:
    """Return an FMR as a key: ``0.001`` for 0.1 %."""
    return f"{float(fmr):.9f}".rstrip("0")


def as_document(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures for programs; a rate that cannot be told is null, with the reason."""
    return {
        "pairs": evaluation.genuine + evaluation.impostor + evaluation.not_acquired,
        "genuine": evaluation.genuine,
        "impostor": evaluation.impostor,
        "failure_to_acquire": evaluation.not_acquired,
        "eer": evaluation.eer.value if evaluation.eer else None,
        "fnmr_at": {fmr_name(one.fmr): _fnmr(one.point) for one in evaluation.at},
        "equal_error_rate": _equal(evaluation.eer),
        "operating_points": [_operating_point(one, evaluation) for one in evaluation.at],
        "by_quality": {each.measure: _by_quality(each) for each in evaluation.by_quality},
        "interval": {"confidence": CONFIDENCE, "method": "Clopper-Pearson"},
    }


def det_rows(evaluation: Evaluation) -> Iterator[tuple[str | float | None, ...]]:
    """Give every point of every curve, in the order of ``DET_COLUMNS``."""
    yield from _rows(ALL, ALL, evaluation.det)
    for each in evaluation.by_quality:
        for band in each.bands:
            yield from _rows(each.measure, band.name, band.det)


def _rows(
    measure: str, band: str, points: tuple[OperatingPoint, ...]
) -> Iterator[tuple[str | float | None, ...]]:
    for point in points:
        fmr, fnmr = point.fmr, point.fnmr
        yield (
            measure, band, point.threshold, fmr.value, fnmr.value,
            fmr.errors, fmr.trials, fnmr.errors, fnmr.trials,
        )  # fmt: skip


def _operating_point(one: AtFmr, evaluation: Evaluation) -> dict[str, Any]:
    document: dict[str, Any] = {"fmr": float(one.fmr)}
    if one.point is None:
        needed = -(-one.fmr.denominator // one.fmr.numerator)
        reason = f"{evaluation.impostor} impostor comparisons, {needed} are needed for one error"
        return document | {"threshold": None, "measured": None, "reason": reason}
    return document | {
        "threshold": one.point.threshold,
        "measured": {"fmr": as_rate(one.point.fmr), "fnmr": as_rate(one.point.fnmr)},
        "generalised_frr": one.generalised_frr and as_rate(one.generalised_frr),
        "generalised_far": one.generalised_far and as_rate(one.generalised_far),
    }


def as_rate(proportion: Proportion) -> dict[str, Any]:
    """Return a rate with what it was counted from and its interval."""
    interval = proportion.interval()
    return {
        "rate": proportion.value,
        "errors": proportion.errors,
        "trials": proportion.trials,
        "interval": list(interval) if interval else None,
    }


def _fnmr(point: OperatingPoint | None) -> float | None:
    return point.fnmr.value if point else None


def _equal(eer: EqualErrorRate | None) -> dict[str, float] | None:
    if eer is None:
        return None
    return {"rate": eer.value, "low": eer.low, "high": eer.high, "threshold": eer.threshold}


def _by_quality(each: ByQuality) -> dict[str, Any]:
    return {
        "bands": [_band(band) for band in each.bands],
        "poorest_asked_again": [_discard(discard) for discard in each.discards],
    }


def _band(band: Band) -> dict[str, Any]:
    return {
        "band": band.name,
        "begins": band.begins,
        "genuine": band.genuine,
        "impostor": band.impostor,
        "eer": band.eer.value if band.eer else None,
        "at_threshold_of": {
            fmr_name(fmr): point and {"fmr": as_rate(point.fmr), "fnmr": as_rate(point.fnmr)}
            for fmr, point in zip(FMRS, band.at, strict=True)
        },
    }


def _discard(discard: Discard) -> dict[str, Any]:
    points = dict(zip((fmr_name(fmr) for fmr in FMRS), discard.at, strict=True))
    return {
        "share": discard.share / 100,
        "limit": discard.limit,
        "fnmr_at": {name: _fnmr(point) for name, point in points.items()},
        "thresholds": {name: point and point.threshold for name, point in points.items()},
    }
