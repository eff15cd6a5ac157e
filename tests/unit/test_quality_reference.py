"""When the portrait in a chip is called poor, and that nothing else comes of it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from egate.biometrics.face_image import decode_face_image
from egate.biometrics.quality import (
    REFERENCE_LIMITS,
    ReferenceFault,
    bits_per_pixel,
    reference_faults,
)
from egate.biometrics.verification import FaceVerifier
from tests.face_quality import quality

PHOTOGRAPHS = Path(__file__).resolve().parents[2] / "hardware_mocks" / "photographs"
ENOUGH_BITS = 0.2

BEYOND = [
    ("eye_distance_px", 60.0, -1, ReferenceFault.LOW_RESOLUTION),
    ("blockiness", 2.5, 1, ReferenceFault.COMPRESSED),
    ("sharpness", 45.0, -1, ReferenceFault.BLURRED),
    ("yaw", 20.0, 1, ReferenceFault.NOT_FRONTAL),
    ("yaw", -20.0, -1, ReferenceFault.NOT_FRONTAL),
    ("pitch", 20.0, 1, ReferenceFault.NOT_FRONTAL),
    ("roll", -15.0, -1, ReferenceFault.NOT_FRONTAL),
    ("eyes_covered", 0.5, 1, ReferenceFault.COVERED),
    ("under_exposed", 0.4, 1, ReferenceFault.TOO_DARK),
    ("over_exposed", 0.2, 1, ReferenceFault.TOO_BRIGHT),
    ("embedding_norm", 10.0, -1, ReferenceFault.HARD_TO_RECOGNISE),
]


@pytest.mark.parametrize(("measure", "limit", "step", "fault"), BEYOND)
def test_a_limit_is_good_and_beyond_it_is_not(
    measure: str, limit: float, step: float, fault: ReferenceFault
) -> None:
    assert reference_faults(quality(**{measure: limit}), ENOUGH_BITS) == ()
    assert reference_faults(quality(**{measure: limit + 0.001 * step}), ENOUGH_BITS) == (fault,)


def test_few_bits_are_a_fault_as_blocks_are() -> None:
    assert reference_faults(quality(), 0.1999) == (ReferenceFault.COMPRESSED,)
    assert reference_faults(quality(blockiness=9.0), 0.1) == (ReferenceFault.COMPRESSED,)


def test_all_faults_come_in_one_order() -> None:
    worst = quality(
        eye_distance_px=1, sharpness=1, yaw=90, mouth_covered=1, under_exposed=1,
        over_exposed=1, embedding_norm=1,
    )  # fmt: skip
    assert reference_faults(worst, 0.0) == tuple(ReferenceFault)


@pytest.fixture(scope="module")
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


@pytest.mark.parametrize("person", ["P001", "P005"])
def test_a_portrait_of_two_kilobytes_is_poor_and_one_of_twenty_is_not(
    person: str, verifier: FaceVerifier
) -> None:
    original = decode_face_image((PHOTOGRAPHS / person / "portrait.jpg").read_bytes())
    clean = np.asarray(cv2.resize(original, (324, 432), interpolation=cv2.INTER_AREA), np.uint8)
    for per_mille, poor in ((48, False), (5, True)):
        options = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, per_mille]
        encoded = cv2.imencode(".jp2", clean, options)[1].tobytes()
        image = decode_face_image(encoded)
        template = verifier.template(image)
        assert template is not None
        found = reference_faults(template.quality, bits_per_pixel(encoded, image), REFERENCE_LIMITS)
        assert (ReferenceFault.COMPRESSED in found) is poor, len(encoded)
