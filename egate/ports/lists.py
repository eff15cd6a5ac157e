"""Where a gate fetches versions of lists from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class ListsAway(Exception):
    """The centre cannot be asked for lists now, or its answer cannot be used; ask again later."""


@dataclass(frozen=True, slots=True)
class OfferedList:
    """What the centre has of one list. Nothing of it is verified yet.

    Args:
        name: of the list.
        freshness: the signed statement which version is the newest, and as of when; empty if
            the centre cannot say it now.
        manifests: signed, to be taken in one after the other; they lead from the version that
            the gate has to the newest.

    """

    name: str
    freshness: bytes = field(repr=False)
    manifests: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PartOf:
    """A piece of one file of a version.

    Args:
        name: of the list.
        version: of the list.
        is_delta: whether of the delta or of the snapshot of that version.
        file: as the manifest names it.
        offset: where the piece begins, in bytes.
        length: the most bytes to send, at most 1 MiB.

    """

    name: str
    version: int
    is_delta: bool
    file: str
    offset: int
    length: int


class ListOffers(Protocol):
    async def versions(self, have: Mapping[str, int]) -> tuple[OfferedList, ...]:
        """Return what leads to the newest version of each list.

        Args:
            have: names of lists, and the version in use of each; 0 for none.

        Raises:
            ListsAway: nobody can say now.

        """
        ...

    async def part(self, part: PartOf) -> bytes:
        """Return a piece of a version: at most as long as asked for, never empty.

        Raises:
            ListsAway: it cannot be had now; ask for the versions again.

        """
        ...
