"""The pictures of a case: few, small, and gone with the session."""

import numpy as np
import pytest

from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import decode_face_image
from egate.biometrics.officer_picture import officer_picture
from egate.gate.case_images import CaseImages
from egate.ports.case_images import (
    MAX_IMAGE_BYTES,
    MAX_IMAGES,
    MAX_PAGE_BYTES,
    CaseImage,
    CaseImageKind,
)


def picture(brightness: int, height: int = 48, width: int = 64) -> np.ndarray:
    return np.full((height, width, 3), brightness, np.uint8)


def brightness(image: CaseImage) -> int:
    return round(float(decode_face_image(image.jpeg).mean()))


def test_a_later_picture_takes_the_place_of_the_one_before() -> None:
    images = CaseImages()
    images.keep(CaseImageKind.CHIP_PORTRAIT, picture(40))
    images.keep(CaseImageKind.LIVE_FRAME, picture(80))
    images.keep(CaseImageKind.LIVE_FRAME, picture(120))
    kept = images.all()
    assert [each.kind for each in kept] == [CaseImageKind.LIVE_FRAME, CaseImageKind.CHIP_PORTRAIT]
    assert [brightness(each) for each in kept] == [120, 40]


def test_the_six_newest_pad_frames_stay_in_their_order() -> None:
    images = CaseImages()
    for number in range(9):
        images.keep(CaseImageKind.PAD_FRAME, picture(10 * number))
    assert [brightness(each) for each in images.all()] == [30, 40, 50, 60, 70, 80]


def test_a_case_is_bounded_whatever_is_kept() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (2000, 1500, 3), np.uint8)
    images = CaseImages()
    for kind in CaseImageKind:
        for _ in range(8):
            images.keep(kind, noise)
    assert len(images.all()) == MAX_IMAGES == 12
    assert all(len(each.jpeg) <= each.kind.most_bytes for each in images.all())


def test_a_page_is_shown_whole_and_larger_than_a_face() -> None:
    page = picture(90, height=1039, width=1476)  # of TD3 at 300 dots an inch
    images = CaseImages()
    images.keep(CaseImageKind.PAGE_INFRARED, page[..., 0], FaceBox(10, 10, 20, 20))
    images.keep(CaseImageKind.PAGE_WHITE, page)
    white, infrared = images.all()
    assert (white.kind, infrared.kind) == (CaseImageKind.PAGE_WHITE, CaseImageKind.PAGE_INFRARED)
    for each in (white, infrared):
        assert decode_face_image(each.jpeg).shape == (880, 1250, 3)
        assert brightness(each) == 90


def test_pages_alone_may_have_the_bytes_of_a_page() -> None:
    assert {kind.most_bytes for kind in CaseImageKind if kind.is_page} == {MAX_PAGE_BYTES}
    assert {kind.most_bytes for kind in CaseImageKind if not kind.is_page} == {MAX_IMAGE_BYTES}


def test_a_dropped_case_holds_nothing_and_takes_nothing() -> None:
    images = CaseImages()
    images.keep(CaseImageKind.LIVE_FRAME, picture(80))
    images.drop()
    assert images.all() == ()
    images.keep(CaseImageKind.LIVE_FRAME, picture(80))  # a thread that ends late
    assert images.all() == ()


def test_a_picture_does_not_show_its_bytes() -> None:
    assert "FFD8" not in repr(CaseImage(CaseImageKind.LIVE_FRAME, b"FFD8"))


@pytest.mark.parametrize("shape", [(1, 1), (720, 1280), (5000, 3), (480, 640)])
def test_an_officers_picture_is_a_jpeg_of_at_most_800_pixels_a_side(
    shape: tuple[int, int],
) -> None:
    made = officer_picture(picture(90, *shape))
    assert made.startswith(b"\xff\xd8\xff")
    assert max(decode_face_image(made).shape[:2]) == min(800, max(shape))


def test_a_face_is_shown_with_its_surroundings() -> None:
    frame = picture(0, 720, 1280)
    frame[200:320, 600:700] = 255
    seen = decode_face_image(officer_picture(frame, FaceBox(600, 200, 100, 120)))
    assert seen.shape[:2] == (234, 210)
    assert seen[120, 105].min() > 250  # the face's own middle
    assert seen[10, 10].max() < 5


@pytest.mark.parametrize(
    "box", [FaceBox(-90, -90, 10, 10), FaceBox(900, 20, 50, 50), FaceBox(10, 10, 0, 0)]
)
def test_a_box_outside_of_the_picture_shows_the_picture(box: FaceBox) -> None:
    assert decode_face_image(officer_picture(picture(90), box)).shape[:2] == (48, 64)
