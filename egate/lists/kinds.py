"""Which lists there are, and what a gate does about a hit."""

from enum import StrEnum
from typing import Final


class ListKind(StrEnum):
    """The lists of WatchlistEntry, each with versions of its own.

    A short one, such as the offloads, must reach every port within a minute, and may not wait
    for a long one.
    """

    EXIT_BAN = "EXIT_BAN"
    BLACKLIST_FOREIGN = "BLACKLIST_FOREIGN"
    BLACKLIST_BD = "BLACKLIST_BD"
    LOST_STOLEN_DOC = "LOST_STOLEN_DOC"
    OFFLOAD = "OFFLOAD"
    WANTED = "WANTED"
    SLTD = "SLTD"
    INFO = "INFO"

    @property
    def is_for_good(self) -> bool:
        """Whether a document on it stays dead, also when the book is found again."""
        return self in _FOR_GOOD


_FOR_GOOD: Final = frozenset({ListKind.LOST_STOLEN_DOC, ListKind.SLTD})


class ListAction(StrEnum):
    """What a hit means for the traveller."""

    REFER_SILENT = "REFER_SILENT"
    """An officer is told; the traveller sees an ordinary referral."""
    REFER = "REFER"
    INFO = "INFO"
    """The officer reads it, and the gate goes on."""
