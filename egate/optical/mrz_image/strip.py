"""A line of print and what is above and below it, laid level at a known size."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.mrz_image.grey_image import Grey, GreyImage
from egate.optical.mrz_image.text_lines import TextLine

HEIGHT_OF_LINE: Final = 26
_BEYOND_THE_ENDS: Final = 9.0
_ABOVE_AND_BELOW: Final = 6.5
_MOST_PIXELS_LONG: Final = 2400


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Part of a page, level.

    Args:
        grey: height x width; a line of print is about 26 pixels high.
        to_image: 2 x 3, from pixels of the strip to those of the image.

    """

    grey: Grey
    to_image: npt.NDArray[np.float64]

    @property
    def image_pixels(self) -> float:
        """How many pixels of the image one of the strip is long."""
        return float(np.hypot(self.to_image[0, 0], self.to_image[1, 0]))

    def in_image(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return where points of the strip are in the image; n x 2 each."""
        moved: npt.NDArray[np.float64] = points @ self.to_image[:, :2].T + self.to_image[:, 2]
        return moved


def cut_strip(image: GreyImage, line: TextLine, turn: float = 0.0) -> Strip:
    """Return the strip along ``line``, read at ``turn`` radians from its direction."""
    scale = line.height / HEIGHT_OF_LINE
    length = min(line.length + 2 * _BEYOND_THE_ENDS * line.height, _MOST_PIXELS_LONG * scale)
    width, height = round(length / scale), round(2 * _ABOVE_AND_BELOW * HEIGHT_OF_LINE)
    cos, sin = np.cos(line.angle + turn) * scale, np.sin(line.angle + turn) * scale
    turned = np.array([[cos, -sin], [sin, cos]])
    offset = np.array(line.centre) - turned @ ((width - 1) / 2, (height - 1) / 2)
    to_image = np.column_stack([turned, offset])
    return Strip(warp(image, to_image, (width, height), 1 / scale), to_image)


def warp(
    image: GreyImage, to_image: npt.NDArray[np.float64], size: tuple[int, int], scale: float
) -> Grey:
    """Return the ``size`` pixels that ``to_image`` finds in the image, ``scale`` times its size."""
    source, reduction = image.reduced(scale)
    mapping = to_image * reduction
    mapping[:, 2] += (reduction - 1) / 2  # pixel centres of a reduced image
    how = cv2.INTER_CUBIC if scale > reduction else cv2.INTER_LINEAR
    return np.asarray(
        cv2.warpAffine(
            source, mapping, size, flags=how | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )
