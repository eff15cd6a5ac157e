"""What white and infrared light show of the same cells, taken together.

Ink of an MRZ is visible in both (B900, 9303-3 §4.5); most stamps, dirt and backgrounds are in
white light only. Both pictures are of one moment and one size.
"""

from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from egate.optical.mrz_image.confidence import confidence
from egate.optical.mrz_image.grey_image import GreyImage
from egate.optical.mrz_image.windows import Probabilities, ReadCells

_INK_IN_INFRARED: Final = 0.3
_SOMETHING: Final = 0.5
_CLEAR: Final = 0.8
_LEAST: Final = 1e-4


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
    """Return what both lights show: of each reader the mean of the logarithms.

    Where infrared shows nothing, white alone counts: ink that infrared does not show may be a
    forgery, which is for the check of the ink to say. Where both show something clearly and not
    the same, the lights differ.
    """
    shown = (infrared.ink > _INK_IN_INFRARED) & (_least_sum(infrared) > _SOMETHING)
    differ = shown & (_clear(white) >= 0) & (_clear(infrared) >= 0)
    differ &= _clear(white) != _clear(infrared)
    return ReadCells(
        np.where(shown[:, None], _mean(white.first, infrared.first), white.first),
        np.where(shown[:, None], _mean(white.second, infrared.second), white.second),
        np.where(shown, np.maximum(white.ink, infrared.ink), white.ink),
        differ,
    )


def _least_sum(cells: ReadCells) -> npt.NDArray[np.float32]:
    return np.asarray(np.minimum(cells.first.sum(axis=1), cells.second.sum(axis=1)), np.float32)


def _clear(cells: ReadCells) -> npt.NDArray[np.int64]:
    """Return the character that both readers clearly see; -1 for none."""
    sure = confidence(cells.first.astype(np.float64), cells.second.astype(np.float64))
    best = sure.argmax(axis=1)
    return np.where(sure.max(axis=1) > _CLEAR, best, -1)


def _mean(one: Probabilities, other: Probabilities) -> Probabilities:
    powers = np.sqrt(_with_nothing(one) * _with_nothing(other))
    return np.asarray((powers / powers.sum(axis=1, keepdims=True))[:, :-1], np.float32)


def _with_nothing(probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """Add the chance that a cell holds no character; no chance is none at all."""
    nothing = 1 - probabilities.sum(axis=1, keepdims=True)
    return np.maximum(np.hstack([probabilities, nothing]).astype(np.float64), _LEAST)
