"""Two-dimensional bar codes of a page: pixels in, bytes out."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import zxingcpp

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import PageRegion
from egate.optical.page_image import grey_of

MAX_CODES: Final = 16
"""No page has more; a picture of thousands of codes is no reason to verify thousands."""

# What a seal may be in (9303-13 §1.3).
_FORMATS: Final = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.QRCode,
    ]
)
# A picture of nothing but patterns that seem to begin a code takes a second for 6 million.
_MOST_PIXELS: Final = 3_200_000


@dataclass(frozen=True, slots=True)
class BarCode:
    """What one bar code holds, and where it is. Personal."""

    raw: bytes = field(repr=False)
    region: PageRegion


def read_bar_codes(page: npt.NDArray[np.uint8]) -> tuple[BarCode, ...]:
    """Return the Data Matrix, Aztec and QR codes of a page that can be read, 16 at most.

    Args:
        page: height x width x 3, BGR; turned and dark-on-light or light-on-dark as it may be.
            What has more than 3.2 million pixels is reduced first.

    """
    return read_grey_bar_codes(grey_of(page))


def read_grey_bar_codes(picture: npt.NDArray[np.uint8]) -> tuple[BarCode, ...]:
    """Return the bar codes of a picture without colours; see ``read_bar_codes``.

    Args:
        picture: height x width.

    """
    grey = _reduced(picture)
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_FORMATS)
    height, width = grey.shape
    return tuple(
        BarCode(code.bytes, _region(code.position, width, height)) for code in found[:MAX_CODES]
    )


def _reduced(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    if grey.size <= _MOST_PIXELS:
        return grey
    scale = (_MOST_PIXELS / grey.size) ** 0.5
    return np.asarray(
        cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def _region(position: zxingcpp.Position, width: int, height: int) -> PageRegion:
    corners = (position.top_left, position.top_right, position.bottom_left, position.bottom_right)
    across = [min(max(corner.x / width, 0.0), 1.0) for corner in corners]
    down = [min(max(corner.y / height, 0.0), 1.0) for corner in corners]
    left, top = min(across), min(down)
    return PageRegion(left, top, max(across) - left, max(down) - top)
