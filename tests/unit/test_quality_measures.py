"""Each measure follows what it measures, and nothing else."""

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.face_covers import KINDS, covered
from egate.biometrics.detection import DetectedFace, FaceBox, FaceDetector
from egate.biometrics.embedding import align
from egate.biometrics.face_image import FaceImage, decode_face_image
from egate.biometrics.models import YUNET, read_model
from egate.biometrics.quality import FaceQuality, judge
from tests.face_quality import quality

PHOTOGRAPHS = Path(__file__).resolve().parents[2] / "hardware_mocks" / "photographs"
PEOPLE = ("P001", "P002", "P003", "P005", "P007", "P008")


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector(read_model(YUNET))


@pytest.fixture(scope="module")
def faces(detector: FaceDetector) -> dict[str, tuple[FaceImage, DetectedFace]]:
    images = {
        person: decode_face_image((PHOTOGRAPHS / person / "portrait.jpg").read_bytes())
        for person in PEOPLE
    }
    return {person: (image, detector.find(image)[0]) for person, image in images.items()}


def measured(image: FaceImage, face: DetectedFace) -> FaceQuality:
    return judge(image, face, align(image, face.landmarks), 12.0)


def scaled(face: DetectedFace, factor: float) -> DetectedFace:
    box = FaceBox(*(factor * side for side in face.box))
    return DetectedFace(box, face.landmarks * factor, face.score)


def eyes_apart(face: DetectedFace) -> float:
    return math.dist(*face.landmarks[:2])


@pytest.mark.parametrize("person", PEOPLE)
def test_sharpness_tells_the_blur_alone(
    person: str, faces: dict[str, tuple[FaceImage, DetectedFace]]
) -> None:
    image, face = faces[person]
    sharp = measured(image, face).sharpness
    assert 50 < sharp < 66
    blurs = [
        measured(cv2.GaussianBlur(image, (0, 0), share * eyes_apart(face)), face).sharpness
        for share in (0.015, 0.03, 0.045, 0.06)
    ]
    assert [sharp, *blurs] == sorted([sharp, *blurs], reverse=True)
    assert blurs[1] == pytest.approx(37, abs=3)
    assert blurs[3] < 30
    dark = (image * 0.4).astype(np.uint8)
    pale = (255 * (image / 255) ** 0.7).astype(np.uint8)
    for other in (dark, pale):
        assert measured(other, face).sharpness == pytest.approx(sharp, rel=0.06)
    for factor in (0.6, 2.0):
        resized = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        resized = np.asarray(resized, np.uint8)
        assert measured(resized, scaled(face, factor)).sharpness == pytest.approx(sharp, rel=0.12)


def test_light_follows_gain_and_side(faces: dict[str, tuple[FaceImage, DetectedFace]]) -> None:
    image, face = faces["P002"]
    usual = measured(image, face)
    dark = measured((image * 0.1).astype(np.uint8), face)
    assert dark.brightness == pytest.approx(usual.brightness / 10, rel=0.1)
    assert dark.under_exposed > 0.5 > usual.under_exposed
    assert dark.dynamic_range < usual.dynamic_range - 1.5
    bright = measured(np.clip(image * 2.5, 0, 255).astype(np.uint8), face)
    assert bright.over_exposed > 0.3 > usual.over_exposed
    side = image.astype(float)
    side[:, : int(face.landmarks[2, 0])] *= 0.5
    assert measured(side.astype(np.uint8), face).light_evenness < usual.light_evenness / 2


def test_size_and_place_are_those_of_the_box() -> None:
    image = np.full((720, 1280, 3), 120, np.uint8)
    landmarks = np.array([[600.0, 300], [680, 300], [640, 345], [610, 390], [670, 390]])
    found = measured(image, DetectedFace(FaceBox(560, 252, 160, 216), landmarks, 0.9))
    assert (found.eye_distance_px, found.face_height_px, found.face_share) == (80, 216, 0.3)
    assert found.off_centre == pytest.approx(0)
    low = measured(image, DetectedFace(FaceBox(560, 432, 160, 216), landmarks, 0.9))
    assert low.off_centre == pytest.approx(0.5)
    left = measured(image, DetectedFace(FaceBox(-80, 252, 160, 216), landmarks, 0.9))
    assert left.off_centre == pytest.approx(1)


