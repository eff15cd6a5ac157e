"""What white and infrared light show of the same cells, taken together.

Ink of an MRZ is visible in both (B900, 9303-3 §4.5); most stamps, dirt and backgrounds are in
white light only. Both pictures are of one moment and one size.
"""

from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from egate.optical.mrz_image.confidence import confidence
from egate.optical.mrz_image.grey_image import GreyImage
from egate.optical.mrz_image.windows import ReadCells

_INK_IN_INFRARED: Final = 0.3
_CLEAR: Final = 0.9


class Lights(NamedTuple):
    """Pictures of one page.

    Args:
        white: under white light.
        infrared: under infrared light, of the same size; None where there is none.

    """

    white: GreyImage
    infrared: GreyImage | None = None

    @property
    def all(self) -> tuple[GreyImage, ...]:
        return (self.white,) if self.infrared is None else (self.white, self.infrared)

    @classmethod
    def of(cls, white: npt.NDArray[np.uint8], infrared: npt.NDArray[np.uint8] | None) -> Self:
        """Return pictures to be read.

        Args:
            white: height x width x 3, BGR.
            infrared: height x width.

        Raises:
            ValueError: they differ in size.

        """
        if infrared is not None and infrared.shape != white.shape[:2]:
            raise ValueError("the infrared image has another size than the white one")
        return cls(GreyImage.of_colours(white), None if infrared is None else GreyImage(infrared))


def seen_together(white: ReadCells, infrared: ReadCells) -> ReadCells:
    """Return what infrared shows wherever it shows ink, and what white light shows elsewhere.

    The mean of both was worse on tuning pages than infrared alone: what dirties a character in
    white light tells nothing of it. Ink that infrared does not show may be a forgery, which is
    for the check of the ink to say: there white light counts. Where both clearly show
    characters, and not the same, the lights differ.
    """
    shown = infrared.ink > _INK_IN_INFRARED
    in_white, in_infrared = _clear(white), _clear(infrared)
    return ReadCells(
        np.where(shown[:, None], infrared.first, white.first),
        np.where(shown[:, None], infrared.second, white.second),
        np.where(shown, infrared.ink, white.ink),
        shown & (in_white >= 0) & (in_infrared >= 0) & (in_white != in_infrared),
    )


def _clear(cells: ReadCells) -> npt.NDArray[np.int64]:
    """Return the character that both readers clearly see; -1 for none."""
    sure = confidence(cells.first.astype(np.float64), cells.second.astype(np.float64))
    return np.where(sure.max(axis=1) > _CLEAR, sure.argmax(axis=1), -1)
