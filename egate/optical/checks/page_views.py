"""A page's three images made straight, so that a millimetre is the same everywhere."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.optical.page_geometry import PageGeometry
from egate.ports.devices import PageScan

Image = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Left, top, width and height in millimetres of the page."""

FINE: Final = 12.0
"""Pixels a millimetre, as 300 dpi have: for print."""

_COLOURED: Final = 3


def grey(image: Image) -> Image:
    """Return a picture without its colours."""
    if image.ndim == _COLOURED:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    return image


@dataclass(frozen=True, slots=True)
class PageViews:
    """The lights of one page by millimetre. Personal throughout."""

    scan: PageScan = field(repr=False)
    geometry: PageGeometry

    def has(self, light: Light) -> bool:
        return self._image(light) is not None

    def view(self, light: Light, box: Box, pixels_per_mm: float = FINE) -> Image:
        """Return a rectangle of the page; what lies outside the image repeats its border.

        Raises:
            ValueError: the scanner has no such light.

        """
        image = self._image(light)
        if image is None:
            raise ValueError(f"no {light} image")
        left, top, width, height = box
        size = max(round(width * pixels_per_mm), 1), max(round(height * pixels_per_mm), 1)
        scale = 1 / pixels_per_mm
        # the middle of a pixel is at + 0.5 of its corner, in both images
        from_view = np.array(
            [
                [scale, 0, left + 0.5 * scale],
                [0, scale, top + 0.5 * scale],
                [0, 0, 1],
            ]
        )
        to_image = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
        matrix = to_image @ self.geometry.to_pixels @ from_view
        straight = cv2.warpPerspective(
            image,
            matrix,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(straight, np.uint8)

    def page(self, light: Light, size_mm: tuple[float, float], pixels_per_mm: float) -> Image:
        """Return the whole page at a coarse scale, without moiré of its fine print."""
        width, height = size_mm
        fine = self.view(light, (0.0, 0.0, width, height))
        size = round(width * pixels_per_mm), round(height * pixels_per_mm)
        return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _image(self, light: Light) -> Image | None:
        match light:
            case Light.WHITE:
                return self.scan.white
            case Light.INFRARED:
                return self.scan.infrared
            case Light.ULTRAVIOLET:
                return self.scan.ultraviolet
