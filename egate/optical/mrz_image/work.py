"""How much is done for one image at most, whatever it shows.

Work is counted, not timed: the same image has the same answer on every machine.
"""

from typing import Final

from egate.optical.mrz_image.candidate import Readers
from egate.optical.mrz_image.cells import Cells
from egate.optical.mrz_image.windows import Probabilities

OF_A_STRIP: Final = 60
"""Cutting a strip and finding its lines takes as long as reading so many cells."""
_OF_AN_IMAGE: Final = 1100


class WorkSpent(Exception):
    """All work that one image may cause is done."""


class Work:
    """What may still be done for one image.

    Args:
        left: in cells that both readers read.

    """

    def __init__(self, left: int = _OF_AN_IMAGE) -> None:
        self._left = left

    def spend(self, cells: int) -> None:
        """Take ``cells`` off what is left.

        Raises:
            WorkSpent: less is left.

        """
        if cells > self._left:
            raise WorkSpent
        self._left -= cells

    def counting(self, readers: Readers) -> Readers:
        """Return ``readers`` that spend what they read."""

        def first(cells: Cells) -> Probabilities:
            self.spend(len(cells))
            return readers.first(cells)

        return Readers(first, readers.second)
