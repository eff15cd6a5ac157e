"""Which fault is told first, and where each begins."""

import dataclasses

import pytest

from egate.biometrics.quality import (
    MEASURED_LIMITS,
    QualityFault,
    QualityLimits,
    faults,
    findings,
)
from tests.face_quality import quality

LIMITS = QualityLimits(
    min_eye_distance_px=100.0,
    max_face_share=0.8,
    max_off_centre=0.5,
    max_yaw=10.0,
    max_pitch=12.0,
    max_roll=14.0,
    max_covered=0.5,
    min_brightness=60.0,
    max_brightness=200.0,
    max_under_exposed=0.3,
    max_over_exposed=0.2,
    min_sharpness=50.0,
    min_embedding_norm=10.0,
)

# measure, limit, one step beyond, what it means
BEYOND = [
    ("eye_distance_px", 100.0, -1, QualityFault.TOO_FAR),
    ("face_share", 0.8, 1, QualityFault.TOO_NEAR),
    ("off_centre", 0.5, 1, QualityFault.OFF_CENTRE),
    ("pitch", 12.0, 1, QualityFault.LOOK_UP),
    ("pitch", -12.0, -1, QualityFault.LOOK_DOWN),
    ("yaw", 10.0, 1, QualityFault.TURN_RIGHT),
    ("yaw", -10.0, -1, QualityFault.TURN_LEFT),
    ("roll", 14.0, 1, QualityFault.HOLD_HEAD_STRAIGHT),
    ("roll", -14.0, -1, QualityFault.HOLD_HEAD_STRAIGHT),
    ("eyes_covered", 0.5, 1, QualityFault.COVERED),
    ("mouth_covered", 0.5, 1, QualityFault.COVERED),
    ("forehead_covered", 0.5, 1, QualityFault.COVERED),
    ("brightness", 60.0, -1, QualityFault.TOO_DARK),
    ("under_exposed", 0.3, 1, QualityFault.TOO_DARK),
    ("brightness", 200.0, 1, QualityFault.TOO_BRIGHT),
    ("over_exposed", 0.2, 1, QualityFault.TOO_BRIGHT),
    ("sharpness", 50.0, -1, QualityFault.BLURRED),
    ("embedding_norm", 10.0, -1, QualityFault.LOOK_AT_CAMERA),
]


def test_a_good_face_has_no_fault() -> None:
    assert faults(quality(), LIMITS) == ()
    assert faults(quality(), MEASURED_LIMITS) == ()


@pytest.mark.parametrize(("measure", "limit", "step", "fault"), BEYOND)
def test_a_limit_is_good_and_beyond_it_is_not(
    measure: str, limit: float, step: float, fault: QualityFault
) -> None:
    assert findings(quality(**{measure: limit}), LIMITS) == ()
    value = limit + 0.001 * step
    (found,) = findings(quality(**{measure: value}), LIMITS)
    assert (found.fault, found.value) == (fault, value)
    assert measure.endswith(found.measure)
    assert found.limit == abs(limit)


def test_every_fault_and_every_limit_is_covered_by_the_table() -> None:
    assert {row[3] for row in BEYOND} == set(QualityFault)
    limited = {field.name.removeprefix("min_").removeprefix("max_") for field in
               dataclasses.fields(QualityLimits)}  # fmt: skip
    assert {(row[0].rpartition("_covered")[0] and "covered") or row[0] for row in BEYOND} == limited


def test_a_face_that_is_off_in_two_ways_is_told_where_to_look() -> None:
    assert faults(quality(yaw=20.0, pitch=-20.0), LIMITS) == (QualityFault.LOOK_AT_CAMERA,)


def test_faults_come_in_the_order_of_their_names_and_once() -> None:
    everything = quality(
        eye_distance_px=1.0, face_share=0.9, off_centre=0.9, pitch=40.0, roll=40.0,
        mouth_covered=1.0, brightness=10.0, under_exposed=0.9, over_exposed=0.9, sharpness=1.0,
        embedding_norm=1.0,
    )  # fmt: skip
    found = faults(everything, LIMITS)
    assert found == tuple(fault for fault in QualityFault if fault in found)
    assert len(found) == 9


def test_a_short_embedding_counts_alone_only_without_another_cause() -> None:
    assert faults(quality(embedding_norm=1.0), LIMITS) == (QualityFault.LOOK_AT_CAMERA,)
    dark = quality(embedding_norm=1.0, brightness=10.0)
    assert faults(dark, LIMITS) == (QualityFault.TOO_DARK,)
