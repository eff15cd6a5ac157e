"""Where the millimetres of a page lie in its image."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import PageRegion


@dataclass(frozen=True, slots=True, eq=False)
class PageGeometry:
    """A plane of paper before a lens.

    Args:
        to_pixels: 3 x 3 homography from millimetres of the page - from its upper left corner,
            right and down - to pixels of the image.
        image_size: width and height of the image in pixels.

    """

    to_pixels: npt.NDArray[np.float64]
    image_size: tuple[int, int]

    def pixels(self, millimetres: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return where points of the page are in the image; n x 2 each."""
        points = np.atleast_2d(np.asarray(millimetres, np.float64))
        mapped = np.column_stack([points, np.ones(len(points))]) @ self.to_pixels.T
        moved: npt.NDArray[np.float64] = mapped[:, :2] / mapped[:, 2:]
        return moved

    def region(self, left: float, top: float, width: float, height: float) -> PageRegion:
        """Return the rectangle of the image around a rectangle of the page in millimetres."""
        right, bottom = left + width, top + height
        corners = self.pixels([(left, top), (right, top), (right, bottom), (left, bottom)])
        low = corners.min(axis=0) / self.image_size
        high = corners.max(axis=0) / self.image_size
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
        return PageRegion(*map(float, (*low, *(high - low))))
