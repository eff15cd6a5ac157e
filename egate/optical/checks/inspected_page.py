"""One page under inspection: its images made straight, its MRZ, and the model it should follow."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.optical.checks.page_views import Box, Image, PageViews
from egate.optical.checks.tiles import cut

COARSE: Final = 4.0
"""Pixels a millimetre for whole pages: enough for the lines of a guilloche."""
_FINE_PRINT_MM: Final = 1.5
_GAIN: Final = 8.0
_SHINES: Final = 252
_GLARE: Final = 0.25
"""Part of a place that may shine in white light before it cannot be judged."""


@dataclass(frozen=True, eq=False)
class InspectedPage:
    """What every check of one page looks at. Personal throughout.

    Args:
        views: the images, straightened.
        size_mm: width and height of the page.

    """

    views: PageViews
    size_mm: tuple[float, float]
    _coarse: dict[Light, Image] = field(default_factory=dict, repr=False)

    def coarse(self, light: Light) -> Image:
        """Return the whole page at ``COARSE`` pixels a millimetre."""
        if light not in self._coarse:
            self._coarse[light] = self.views.page(light, self.size_mm, COARSE)
        return self._coarse[light]

    @cached_property
    def colours(self) -> Image:
        """Return the colours of the page's fine print."""
        return fine_colours(self.coarse(Light.WHITE))

    def is_hidden(self, box: Box) -> bool:
        """Say whether glare hides a place in white light."""
        return float(np.mean(cut(self._glare, box, COARSE))) > 255 * _GLARE

    @cached_property
    def _glare(self) -> Image:
        """255 where white light shows nothing but glare, else 0."""
        most = cv2.inRange(self.coarse(Light.WHITE), (_SHINES,) * 3, (255,) * 3)
        return np.asarray(most, np.uint8)


def fine_colours(white: Image) -> Image:
    """Return what colours have of fine lines: grey print, however dark, leaves nothing.

    Args:
        white: a page at ``COARSE`` pixels a millimetre, BGR.

    Returns:
        height x width: a* of CIE L*a*b*, from green to red, around 128.

    """
    colours = cv2.cvtColor(white, cv2.COLOR_BGR2LAB)[..., 1].astype(np.float32)
    colours -= cv2.GaussianBlur(colours, (0, 0), _FINE_PRINT_MM * COARSE)
    return np.asarray(np.clip(colours * _GAIN + 128, 0, 255), np.uint8)
