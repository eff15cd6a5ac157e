"""Which openings were used: one door, once, for one traveller, within seconds."""

from collections import deque
from typing import Final

from egate.domain.session.barrier import BarrierPosition, Warrant
from egate.domain.time import Instant

# A lane serves one traveller at a time with two doors at most; far more than can be in use.
_REMEMBERED: Final = 64


class Warrants:
    """Remembers what was opened; a command that is carried out twice opens once."""

    def __init__(self) -> None:
        self._used: deque[tuple[str, BarrierPosition]] = deque(maxlen=_REMEMBERED)

    def redeem(self, warrant: Warrant, now: Instant) -> bool:
        """Say whether ``warrant`` opens its door at ``now``; it never does again."""
        opening = (warrant.crossing_id, warrant.position)
        good = now < warrant.expires and opening not in self._used
        self._used.append(opening)
        return good
