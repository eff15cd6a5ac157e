"""JPEG 2000 with subsampled components: taken apart by component, whatever order it came in."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from egate.biometrics.image_header import ImageHeaderInvalid
from egate.biometrics.jpeg_2000_components import codestreams_by_component
from egate.biometrics.jpeg_2000_packets import Band, Bits, TagTree, length_of_packet
from tests.jpeg_2000 import SRGB, SYCC, codestream, jp2
from tests.subsampled_jpeg_2000 import ENCODED, HEIGHT, WIDTH, plane

ROWS, COLUMNS = 256, 128
Y, X = np.mgrid[:ROWS, :COLUMNS]
BGR = np.dstack((X, Y, 255 - X)).astype(np.uint8)
YCC = cv2.cvtColor(BGR, cv2.COLOR_BGR2YCrCb)
LUMA, RED, BLUE = (np.ascontiguousarray(YCC[..., each]) for each in range(3))


def subsampled(*, across: int, down: int, tile: tuple[int, int] | None = None) -> bytes:
    smaller = [
        cv2.resize(each, (COLUMNS // across, ROWS // down), interpolation=cv2.INTER_AREA)
        for each in (BLUE, RED)
    ]
    steps = ((1, 1), (across, down), (across, down))
    return codestream([LUMA, *smaller], steps=steps, tile=tile)


@pytest.mark.parametrize("order", ENCODED)
def test_each_component_comes_out_as_it_went_in(order: str) -> None:
    for component, stream in enumerate(codestreams_by_component(ENCODED[order])):
        decoded = cv2.imdecode(np.frombuffer(stream, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert np.array_equal(decoded, plane(component))
    assert decode_face_image(ENCODED[order]).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(("across", "down"), [(2, 2), (2, 1), (1, 2), (4, 4)])
@pytest.mark.parametrize("tile", [None, (128, 128)])
def test_brightness_and_colour_are_put_together(
    across: int, down: int, tile: tuple[int, int] | None
) -> None:
    stream = subsampled(across=across, down=down, tile=tile)
    for raw in (stream, jp2(stream, colour_space=SYCC)):
        decoded = decode_face_image(raw)
        assert decoded.shape == BGR.shape
        assert abs(decoded.astype(int) - BGR).mean() < 3


def test_subsampled_rgb_is_not_taken_for_anything_else() -> None:
    decoded = decode_face_image(jp2(subsampled(across=2, down=2), colour_space=SRGB))
    assert np.array_equal(decoded[..., 2], LUMA)


def test_a_grey_image_with_subsampled_opacity() -> None:
    raw = codestream([LUMA, BLUE[::2, ::2].copy()], steps=((1, 1), (2, 2)))
    assert np.array_equal(decode_face_image(raw)[..., 0], LUMA)


PLAIN = subsampled(across=2, down=2)
CODING = PLAIN.index(b"\xff\x52")
QUANTISATION = PLAIN.index(b"\xff\x5c")
TILE = PLAIN.index(b"\xff\x90")


def with_segment(marker: int, content: bytes) -> bytes:
    segment = struct.pack(">HH", marker, 2 + len(content)) + content
    return PLAIN[:QUANTISATION] + segment + PLAIN[QUANTISATION:]


def test_styles_by_component_are_followed() -> None:
    coding, quantisation = PLAIN[CODING + 4 : QUANTISATION], PLAIN[QUANTISATION + 4 : TILE]
    for content, marker in ((b"\x00" + coding[5:], 0xFF53), (quantisation, 0xFF5D)):
        for component in (1, 2):
            raw = with_segment(marker, bytes((component,)) + content)
            assert np.array_equal(decode_face_image(raw), decode_face_image(PLAIN))


def test_a_component_of_fewer_resolutions_has_fewer_packets() -> None:
    raw = with_segment(0xFF53, b"\x02\x00\x03\x04\x04\x00\x01")
    whole, fewer = (codestreams_by_component(each) for each in (PLAIN, raw))
    assert whole[:2] == fewer[:2]
    assert len(fewer[2]) < len(whole[2])


def changed(at: int, value: bytes, raw: bytes = PLAIN) -> bytes:
    return raw[:at] + value + raw[at + len(value) :]


def in_many_pieces() -> bytes:
    """Empty packets of 64 layers, each of which could have thousands of code-blocks."""
    large = codestream([np.zeros((256, 256), np.uint8), LUMA], steps=((1, 1), (2, 1)))
    coding = large.index(b"\xff\x52")
    small_blocks = changed(coding + 10, b"\x00\x00", changed(coding + 6, b"\x00\x40", large))
    tile = small_blocks.index(b"\xff\x90")
    return changed(tile + 6, bytes(4), small_blocks[: tile + 14]) + bytes(2000)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (changed(43, b"\x02\x02"), "otherwise than by 2 or 4"),
        (changed(46, b"\x03\x01"), "otherwise than by 2 or 4"),
        (changed(TILE + 14, PLAIN[TILE + 14 :] + bytes(1 << 18)), "beyond 262144 bytes"),
        (changed(CODING + 4, b"\x01"), "coding style is cut off"),
        (changed(CODING + 5, b"\x05"), "progression order of a JPEG 2000: 5"),
        (changed(CODING + 12, b"\x01"), "code-blocks in pieces"),
        (changed(CODING, b"\xff\x64"), "no coding style"),
        (changed(QUANTISATION, b"\xff\x64"), "no coding style or quantisation"),
        (with_segment(0xFF53, b"\x01\x01\x05\x04\x04\x00\x01" + b"\xff" * 6), "with precincts"),
        (with_segment(0xFF53, b"\x01\x00\x05\x04\x04"), "coding style is cut off"),
        (with_segment(0xFF5E, b"\x00\x00\x01"), "with marker: 65374"),
        (PLAIN[:TILE + 6] + struct.pack(">I", len(PLAIN) - TILE + 3) + PLAIN[TILE + 10 : TILE + 12]
         + b"\xff\x64\x00\x03a" + PLAIN[TILE + 12 :], "styles by tile"),
        (changed(TILE + 6, struct.pack(">I", 200), PLAIN[: TILE + 200]), "cut off"),
        (changed(TILE + 14, b"\xff\x7f" * 60), "packet"),
        (changed(8, struct.pack(">II", 32_769, 40)), "with precincts"),
        (changed(24, struct.pack(">I", 127)), "cut through"),
        (in_many_pieces(), "in too many pieces"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_apart_is_refused_by_name(raw: bytes, fault: str) -> None:
    with pytest.raises(FaceImageInvalid, match=fault):
        decode_face_image(raw)


@given(st.integers(60, len(PLAIN) - 1), st.binary(min_size=1, max_size=6))
def test_damaged_packets_end_in_pixels_or_an_error(at: int, value: bytes) -> None:
    try:
        decode_face_image(changed(at, value)[: len(PLAIN)])
    except FaceImageInvalid:
        return


def bits_of(text: str) -> Bits:
    padded = text.replace(" ", "").ljust(64, "0")
    return Bits(int(padded, 2).to_bytes(8, "big"))


def test_the_tag_tree_of_the_standard() -> None:
    """ISO/IEC 15444-1 §B.10.2, figure B.13: 6 x 3 leaves; three of them are 1, 3 and 2."""
    tree, bits = TagTree(6, 3), bits_of("01111 001 101")
    found = []
    for column, row in ((0, 0), (1, 0), (2, 0)):
        threshold = 1
        while not tree.is_below(column, row, threshold, bits):
            threshold += 1
        found.append(threshold - 1)
    assert found == [1, 3, 2]


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        ("0", 1),
        ("10", 2),
        ("1100", 3),
        ("1110", 5),
        ("1111 00000", 6),
        ("1111 11110", 36),
        ("1111 11111 0000000", 37),
        ("1111 11111 1111111", 164),
    ],
)
def test_the_number_of_passes_says_how_long_the_length_is(code: str, passes: int) -> None:
    size = 3 + passes.bit_length() - 1
    # Not empty, included in this layer, all planes used, the passes, no longer length, its bits.
    header = "1 1 1" + code + "0" + "0" * (size - 1) + "1"
    stuffed = bits_of(_stuffed(header))
    assert length_of_packet([Band(1, 1)], 0, stuffed) == 1


def _stuffed(text: str) -> str:
    """Put in the zero that follows a byte of ones."""
    text = text.replace(" ", "")
    for at in range(0, len(text), 8):
        if text[at : at + 8] == "1" * 8:
            text = text[: at + 8] + "0" + text[at + 8 :]
    return text


def test_packets_that_end_early_are_refused() -> None:
    with pytest.raises(ImageHeaderInvalid, match="header is cut off"):
        length_of_packet([Band(1, 1)], 0, Bits(b""))
    raw = ENCODED["LRCP"]
    for at in range(raw.index(b"\xff\x93") + 3, len(raw), 40):
        with pytest.raises(ImageHeaderInvalid, match="cut off"):
            codestreams_by_component(raw[:at])


def test_a_header_that_ends_with_ones_has_a_byte_more() -> None:
    """Eight more bits of length than three, and all of its eleven bits set."""
    bits = Bits(b"\xef\xf7\xff\x00\xab")
    assert length_of_packet([Band(1, 1)], 0, bits) == 0x7FF
    assert bits.position == 4


def test_headers_that_never_end_are_refused() -> None:
    with pytest.raises(ImageHeaderInvalid, match="damaged"):
        length_of_packet([Band(1, 1)], 0, Bits(b"\xc0" + bytes(80)))
    with pytest.raises(ImageHeaderInvalid, match="damaged"):
        length_of_packet([Band(1, 1)], 0, Bits(b"\xef" + b"\xff\x7f" * 40))
