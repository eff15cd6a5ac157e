"""How many travellers, of all, a list would stop for a namesake with a date that agrees in part.

A word is as common among travellers as on the list. To let a hit with a rare name pass is to
let all hits pass whose names are as rare or rarer, so what one hit costs is the sum over the
names of the list up to its own.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_name import NamePart
from egate.lists.names.postings import Postings

_OTHER_NAMES: Final = 1000
"""Thought of beside those of a list: on a short one every name would seem common."""
_RAREST: Final = -24.0
_STEP: Final = 0.02
"""Of decimal logarithms of shares: what is between two is taken for the more common one."""


class Namesakes:
    """The shares of travellers who bear the names of a list.

    Args:
        columns: of the list.
        postings: of it.

    """

    def __init__(self, columns: PersonColumns, postings: Postings) -> None:
        self._postings = postings
        self._names = len(columns) + _OTHER_NAMES
        logs = np.zeros(len(postings.rows_of_text), np.float32)
        tells = postings.rows_of_text > 0
        logs[tells] = np.log10((postings.rows_of_text[tells] + 1) / self._names)
        of_rows = (
            np.add.reduceat(logs[columns.words], columns.starts[:-1]) if len(columns) else logs
        )
        steps = np.ceil((np.maximum(of_rows, _RAREST) - _RAREST) / _STEP).astype(np.int64)
        together = np.bincount(steps, 10.0**of_rows, minlength=_step_of(0.0) + 1)
        self._up_to: NDArray[np.float64] = np.cumsum(together)

    def expected(self, parts: list[NamePart]) -> float:
        """Return how many namesakes a traveller has on the list, through names so rare or rarer.

        Args:
            parts: that the two names share.

        """
        counts = (self._postings.count(part) for part in dict.fromkeys(parts))
        log = sum(float(np.log10((count + 1) / self._names)) for count in counts)
        own = 10.0**log
        return max(own, float(self._up_to[_step_of(max(log, _RAREST))]))


def _step_of(log: float) -> int:
    return int(np.ceil((log - _RAREST) / _STEP))
