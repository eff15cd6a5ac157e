"""Every form of JPEG and JPEG 2000 that documents have is decoded; others are refused by name."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from tests.jpeg_2000 import GREY, SRGB, SYCC, box, codestream, jp2
from tests.jpeg_of_components import of_components

HEIGHT, WIDTH = 160, 128
Y, X = np.mgrid[:HEIGHT, :WIDTH]
RED = (X * 255 // WIDTH).astype(np.uint8)
GREEN = (Y * 255 // HEIGHT).astype(np.uint8)
BLUE = ((X + Y) % 256).astype(np.uint8)
RGB = (RED, GREEN, BLUE)
BGR = np.dstack((BLUE, GREEN, RED))
GREY_BGR = np.dstack((GREEN,) * 3)
OPAQUE = np.full_like(RED, 77)
YCC = cv2.cvtColor(BGR, cv2.COLOR_BGR2YCrCb)
PALETTE = np.random.default_rng(4).integers(0, 255, (256, 3), np.uint8)


def sixteen(*planes: np.ndarray) -> list[np.ndarray]:
    return [plane.astype(np.uint16) * 257 for plane in planes]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (codestream(RGB), BGR),
        (jp2(codestream(RGB), colour_space=SRGB), BGR),
        (codestream([GREEN]), GREY_BGR),
        (jp2(codestream([GREEN]), colour_space=GREY), GREY_BGR),
        (codestream(RGB, tile=(64, 128)), BGR),
        (codestream([GREEN], tile=(64, 64)), GREY_BGR),
        (codestream(sixteen(GREEN)), GREY_BGR),
        (jp2(codestream(sixteen(GREEN)), colour_space=GREY), GREY_BGR),
        (codestream(sixteen(*RGB)), BGR),
        (codestream([*RGB, OPAQUE]), BGR),
        (jp2(codestream([*RGB, OPAQUE]), colour_space=SRGB, opacity=3), BGR),
        (codestream([GREEN, OPAQUE]), GREY_BGR),
        (jp2(codestream([GREEN, OPAQUE]), colour_space=GREY, opacity=1), GREY_BGR),
        (jp2(codestream([GREEN]), colour_space=SRGB, palette=PALETTE), PALETTE[GREEN][..., ::-1]),
        (jp2(codestream([GREEN]), colour_space=GREY, palette=PALETTE[:, :1]), "first column"),
        (jp2(codestream([GREEN]), colour_space=SRGB, palette=PALETTE[:9]), "nine colours"),
    ],
)
def test_lossless_jpeg_2000_comes_out_as_it_went_in(raw: bytes, wanted: np.ndarray | str) -> None:
    if isinstance(wanted, str):
        table = {"first column": PALETTE[:, [0, 0, 0]], "nine colours": PALETTE[:9]}[wanted]
        wanted = table[np.minimum(GREEN, len(table) - 1)][..., ::-1]
    assert (decode_face_image(raw) == wanted).all()


def test_sycc_becomes_rgb() -> None:
    luma, red, blue = (np.ascontiguousarray(YCC[..., index]) for index in range(3))
    decoded = decode_face_image(jp2(codestream([luma, blue, red]), colour_space=SYCC))
    assert abs(decoded.astype(int) - BGR).max() <= 2


@pytest.mark.parametrize("depth", [8, 10, 12, 15, 16])
def test_more_than_eight_bits_are_reduced_to_eight(depth: int) -> None:
    values = GREEN.astype(np.uint32) * (2**depth - 1) // 255
    # Sixteen bits are claimed to be fewer; the values are moved so that their middle is the same.
    moved = (values + 2**15 - 2 ** (depth - 1)).astype(np.uint16)
    raw = bytearray(codestream([moved]))
    raw[42] = depth - 1
    assert (decode_face_image(bytes(raw))[..., 0] == values >> (depth - 8)).all()


def test_lossy_jpeg_2000_as_small_as_chips_have_it() -> None:
    smallest = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 30]
    raw = cv2.imencode(".jp2", GREEN, smallest)[1].tobytes()
    assert len(raw) < GREEN.size // 20
    decoded = decode_face_image(raw[raw.index(b"\xff\x4f\xff\x51") :])
    assert abs(decoded[..., 1].astype(int) - GREEN).mean() < 4


def flags(*wanted: int) -> list[int]:
    return [each for flag in wanted for each in (flag, 1)]


@pytest.mark.parametrize(
    "options",
    [
        [],
        flags(cv2.IMWRITE_JPEG_PROGRESSIVE),
        flags(cv2.IMWRITE_JPEG_OPTIMIZE),
        [cv2.IMWRITE_JPEG_RST_INTERVAL, 2],
        [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420],
        [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444],
    ],
)
@pytest.mark.parametrize("pixels", [BGR, GREEN])
def test_jpeg_of_every_kind(pixels: np.ndarray, options: list[int]) -> None:
    raw = cv2.imencode(".jpg", pixels, options)[1].tobytes()
    wanted = pixels if pixels.ndim == 3 else GREY_BGR
    assert abs(decode_face_image(raw).astype(int) - wanted).mean() < 6


@pytest.mark.parametrize(("side", "shown"), [(1732, 1732), (1734, 867), (3464, 1732), (3468, 867)])
def test_a_large_jpeg_is_reduced(side: int, shown: int) -> None:
    raw = cv2.imencode(".jpg", np.full((side, side), 120, np.uint8))[1].tobytes()
    decoded = decode_face_image(raw)
    assert decoded.shape == (shown, shown, 3)
    assert (decoded == 120).all()


def test_three_scans_of_one_component_each() -> None:
    """The test of the tool that makes four components below, which are refused."""
    luma, red, blue = (np.ascontiguousarray(YCC[..., index]) for index in range(3))
    decoded = decode_face_image(of_components([luma, blue, red]))
    assert abs(decoded.astype(int) - BGR).mean() < 6


def changed(raw: bytes, *changes: tuple[int, bytes]) -> bytes:
    altered = bytearray(raw)
    for at, value in changes:
        altered[at : at + len(value)] = value
    return bytes(altered)


PLAIN = cv2.imencode(".jpg", GREEN)[1].tobytes()
FRAME = PLAIN.index(b"\xff\xc0")
SCAN = PLAIN.index(b"\xff\xda")
THREE_SCANS = of_components([GREEN] * 3)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (of_components([GREEN] * 4), "components of a JPEG.*: 4"),
        (changed(PLAIN, (FRAME + 4, b"\x0c")), "bits a sample of a JPEG: 12"),
        (changed(PLAIN, (FRAME + 1, b"\xc3")), "neither baseline nor progressive: SOF: 3"),
        (changed(PLAIN, (FRAME + 1, b"\xc9")), "SOF: 9"),
        (changed(PLAIN, (FRAME + 5, b"\x00\x00")), "empty"),
        (changed(PLAIN, (FRAME + 5, struct.pack(">HH", 5001, 5000))), "too many"),
        (changed(PLAIN, (FRAME + 1, b"\xc2"), (FRAME + 5, struct.pack(">HH", 1733, 1732))),
         "1732 x 1733 pixels are too many"),
        (changed(THREE_SCANS, (THREE_SCANS.index(b"\xff\xc0") + 5, struct.pack(">HH", 1733, 1732))),
         "1732 x 1733 pixels are too many"),
        (PLAIN[:FRAME] + PLAIN[FRAME:SCAN] * 2 + PLAIN[SCAN:], "several frames"),
        (PLAIN[:SCAN] + PLAIN[SCAN:-2] * 65 + PLAIN[-2:], "too many scans"),
        (PLAIN[:2] + b"\xff\xfe\x00\x02" * 1025 + PLAIN[2:], "too many segments"),
        (PLAIN[:SCAN] + PLAIN[-2:], "nothing after it"),
        (PLAIN[:-2], "cut off"),
        (PLAIN[:FRAME] + b"\xff\xfe\x00\x01" + PLAIN[FRAME:], "length of a JPEG segment: 1"),
        (PLAIN[:FRAME] + b"\xff", "cut off"),
    ],
)  # fmt: skip
def test_a_jpeg_that_no_portrait_is_refused_by_name(raw: bytes, fault: str) -> None:
    with pytest.raises(FaceImageInvalid, match=fault):
        decode_face_image(raw)


BARE = codestream(RGB)
CODING = BARE.index(b"\xff\x52")
TILE = BARE.index(b"\xff\x90")


def coding(
    *, layers: int = 1, levels: int = 5, block: bytes = b"\x04\x04", precincts: bytes = b""
) -> bytes:
    """BARE with another COD marker segment."""
    content = bytes((1 if precincts else 0, 4)) + struct.pack(">HBB", layers, 0, levels)
    content += block + b"\x00\x01" + precincts
    segment = b"\xff\x52" + struct.pack(">H", 2 + len(content)) + content
    return BARE[:CODING] + segment + BARE[CODING + 14 :]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (changed(BARE, (43, b"\x02\x02")), "subsampled otherwise"),
        (changed(codestream([GREEN]), (43, b"\x02\x02")), "subsampled otherwise"),
        (changed(codestream([GREEN]), (42, b"\x87")), "signed"),
        (changed(BARE, (45, b"\x0f")), "different depths"),
        (changed(BARE, (24, bytes(4))), "tiles are empty"),
        (changed(BARE, (4, b"\x00\x30")), "length of the size of a JPEG 2000: 48"),
        (changed(codestream([GREEN]), (42, b"\x06")), "bits a sample of a JPEG 2000: 7"),
        (changed(BARE, (32, struct.pack(">I", 9))), "do not begin at the origin"),
        (changed(BARE, (8, struct.pack(">II", 2000, 1251))), "too many"),
        (changed(BARE, (8, struct.pack(">II", 1156, 1154))), "1156 x 1154 pixels are too many"),
        (changed(BARE, (8, struct.pack(">I", 70_000))), "70000 x 160 pixels are too many"),
        (coding(layers=65), "layers of a JPEG 2000: 65"),
        (coding(layers=0), "layers of a JPEG 2000: 0"),
        (coding(levels=13), "resolution levels of a JPEG 2000: 13"),
        (coding(block=b"\x09\x00"), "code-blocks are too large"),
        (coding(block=b"\x05\x06"), "code-blocks are too large"),
        (coding(block=b"\x00\x00"), None),
        (coding(precincts=b"\x11" * 6), "too many pieces"),
        (changed(coding(layers=64, precincts=b"\x55" * 6), (8, struct.pack(">II", 1150, 1150))),
         "too many pieces"),
        (coding(levels=5, precincts=b"\xff"), "coding style is cut off"),
        (BARE[:CODING] + b"\xff\x53\x00\x09\x00\x00\x0d\x04\x04\x00\x01" + BARE[CODING:], ": 13"),
        (BARE[:CODING] + b"\xff\x53\x00\x09\x00\x00\x05\x04\x04\x00\x01" + BARE[CODING:], None),
        (BARE[:CODING] + b"\xff\x5f\x00\x02" + BARE[CODING:], "marker FF5F"),
        (BARE[:CODING] + b"\xff\x64\x00\x02" * 257 + BARE[CODING:], "too many marker segments"),
        (BARE[:CODING] + b"\xff\x64\x00\x01" + BARE[CODING:], "length of a segment: 1"),
        (changed(BARE, (TILE + 4, b"\x00\x01")), "tile that is not there: 1"),
        (changed(BARE, (TILE + 6, b"\x00\xff")), "cut off"),
        (changed(BARE, (TILE + 6, struct.pack(">I", 13))), "shorter than its header"),
        (changed(BARE, (TILE + 6, struct.pack(">I", 20))), "marker after a tile-part"),
        (changed(BARE, (TILE + 6, bytes(4))), None),
        (BARE[:TILE] + (BARE[TILE : TILE + 6] + b"\x00\x00\x00\x0e\x00\x01\xff\x93") * 4097,
         "too many tile-parts"),
        (BARE[:-2], None),
        (BARE[:2] + b"\xff\x52" + BARE[4:], "neither JPEG"),
        (jp2(b"\xff\x4f\xff\x64" + BARE[4:], colour_space=SRGB), "has no size"),
    ],
)  # fmt: skip
def test_a_codestream_that_asks_for_too_much_is_refused_by_name(
    raw: bytes, fault: str | None
) -> None:
    if fault is None:  # the other side of the limit
        try:
            assert decode_face_image(raw).shape == BGR.shape
        except FaceImageInvalid as error:
            assert str(error) == "JPEG 2000 whose pixels are damaged"  # noqa: PT017
        return
    with pytest.raises(FaceImageInvalid, match=fault):
        decode_face_image(raw)


FILE = jp2(codestream([GREEN]), colour_space=SRGB, palette=PALETTE)
COLUMNS = FILE.index(b"pclr") + 6
MAPPING = FILE.index(b"cmap") + 4
COLOURS = FILE.index(b"colr") + 4


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (changed(FILE, (COLUMNS - 2, b"\x00\x00")), "colours of a palette: 0"),
        (changed(FILE, (COLUMNS - 2, b"\x10\x00")), "colours of a palette: 4096"),
        (changed(FILE, (COLUMNS, b"\x05")), "columns of a palette: 5"),
        (changed(FILE, (COLUMNS + 1, b"\x0b")), "not of 8 bits"),
        (changed(FILE, (MAPPING, b"\x00\x01")), "mapped otherwise"),
        (changed(FILE, (MAPPING + 2, b"\x00")), "mapped otherwise"),
        (changed(FILE, (MAPPING + 3, b"\x03")), "mapped otherwise"),
        (changed(FILE, (MAPPING - 4, b"nope")), "cut off"),
        (changed(FILE, (COLOURS + 3, struct.pack(">I", 12))), "colour space: 12"),
        (jp2(codestream(sixteen(GREEN)), colour_space=SRGB, palette=PALETTE), "an index"),
        (FILE[:12] + box(b"free", b"") * 65 + FILE[12:], "too many boxes"),
    ],
)
def test_a_jp2_file_that_no_portrait_is_refused_by_name(raw: bytes, fault: str) -> None:
    with pytest.raises(FaceImageInvalid, match=fault):
        decode_face_image(raw)


def test_the_columns_of_a_palette_may_stand_in_any_order() -> None:
    turned = changed(FILE, (MAPPING + 3, b"\x02"), (MAPPING + 11, b"\x00"))
    assert (decode_face_image(turned) == PALETTE[GREEN]).all()


def test_a_colour_profile_is_not_followed() -> None:
    raw = jp2(codestream(RGB), colour_space=SRGB)
    at = raw.index(b"colr") + 4
    assert (decode_face_image(changed(raw, (at, b"\x02"))) == BGR).all()
    assert (decode_face_image(changed(raw, (at - 4, b"none"))) == BGR).all()


def png(*chunks: bytes, pixels: np.ndarray = BGR) -> bytes:
    """A PNG file with further chunks after its header."""
    raw = cv2.imencode(".png", pixels)[1].tobytes()
    return raw[:33] + b"".join(chunks) + raw[33:]


def chunk(kind: bytes, content: bytes) -> bytes:
    covered = kind + content
    return struct.pack(">I", len(content)) + covered + struct.pack(">I", zlib.crc32(covered))


def png_of_kind(depth: int, colour_type: int) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, 0)
    return png()[:8] + chunk(b"IHDR", header) + png()[33:]


def test_what_a_png_says_besides_its_pixels_is_left_out() -> None:
    for kind in (b"iCCP", b"zTXt", b"acTL", b"eXIf", b"tIME"):
        assert (decode_face_image(png(chunk(kind, b"nonsense"))) == BGR).all()
    sixteen_bits = png(pixels=BGR.astype(np.uint16) * 257)
    assert (decode_face_image(sixteen_bits) == BGR).all()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (png()[:8] + chunk(b"IEND", b""), "no header"),
        (png()[:8] + chunk(b"IHDR", bytes(12)) + chunk(b"IEND", b""), "no header"),
        (png_of_kind(8, 5), "colour type of a PNG: 5"),
        (png_of_kind(3, 2), "bits a sample of a PNG: 3"),
        (png(chunk(b"IDAT", b"") * 16_384), "too many chunks"),
    ],
)  # fmt: skip
def test_a_png_that_no_portrait_is_refused_by_name(raw: bytes, fault: str) -> None:
    with pytest.raises(FaceImageInvalid, match=fault):
        decode_face_image(raw)
