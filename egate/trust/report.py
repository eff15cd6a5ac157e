"""What an import did, and what it did not take."""

from collections import Counter
from dataclasses import dataclass, field

from egate.trust.entry import Entry, Kind


class Refused(Exception):
    """Something is not taken in; the message says why."""


class Unbelieved(Refused):
    """It is sound, and chains to nothing that is trusted."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that was not taken: file, place in it, reason; a whole file has no place."""

    file: str
    index: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something an officer should know of, though nothing was wrong with the import."""

    file: str
    index: int | None
    note: str


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Args:
        imported: new or newly believed things, by kind.
        unchanged: things that were there already.
        rejected: things not taken.
        pending: single certificates kept until another officer approves them.
        notes: older lists and CRLs that took no newer one's place, and the like.
        countries: States of everything taken or there already.

    """

    imported: Counter[Kind] = field(default_factory=Counter)
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    pending: list[Entry] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """No file, list or single certificate was refused; bad entries of a list may have been."""
        return not any(rejection.index is None for rejection in self.rejected)
