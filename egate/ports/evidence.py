"""What the centre proves to a station about the station's own records."""

from collections.abc import Mapping
from typing import Protocol


class EvidenceBroken(Exception):
    """The centre has not what it signed before, or proves something else; says what."""


class Evidence(Protocol):
    """The centre's trees, seen from a station; what it says is verified."""

    async def follow(self) -> int:
        """Take the newest head in the place of the one that is kept; return its number, 0 for none.

        Raises:
            EvidenceBroken: it does not continue the one that is kept, or is not the centre's.
            CentreUnavailable: nothing is known now.

        """
        ...

    async def trees_of(self, links: Mapping[int, bytes]) -> Mapping[int, int]:
        """Return the number of the tree of each record that is proven to be in one.

        Args:
            links: hash of the link of each record, by its number; at most 200.

        Raises:
            EvidenceBroken: a proof is wrong.
            CentreUnavailable: nothing is known now.

        """
        ...
