"""Whatever bytes arrive: a picture within the limits or one clear error, nothing else."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image

PIXELS = np.add.outer(np.arange(48), np.arange(40))[..., None].repeat(3, 2).astype(np.uint8)
GENUINE = [cv2.imencode(kind, PIXELS)[1].tobytes() for kind in (".jpg", ".png", ".jp2")]


@given(
    genuine=st.sampled_from(GENUINE),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 200),
)
def test_spoiled_pictures(genuine: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    raw = bytearray(genuine)
    for position, value in changes:
        raw[position % len(raw)] = value
    try:
        decoded = decode_face_image(bytes(raw[: len(raw) - cut]))
    except FaceImageInvalid:
        return
    assert decoded.ndim == 3
    assert decoded.shape[0] * decoded.shape[1] <= 3_000_000


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\xff\x4f\xff\x51"]))
def test_random_bytes(raw: bytes, start: bytes) -> None:
    with pytest.raises(FaceImageInvalid):
        decode_face_image(start + raw)
