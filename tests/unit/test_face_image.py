"""Image files of faces: the formats of chips and cameras, and what hostile ones do."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image

ROWS, COLUMNS = 120, 90


def picture() -> np.ndarray:
    """A smooth picture with a known colour in each quarter: blue, green, red, white."""
    pixels = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    pixels[:60, :45] = (255, 0, 0)
    pixels[:60, 45:] = (0, 255, 0)
    pixels[60:, :45] = (0, 0, 255)
    pixels[60:, 45:] = (255, 255, 255)
    return pixels


def encoded(kind: str, pixels: np.ndarray) -> bytes:
    done, raw = cv2.imencode(kind, pixels)
    assert done
    return raw.tobytes()


def codestream(jp2: bytes) -> bytes:
    """The bare codestream of a JP2 file, as many chips store it."""
    return jp2[jp2.index(b"\xff\x4f\xff\x51") :]


@pytest.mark.parametrize("kind", [".jpg", ".png", ".jp2"])
def test_a_colour_picture_keeps_its_colours(kind: str) -> None:
    decoded = decode_face_image(encoded(kind, picture()))
    assert decoded.shape == (ROWS, COLUMNS, 3)
    assert decoded.dtype == np.uint8
    for row, column in ((20, 20), (20, 70), (100, 20), (100, 70)):
        difference = decoded[row, column].astype(int) - picture()[row, column]
        assert abs(difference).max() < 12


@pytest.mark.parametrize("kind", [".jpg", ".png", ".jp2"])
def test_a_grey_picture_has_three_equal_channels(kind: str) -> None:
    grey = cv2.cvtColor(picture(), cv2.COLOR_BGR2GRAY)
    decoded = decode_face_image(encoded(kind, grey))
    assert decoded.shape == (ROWS, COLUMNS, 3)
    assert (decoded[..., 0] == decoded[..., 2]).all()


@pytest.mark.parametrize("pixels", [picture(), cv2.cvtColor(picture(), cv2.COLOR_BGR2GRAY)])
def test_a_bare_codestream_is_read_too(pixels: np.ndarray) -> None:
    decoded = decode_face_image(codestream(encoded(".jp2", pixels)))
    assert decoded.shape == (ROWS, COLUMNS, 3)
    assert abs(decoded[100, 70].astype(int) - 255).max() < 12


def png_claiming(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def jpeg_claiming(width: int, height: int) -> bytes:
    raw = bytearray(encoded(".jpg", picture()))
    frame = raw.index(b"\xff\xc0")
    raw[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(raw)


def codestream_claiming(width: int, height: int, tile: int = 0) -> bytes:
    raw = bytearray(codestream(encoded(".jp2", picture())))
    raw[8:16] = struct.pack(">II", width, height)
    raw[24:32] = struct.pack(">II", tile or width, tile or height)
    return bytes(raw)


@pytest.mark.parametrize(
    "raw",
    [
        png_claiming(60_000, 60_000),
        png_claiming(2**31 - 1, 2**31 - 1),
        jpeg_claiming(65_535, 65_535),
        jpeg_claiming(5001, 5001),
        codestream_claiming(2**32 - 1, 2**32 - 1),
        codestream_claiming(4000, 4000, tile=1),
    ],
)
def test_a_claim_of_huge_size_is_refused_before_a_decoder_sees_it(
    raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the decoder was called")

    monkeypatch.setattr(cv2, "imdecode", never)
    with pytest.raises(FaceImageInvalid, match="many"):
        decode_face_image(raw)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(FaceImageInvalid, match="bytes"):
        decode_face_image(encoded(".jpg", picture()) + bytes(4 << 20))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a" + bytes(64),
        b"\xff\xd8\xff",
        b"BM" + bytes(64),
        bytes(100),
        b"\x75\x02\x7f\x61",
    ],
)
def test_other_content_is_refused(raw: bytes) -> None:
    with pytest.raises(FaceImageInvalid):
        decode_face_image(raw)


@pytest.mark.parametrize("kind", [".jpg", ".png", ".jp2"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_cut_picture_is_refused(kind: str, part: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (ROWS, COLUMNS, 3), np.uint8)
    raw = encoded(kind, noise)
    with pytest.raises(FaceImageInvalid):
        decode_face_image(raw[: int(len(raw) * part)])


def test_a_damaged_picture_is_refused_without_noise(capfd: pytest.CaptureFixture[str]) -> None:
    raw = bytearray(encoded(".png", np.random.default_rng(3).integers(0, 255, (64, 64), np.uint8)))
    raw[len(raw) // 2] ^= 0x10
    with pytest.raises(FaceImageInvalid, match="damaged"):
        decode_face_image(bytes(raw))
    assert capfd.readouterr() == ("", "")


def with_box(jp2: bytes, box: bytes) -> bytes:
    """Put a box before the codestream box of a JP2 file."""
    at = jp2.index(b"jp2c") - 4
    return jp2[:at] + box + jp2[at:]


def test_boxes_before_the_codestream_are_skipped() -> None:
    jp2 = encoded(".jp2", picture())
    short = struct.pack(">I4s", 12, b"free") + bytes(4)
    extended = struct.pack(">I4sQ", 1, b"free", 20) + bytes(4)
    for box in (short, extended):
        assert decode_face_image(with_box(jp2, box)).shape == (ROWS, COLUMNS, 3)


def test_a_box_to_the_end_of_the_file_may_hold_the_codestream() -> None:
    jp2 = encoded(".jp2", picture())
    at = jp2.index(b"jp2c") - 4
    assert decode_face_image(jp2[:at] + bytes(4) + jp2[at + 4 :]).shape == (ROWS, COLUMNS, 3)


@pytest.mark.parametrize(
    "box",
    [
        struct.pack(">I4s", 0, b"free"),
        struct.pack(">I4s", 7, b"free"),
        struct.pack(">I4sQ", 1, b"free", 3),
        struct.pack(">I4s", 2**31, b"free"),
    ],
)
def test_boxes_that_hide_the_codestream_are_refused(box: bytes) -> None:
    with pytest.raises(FaceImageInvalid, match="no codestream"):
        decode_face_image(with_box(encoded(".jp2", picture()), box))


def test_bytes_between_the_segments_of_a_jpeg() -> None:
    jpeg = encoded(".jpg", picture())
    filled = jpeg[:2] + b"\xff\xff\xff" + jpeg[2:]
    assert decode_face_image(filled).shape == (ROWS, COLUMNS, 3)
    with pytest.raises(FaceImageInvalid, match="between its segments"):
        decode_face_image(jpeg[:2] + b"\xff\xe0\x00\x04ab-" + jpeg[2:])


@pytest.mark.parametrize(
    "raw",
    [
        png_claiming(0, 10),
        jpeg_claiming(10, 0),
        codestream_claiming(0, 0, tile=1),
        codestream_claiming(10, 10, tile=0)[:30],
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sI", 0, b"IEND", 0xAE426082),
        b"\x00\x00\x00\x0cjP  \r\n\x87\n" + struct.pack(">I4s", 0, b"jp2c") + b"nothing",
    ],
)
def test_an_impossible_header_is_refused(raw: bytes) -> None:
    with pytest.raises(FaceImageInvalid):
        decode_face_image(raw)


def test_too_many_components_are_refused() -> None:
    raw = bytearray(codestream(encoded(".jp2", picture())))
    raw[40:42] = b"\x40\x00"
    with pytest.raises(FaceImageInvalid, match="components"):
        decode_face_image(bytes(raw))
