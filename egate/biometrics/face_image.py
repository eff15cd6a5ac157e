"""Image files of faces: bytes in, pixels out.

Portraits come from a chip before anything about it is trusted. So the headers are
walked and limited before native code sees the bytes, and it sees only what is needed
for the pixels: no boxes of a JP2 file, no texts, profiles or animations of a PNG. With
the limits of the three formats a decoder takes at most 40 MB.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.image_header import ImageHeader, ImageHeaderInvalid, within
from egate.biometrics.jp2_boxes import JP2, SYCC, Jp2, open_jp2
from egate.biometrics.jpeg_2000_components import codestreams_by_component
from egate.biometrics.jpeg_2000_header import CODESTREAM, codestream_header
from egate.biometrics.jpeg_header import JPEG, jpeg_header
from egate.biometrics.opencv import cv2
from egate.biometrics.png_header import PNG, png_header

FaceImage = npt.NDArray[np.uint8]
"""height x width x 3, BGR, 8 bits a channel. A face: never logged, never stored."""

MAX_BYTES: Final = 4 << 20

_MOST_DECODED_PIXELS: Final = 3_000_000
# Sides that are shorter by this much, and how to ask for it.
_REDUCTIONS: Final = (
    (1, cv2.IMREAD_COLOR),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
)
_COLOURS: Final = 3
_BITS_OF_AN_INDEX: Final = 8


class FaceImageInvalid(Exception):
    """Not an image that can be used; the message names the fault, never the content."""


def decode_face_image(raw: bytes, most_bytes: int = MAX_BYTES) -> FaceImage:
    """Decode a JPEG, PNG or JPEG 2000 image (file or bare codestream), colour or grey.

    Args:
        raw: the whole file. A PNG or a progressive JPEG has at
            most 3 million pixels, another JPEG 25 million; a JPEG 2000 2.5 million and 4
            million samples, as a portrait of 35 x 45 mm at 700 dpi.
        most_bytes: of the file.

    Returns:
        height x width x 3, BGR, 8 bits a channel. Opacity is left out, and a JPEG of more
        than 3 million pixels is reduced to a half or a quarter of its sides.

    Raises:
        FaceImageInvalid: another format, of a kind that no portrait is, too large, or
            damaged.

    """
    if len(raw) > most_bytes:
        raise FaceImageInvalid(f"more than {most_bytes} bytes")
    try:
        if raw.startswith(JPEG):
            return _decode(raw, _reduction(jpeg_header(raw)), "JPEG")
        if raw.startswith(PNG):
            _, needed = png_header(raw)
            return _decode(needed, cv2.IMREAD_COLOR, "PNG")
        if raw.startswith(JP2):
            return _decode_jpeg_2000(open_jp2(raw))
        if raw.startswith(CODESTREAM):
            return _decode_jpeg_2000(Jp2(raw, None, None))
    except ImageHeaderInvalid as error:
        raise FaceImageInvalid(str(error)) from error
    raise FaceImageInvalid("neither JPEG, PNG nor JPEG 2000")


def _reduction(header: ImageHeader) -> int:
    """Choose the size a JPEG is decoded in; a decoder skips the rest without computing it."""
    pixels = header.width * header.height
    return next(how for times, how in _REDUCTIONS if pixels <= _MOST_DECODED_PIXELS * times**2)


def _decode_jpeg_2000(file: Jp2) -> FaceImage:
    header = codestream_header(file.codestream)
    if header.components < _COLOURS:  # the second is opacity
        codestream = file.codestream
        if header.is_subsampled:
            codestream = codestreams_by_component(codestream)[0]
        pixels = _decode(codestream, cv2.IMREAD_GRAYSCALE, "JPEG 2000")
        if file.palette is not None:
            within(header.depth, (_BITS_OF_AN_INDEX,), "bits of an index into a palette")
            return _coloured(pixels, file.palette)
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    if header.is_subsampled:
        pixels = _put_together(file.codestream)
    else:
        pixels = _decode(file.codestream, cv2.IMREAD_COLOR, "JPEG 2000")
    # Nobody subsamples but brightness and two differences of colour.
    if file.colour_space == SYCC or (header.is_subsampled and file.colour_space is None):
        # Taken for RGB, the channels came in the order Cr, Cb, Y.
        ordered = np.ascontiguousarray(pixels[..., (2, 0, 1)])
        return np.asarray(cv2.cvtColor(ordered, cv2.COLOR_YCrCb2BGR), np.uint8)
    return pixels


def _put_together(codestream: bytes) -> FaceImage:
    """Decode the first three components one by one, and bring them to the size of the first."""
    planes = [
        _decode(each, cv2.IMREAD_GRAYSCALE, "JPEG 2000")
        for each in codestreams_by_component(codestream)[:_COLOURS]
    ]
    height, width = planes[0].shape
    sized = [cv2.resize(plane, (width, height)) for plane in planes]
    return np.asarray(cv2.merge(sized[::-1]), np.uint8)


def _coloured(indices: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8]) -> FaceImage:
    """Look the colours up; an index beyond the palette is its last colour (as decoders do)."""
    colours = palette[:, 2::-1] if palette.shape[1] >= _COLOURS else palette[:, [0, 0, 0]]
    return np.asarray(colours[np.minimum(indices, len(palette) - 1)], np.uint8)


def _decode(raw: bytes, how: int, kind: str) -> npt.NDArray[np.uint8]:
    fault = f"{kind} whose pixels are damaged"
    try:
        pixels = cv2.imdecode(np.frombuffer(raw, np.uint8), how)
    except cv2.error as error:
        raise FaceImageInvalid(fault) from error
    if pixels is None:
        raise FaceImageInvalid(fault)
    return np.asarray(pixels, np.uint8)