def test_blocks_tell_the_quality_of_a_jpeg(
    faces: dict[str, tuple[FaceImage, DetectedFace]],
) -> None:
    image, face = faces["P001"]
    clean = np.asarray(cv2.resize(image, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
    small = scaled(face, 0.7)
    found = []
    for wanted in (90, 50, 20, 8):
        encoded = cv2.imencode(".jpg", clean, [cv2.IMWRITE_JPEG_QUALITY, wanted])[1]
        decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
        found.append(measured(decoded, small).blockiness)
    assert measured(clean, small).blockiness == pytest.approx(1, abs=0.1)
    assert found == sorted(found)
    assert found[0] < 1.3
    assert found[3] > 2


def test_the_background_is_beside_the_head() -> None:
    image = np.full((400, 400, 3), 120, np.uint8)
    landmarks = np.array([[180.0, 180], [220, 180], [200, 200], [185, 225], [215, 225]])
    face = DetectedFace(FaceBox(160, 140, 80, 110), landmarks, 0.9)
    assert measured(image, face).background_deviation == 0
    image[300:] = 0  # the shoulders
    image[150:240, 165:235] = 30  # the face
    assert measured(image, face).background_deviation == 0
    image[:, :60:2] = 220
    assert measured(image, face).background_deviation > 20
    filling = replace(face, box=FaceBox(0, 0, 400, 400))
    assert measured(image, filling).background_deviation == 0


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_covers_a_studio_portrait(
    person: str, faces: dict[str, tuple[FaceImage, DetectedFace]]
) -> None:
    assert measured(*faces[person]).covered < 0.5


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("mask", "mouth_covered"),
        ("scarf", "mouth_covered"),
        ("hand", "mouth_covered"),
        ("sunglasses", "eyes_covered"),
        ("cap", "forehead_covered"),
    ],
)
def test_most_covers_are_noticed_where_they_are(
    kind: str,
    part: str,
    faces: dict[str, tuple[FaceImage, DetectedFace]],
    detector: FaceDetector,
) -> None:
    seen = []
    for number, (image, face) in enumerate([*faces.values()] * 3):
        hidden = covered(image, face.landmarks, kind, np.random.default_rng(number))
        seen += [measured(hidden, found) for found in detector.find(hidden)[:1]]
    assert sum(getattr(one, part) > 0.5 for one in seen) > 0.6 * len(seen)
    parts = {"mouth_covered", "eyes_covered", "forehead_covered"}
    others = [getattr(one, name) > 0.5 for one in seen for name in parts - {part}]
    assert sum(others) <= 1


def test_clear_glasses_are_no_cover(
    faces: dict[str, tuple[FaceImage, DetectedFace]], detector: FaceDetector
) -> None:
    assert "glasses" in KINDS
    for number, (image, face) in enumerate(faces.values()):
        worn = covered(image, face.landmarks, "glasses", np.random.default_rng(number))
        assert measured(worn, detector.find(worn)[0]).covered < 0.5


def test_the_score_grows_with_the_norm() -> None:
    scores = [quality(embedding_norm=norm).score for norm in (0, 9, 10.7, 12, 14, 30)]
    assert scores == sorted(set(scores))
    assert 0 <= scores[0] < scores[-1] <= 100
    assert scores[2:4] == pytest.approx([10, 50])
    assert quality(sharpness=1.0, mouth_covered=1.0).score == quality().score


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (300, 9, 3)])
@pytest.mark.parametrize("grey", [0, 255])
def test_a_blank_picture_of_any_shape_has_finite_measures(
    shape: tuple[int, int, int], grey: int
) -> None:
    image = np.full(shape, grey, np.uint8)
    landmarks = np.array([[0.0, 0], [3, 0], [2, 2], [0, 4], [3, 4]])
    for box in (FaceBox(0, 0, 1, 1), FaceBox(-50, -50, 500, 500)):
        found = measured(image, DetectedFace(box, landmarks, 0.9))
        assert all(math.isfinite(getattr(found, name)) for name in FaceQuality.__slots__)


@given(
    arrays(np.uint8, (60, 80, 3)),
    arrays(np.float64, (5, 2), elements=st.floats(-40, 120)),
    st.tuples(*[st.floats(-100, 200)] * 2, *[st.floats(0.1, 300)] * 2),
)
def test_any_landmarks_have_finite_measures(
    image: FaceImage, landmarks: np.ndarray, box: tuple[float, float, float, float]
) -> None:
    found = measured(image, DetectedFace(FaceBox(*box), landmarks, 0.9))
    assert all(math.isfinite(getattr(found, name)) for name in FaceQuality.__slots__)
    assert 0 <= found.covered <= 1
    assert 0 <= found.background_deviation <= 128
    assert 0 <= found.under_exposed + found.over_exposed <= 1.000001
