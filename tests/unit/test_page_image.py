"""Image files of pages: what is decoded, what is reduced, what is refused."""

import cv2
import numpy as np
import pytest

from egate.optical.page_image import MAX_BYTES, PageImageInvalid, decode_page_image


def encoded(form: str, width: int, height: int) -> bytes:
    ramp = np.linspace(0, 255, width, dtype=np.uint8)
    return cv2.imencode(form, np.repeat(ramp[None], height, axis=0))[1].tobytes()


@pytest.mark.parametrize("form", [".png", ".jpg", ".jp2"])
def test_a_page_at_300_dots_an_inch_is_as_it_was_scanned(form: str) -> None:
    assert decode_page_image(encoded(form, 1476, 1039)).shape == (1039, 1476, 3)


@pytest.mark.parametrize("form", [".png", ".jpg"])
def test_a_page_at_600_dots_an_inch_is_halved_alike_in_both_formats(form: str) -> None:
    page = decode_page_image(encoded(form, 2953, 2079))
    assert page.shape == (1040, 1477, 3)
    assert page[0, 0, 0] < 4
    assert page[-1, -1, 0] > 251


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "neither JPEG"),
        (b"GIF89a", "neither JPEG"),
        (encoded(".png", 300, 300)[:-20], "PNG"),
        (encoded(".png", 4001, 2000), "4001 x 2000 pixels are too many"),
        (encoded(".png", 70_000, 8), "a side of more than 20000 pixels"),
        (encoded(".jpg", 9, 30_000), "a side of more than 20000 pixels"),
        (encoded(".png", 9, 9) + bytes(MAX_BYTES), "more than 16777216 bytes"),
        (encoded(".jpg", 9, 9) + bytes(MAX_BYTES), "more than 16777216 bytes"),
    ],
)
def test_what_is_no_page_is_refused_by_name(raw: bytes, fault: str) -> None:
    with pytest.raises(PageImageInvalid, match=fault):
        decode_page_image(raw)
