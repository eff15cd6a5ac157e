"""A line of print and what is above and below it, laid level at a known size."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.mrz_image.grey_image import Grey, GreyImage
from egate.optical.mrz_image.text_lines import TextLine

HEIGHT_OF_LINE: Final = 26
# In heights of the line, of which an MRZ has at most some 48.
_BEYOND_THE_ENDS: Final = 9.0
_LONGEST: Final = 48.0
_MOST_BEYOND: Final = 40.0
_BEYOND_THE_IMAGE: Final = 0.5
_ABOVE_AND_BELOW: Final = 6.5


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


def cut_strip(image: GreyImage, line: TextLine) -> Strip:
    """Return the strip along ``line``, which may be a part of a longer one."""
    scale = line.height / HEIGHT_OF_LINE
    direction = np.array([np.cos(line.angle), np.sin(line.angle)])
    left, right = (_reach(image, line, direction * sense) / scale for sense in (-1, 1))
    width, height = round(left + right), round(2 * _ABOVE_AND_BELOW * HEIGHT_OF_LINE)
    turned = np.column_stack([direction, (-direction[1], direction[0])]) * scale
    offset = np.array(line.centre) - turned @ (left, (height - 1) / 2)
    to_image = np.column_stack([turned, offset])
    return Strip(warp(image, to_image, (width, height), 1 / scale), to_image)


def _reach(image: GreyImage, line: TextLine, direction: npt.NDArray[np.float64]) -> float:
    """Return how far the strip goes on from the middle: to the image's edge at most."""
    missing = max(_BEYOND_THE_ENDS, _LONGEST - line.length / line.height)
    wanted = line.length / 2 + min(missing, _MOST_BEYOND) * line.height
    edges = [
        (edge - at) / towards
        for at, towards, size in zip(line.centre, direction, image.size, strict=True)
        for edge in (0, size)
        if (edge - at) * towards > 0
    ]
    return float(min([wanted, *edges])) + _BEYOND_THE_IMAGE * line.height


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
