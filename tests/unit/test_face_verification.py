"""Six synthetic people: two different photographs of each, and of nobody else."""

import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from egate.biometrics import models
from egate.biometrics.detection import FaceBox
from egate.biometrics.embedding import align
from egate.biometrics.face_image import decode_face_image
from egate.biometrics.models import SFACE, YUNET, ModelInvalid, read_model
from egate.biometrics.verification import (
    MEASURED_THRESHOLD,
    FaceObservation,
    FaceTemplate,
    FaceVerifier,
)
from tests.face_quality import quality

PHOTOGRAPHS = Path(__file__).resolve().parents[2] / "hardware_mocks" / "photographs"
PEOPLE = ("P001", "P002", "P003", "P005", "P007", "P008")


def photograph(person: str, kind: str) -> np.ndarray:
    return decode_face_image((PHOTOGRAPHS / person / f"{kind}.jpg").read_bytes())


@pytest.fixture(scope="module")
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


@pytest.fixture(scope="module")
def templates(verifier: FaceVerifier) -> dict[tuple[str, str], FaceTemplate]:
    found = {
        (person, kind): verifier.template(photograph(person, kind))
        for person in PEOPLE
        for kind in ("portrait", "selfie")
    }
    assert None not in found.values()
    return {key: template for key, template in found.items() if template is not None}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_same_person_matches(
    person: str, verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    pair = templates[person, "portrait"], templates[person, "selfie"]
    assert verifier.similarity(*pair) >= 0.6


def test_different_people_do_not(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    pairs = [pair for pair in itertools.combinations(templates, 2) if pair[0][0] != pair[1][0]]
    assert len(pairs) == 60
    for a, b in pairs:
        assert verifier.similarity(templates[a], templates[b]) < MEASURED_THRESHOLD, (a, b)


def test_order_does_not_matter(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    for a, b in itertools.product(templates.values(), repeat=2):
        assert verifier.similarity(a, b) == verifier.similarity(b, a)
        assert verifier.similarity(a, a) == pytest.approx(1.0)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


_VECTORS = (
    arrays(np.float64, 128, elements=st.floats(-1, 1))
    .filter(lambda vector: bool(np.abs(vector).max() > 1e-6))
    .map(_unit)
)


@given(_VECTORS, _VECTORS)
def test_similarity_is_symmetric_bit_for_bit(a: np.ndarray, b: np.ndarray) -> None:
    left, right = (FaceTemplate(1, FaceBox(0, 0, 1, 1), quality(), one) for one in (a, b))
    verifier = FaceVerifier.__new__(FaceVerifier)
    assert verifier.similarity(left, right) == verifier.similarity(right, left)
    assert -1 <= verifier.similarity(left, right) <= 1
    assert verifier.similarity(left, left) == pytest.approx(1.0)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_live_frame_is_observed_without_the_mirror(
    person: str, verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    seen = verifier.observe(photograph(person, "portrait"))
    assert seen.template is not None
    assert seen.aligned is not None
    assert seen.aligned.shape == (112, 112, 3)
    assert len(seen.faces) == seen.template.faces == 1
    still = templates[person, "portrait"]
    assert seen.template.quality.eye_distance_px == pytest.approx(
        still.quality.eye_distance_px, rel=0.12
    )
    assert 0.9 < verifier.similarity(seen.template, still) < 1 - 1e-6


def test_one_frame_fused_is_nearly_the_still_template(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    seen = verifier.observe(photograph("P001", "portrait"))
    assert seen.template is not None
    still = templates["P001", "portrait"]
    assert verifier.similarity(verifier.fused([seen]), still) > 0.97
    assert verifier.similarity(verifier.fused([seen]), still) > verifier.similarity(
        seen.template, still
    )


def test_frames_fused_lie_between_them_and_in_any_order(verifier: FaceVerifier) -> None:
    seen = [verifier.observe(photograph("P002", kind)) for kind in ("portrait", "selfie")]
    fused, other = verifier.fused(seen), verifier.fused([FaceObservation(), *seen[::-1]])
    ends = [verifier.fused([one]) for one in seen]
    assert np.allclose(fused.embedding, other.embedding, rtol=0, atol=1e-12)
    assert np.linalg.norm(fused.embedding) == pytest.approx(1)
    best = max(ends, key=lambda end: end.quality.embedding_norm)
    assert (fused.quality, fused.box) == (best.quality, best.box)
    for end in ends:
        assert verifier.similarity(fused, end) > verifier.similarity(*ends)


def test_nothing_to_fuse(verifier: FaceVerifier) -> None:
    nobody = verifier.observe(np.full((480, 640, 3), 180, np.uint8))
    assert (nobody.faces, nobody.aligned, nobody.template) == ((), None, None)
    with pytest.raises(ValueError, match="no observation has a face"):
        verifier.fused([nobody])


def test_a_distant_second_face_is_noticed_in_a_live_frame(verifier: FaceVerifier) -> None:
    frame = np.full((720, 1280, 3), 128, np.uint8)
    frame[46:674, :800] = photograph("P003", "selfie")
    portrait = photograph("P001", "portrait")
    frame[300:460, 1000:1120] = cv2.resize(portrait, (120, 160), interpolation=cv2.INTER_AREA)
    seen = verifier.observe(frame)
    assert [face.box.height for face in seen.faces][1:] == [pytest.approx(97, abs=12)]
    assert seen.template is not None
    assert seen.template.faces == 2


def test_a_face_that_is_tracked_comes_first(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    scene = np.full((720, 1280, 3), 128, np.uint8)
    scene[60:688, :800] = photograph("P003", "selfie")
    scene[200:680, 860:1220] = photograph("P001", "portrait")
    faces = verifier.observe(scene).faces
    assert len(faces) == 2
    for face, person in zip(faces, ("P003", "P001"), strict=True):
        seen = verifier.observe(scene, near=face.box)
        assert len(seen.faces) == 2
        assert seen.template is not None
        assert verifier.similarity(seen.template, templates[person, "portrait"]) > 0.6
    elsewhere = verifier.observe(scene, near=FaceBox(1270, 0, 9, 9))
    assert elsewhere.faces[0].box == faces[0].box


def test_a_mirrored_picture_is_the_same_face(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    for person in PEOPLE:
        mirrored = verifier.template(np.ascontiguousarray(photograph(person, "portrait")[:, ::-1]))
        assert mirrored is not None
        assert verifier.similarity(mirrored, templates[person, "portrait"]) > 0.97


def test_the_same_picture_gives_the_same_template_from_any_thread(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    keys = [("P001", "portrait"), ("P002", "selfie")] * 4
    with ThreadPoolExecutor(4) as threads:
        again = list(threads.map(lambda key: verifier.template(photograph(*key)), keys))
    for key, template in zip(keys, again, strict=True):
        assert template is not None
        assert (template.embedding == templates[key].embedding).all()


def test_a_template_tells_nothing_of_the_face_when_printed(
    templates: dict[tuple[str, str], FaceTemplate],
) -> None:
    assert "embedding=" not in repr(templates["P001", "portrait"])


def test_an_observation_tells_nothing_of_the_face_when_printed(verifier: FaceVerifier) -> None:
    printed = repr(verifier.observe(photograph("P001", "portrait")))
    assert not any(word in printed for word in ("aligned", "landmarks", "embedding=", "array"))


def test_a_large_noisy_frame_is_reduced_before_it_is_sampled() -> None:
    noise = np.random.default_rng(3).normal(128, 40, (448, 448, 3)).clip(0, 255).astype(np.uint8)
    upright = np.array([[153.0, 207], [294, 206], [224, 287], [166, 369], [283, 369]])
    assert float(align(noise, upright).std()) < 0.4 * float(noise.std())
    dot = np.zeros((448, 448, 3), np.uint8)
    dot[284:292, 220:228] = 255  # around the tip of the nose, where SFace expects it
    y, x = np.argwhere(align(dot, upright)[:, :, 0]).mean(0)
    assert (x, y) == pytest.approx((56.03, 71.74), abs=0.6)


@pytest.mark.parametrize("size", [(1, 16_384), (16_384, 1), (3, 4000), (719, 1279)])
def test_a_picture_of_any_shape_is_searched(size: tuple[int, int], verifier: FaceVerifier) -> None:
    assert verifier.template(np.full((*size, 3), 90, np.uint8)) is None


def test_the_same_face_is_found_at_the_same_place_at_any_size(verifier: FaceVerifier) -> None:
    picture = photograph("P005", "portrait")
    still = verifier.template(picture)
    assert still is not None
    for factor in (2, 3.3, 5):
        large = verifier.template(cv2.resize(picture, None, fx=factor, fy=factor))
        assert large is not None
        assert np.allclose(np.array(large.box) / factor, still.box, atol=15)
        assert verifier.similarity(large, still) > 0.95


def test_no_face(verifier: FaceVerifier) -> None:
    empty = np.full((480, 640, 3), 180, np.uint8)
    noise = np.random.default_rng(2).integers(0, 255, (480, 640, 3), np.uint8)
    assert verifier.template(empty) is None
    assert verifier.template(noise) is None
    assert verifier.template(np.zeros((1, 1, 3), np.uint8)) is None


def test_two_faces_are_counted_and_the_nearer_one_is_taken(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    scene = np.full((900, 1200, 3), 128, np.uint8)
    near, far = photograph("P003", "selfie"), photograph("P001", "portrait")
    scene[:628, :800] = near
    scene[600:840, 900:1080] = cv2.resize(far, (180, 240), interpolation=cv2.INTER_AREA)
    template = verifier.template(scene)
    assert template is not None
    assert template.faces == 2
    assert verifier.similarity(template, templates["P003", "portrait"]) > MEASURED_THRESHOLD


def test_a_still_picture_is_of_whom_it_has_in_its_middle(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    """A live frame is of who stands nearest: the larger face, here at the edge."""
    scene = np.full((720, 1280, 3), 128, np.uint8)
    scene[120:600, 460:820] = photograph("P001", "portrait")
    larger = cv2.resize(photograph("P002", "portrait"), None, fx=1.3, fy=1.3)
    scene[: larger.shape[0], : larger.shape[1] - 20] = larger[:, 20:]
    still, live = verifier.template(scene), verifier.observe(scene).template
    assert still is not None
    assert live is not None
    assert (still.faces, live.faces) == (2, 2)
    assert verifier.similarity(still, templates["P001", "portrait"]) > 0.9
    assert verifier.similarity(live, templates["P002", "portrait"]) > 0.8


def test_a_small_face_in_a_large_frame_still_matches(
    verifier: FaceVerifier, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    """The frame is searched reduced; the face is then cut from the full frame."""
    frame = np.full((1440, 2560, 3), 140, np.uint8)
    frame[700:1299, 1500:2300] = photograph("P001", "selfie")
    template = verifier.template(frame)
    assert template is not None
    assert 1700 < template.box.x < 1850
    assert template.quality.eye_distance_px == pytest.approx(
        templates["P001", "selfie"].quality.eye_distance_px, rel=0.1
    )
    assert verifier.similarity(template, templates["P001", "portrait"]) > 0.6


def test_a_face_that_fills_the_picture_is_found(verifier: FaceVerifier) -> None:
    face = photograph("P001", "portrait")[100:400, 60:300]
    template = verifier.template(cv2.resize(face, (1200, 1500)))
    assert template is not None
    assert template.faces == 1


def test_quality_follows_the_picture(verifier: FaceVerifier) -> None:
    sharp = photograph("P002", "portrait")
    height, width = sharp.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -15, 1)
    variants = {
        "sharp": sharp,
        "blurred": cv2.GaussianBlur(sharp, (0, 0), 4),
        "dark": (sharp // 3).astype(np.uint8),
        "leaning": cv2.warpAffine(sharp, turn, (width, height), borderValue=(128, 128, 128)),
        "double": cv2.resize(sharp, None, fx=2, fy=2),
    }
    found = {name: verifier.template(image) for name, image in variants.items()}
    quality = {name: t.quality for name, t in found.items() if t is not None}
    assert quality["blurred"].sharpness < 50 < quality["sharp"].sharpness
    assert quality["blurred"].embedding_norm < quality["sharp"].embedding_norm
    assert quality["dark"].brightness == pytest.approx(quality["sharp"].brightness / 3, rel=0.1)
    assert quality["leaning"].roll - quality["sharp"].roll == pytest.approx(15, abs=2)
    assert quality["double"].eye_distance_px == pytest.approx(
        2 * quality["sharp"].eye_distance_px, rel=0.03
    )


@pytest.mark.parametrize("person", PEOPLE)
def test_a_studio_portrait_is_frontal(
    person: str, templates: dict[tuple[str, str], FaceTemplate]
) -> None:
    quality = templates[person, "portrait"].quality
    assert abs(quality.yaw) < 8
    assert abs(quality.pitch) < 10
    assert abs(quality.roll) < 5


@pytest.mark.parametrize("model", [YUNET, SFACE])
def test_a_changed_model_is_refused(model: models.Model, tmp_path: Path) -> None:
    copy = tmp_path / model.file_name
    shutil.copy(Path(models.__file__).parent / model.file_name, copy)
    assert read_model(model, tmp_path).size == copy.stat().st_size
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ModelInvalid, match=model.file_name):
        read_model(model, tmp_path)
    copy.unlink()
    with pytest.raises(ModelInvalid, match="No such file"):
        read_model(model, tmp_path)


def test_every_model_lies_beside_its_licence() -> None:
    folder = Path(models.__file__).parent
    assert "Copyright (c) 2020 Shiqi Yu" in (folder / "LICENSE.yunet").read_text("utf-8")
    assert "Apache License" in (folder / "LICENSE.sface").read_text("utf-8")
