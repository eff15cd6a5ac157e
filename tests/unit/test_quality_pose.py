"""The angles of a head: exact for the mean face, within the stated error for others."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.quality import head_angles
from egate.biometrics.quality.pose import _MEAN_FACE


def turned(yaw: float, pitch: float, roll: float, face: np.ndarray = _MEAN_FACE) -> np.ndarray:
    """Return the landmarks of ``face`` seen from 756 mm: written anew, by the angles' meaning."""
    y, p, r = (math.radians(angle) for angle in (yaw, pitch, roll))
    right, down, away = np.moveaxis(face - face.mean(axis=0), 1, 0)
    # A nose that points down goes down and comes nearer less; then right; then clockwise.
    down, away = (
        down * math.cos(p) - away * math.sin(p),
        down * math.sin(p) + away * math.cos(p),
    )
    right, away = (
        right * math.cos(y) - away * math.sin(y),
        right * math.sin(y) + away * math.cos(y),
    )
    right, down = (
        right * math.cos(r) - down * math.sin(r),
        right * math.sin(r) + down * math.cos(r),
    )
    return np.stack([right, down], axis=1) / (756 + away[:, None]) * 1500 + (640, 360)


@pytest.mark.parametrize(
    "angles",
    [
        (0, 0, 0),
        (20, 0, 0),
        (-20, 0, 0),
        (0, 15, 0),
        (0, -15, 0),
        (0, 0, 10),
        (-15, 10, -12),
        (25, -12, 20),
    ],
)
def test_the_mean_face_is_measured_exactly(angles: tuple[float, float, float]) -> None:
    assert head_angles(turned(*angles)) == pytest.approx(angles, abs=1.5)


@given(st.floats(-30, 30), st.floats(-20, 20), st.floats(-12, 12))
def test_a_mirrored_face_turns_the_other_way(yaw: float, pitch: float, roll: float) -> None:
    face = turned(yaw, pitch, roll)
    mirrored = np.array([[1280 - x, y] for x, y in face[[1, 0, 2, 4, 3]]])
    found = head_angles(face)
    assert head_angles(mirrored) == pytest.approx((-found[0], found[1], -found[2]), abs=0.2)


@given(st.floats(-25, 25), st.floats(-15, 15), st.floats(0.2, 5), st.integers(-4000, 4000))
def test_size_and_place_do_not_matter(yaw: float, pitch: float, size: float, away: int) -> None:
    face = turned(yaw, pitch, 5)
    assert head_angles(face * size + away) == pytest.approx(head_angles(face), abs=0.2)


def test_people_differ_from_the_mean_by_some_degrees() -> None:
    rng = np.random.default_rng(3)
    errors = []
    for _ in range(300):
        angles = rng.uniform(-20, 20), rng.uniform(-15, 15), rng.uniform(-10, 10)
        person = _MEAN_FACE + rng.normal(0, 1.3, _MEAN_FACE.shape)
        person[2, 2] += rng.normal(0, 2)
        errors.append(np.subtract(head_angles(turned(*angles, person)), angles))
    yaw, pitch, roll = np.sqrt(np.mean(np.square(errors), axis=0))
    assert yaw < 3.5
    assert pitch < 3.5
    assert roll < 1.5


@pytest.mark.parametrize(
    "landmarks",
    [np.zeros((5, 2)), np.ones((5, 2)) * [[0], [1], [2], [3], [4]], np.full((5, 2), 1e9)],
)
def test_what_no_face_can_be_is_finite(landmarks: np.ndarray) -> None:
    assert all(math.isfinite(angle) for angle in head_angles(landmarks))
