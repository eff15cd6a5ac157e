"""An image's brightness, in the sizes that its search and its reading ask for."""

from typing import Final, Self

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2

Grey = npt.NDArray[np.uint8]
"""height x width, 0 is black."""

_LEAST_SIDE: Final = 16


class GreyImage:
    """The brightness of one image: a page, so personal; never logged.

    Args:
        grey: height x width.

    """

    def __init__(self, grey: Grey) -> None:
        self._levels = [grey]

    @classmethod
    def of_colours(cls, image: npt.NDArray[np.uint8]) -> Self:
        """Return the brightness of ``image``, height x width x 3, BGR."""
        return cls(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self._levels[0].shape
        return width, height

    @property
    def is_too_small(self) -> bool:
        return min(self.size) < _LEAST_SIDE

    def no_longer_than(self, side: int) -> tuple[Grey, float]:
        """Return the image of at most ``side`` pixels, and its pixels per pixel of the full one."""
        scale = min(1.0, side / max(self.size))
        level, _ = self.reduced(scale)
        width, height = (max(1, round(length * scale)) for length in self.size)
        return _resized(level, width, height), scale

    def reduced(self, scale: float) -> tuple[Grey, float]:
        """Return the image at a half, a quarter... of its size, as near above ``scale`` as can be.

        A warp to ``scale`` then averages what it leaves out.
        """
        level = 0
        while scale < 0.5 ** (level + 1) * 1.2:
            level += 1
            if len(self._levels) == level:
                height, width = self._levels[-1].shape
                self._levels.append(
                    _resized(self._levels[-1], max(1, width // 2), max(1, height // 2))
                )
        return self._levels[level], self._levels[level].shape[1] / self.size[0]


def _resized(grey: Grey, width: int, height: int) -> Grey:
    if (height, width) == grey.shape:
        return grey
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
