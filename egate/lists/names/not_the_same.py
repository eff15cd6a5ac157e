"""*Not the same person*: what an officer has settled stops nobody a second time.

A decision is about one holder and one entry as it read then. When the entry changes (a new
alias, a corrected date) nobody has looked at what it says now, so it is asked again.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from egate.lists.names.person_index import PersonHit


class NotTheSamePerson(NamedTuple):
    """An officer's decision that the holder of a document is not who an entry lists.

    Args:
        entry: the key of the entry.
        revision: of the entry, as the officer saw it.
        holder: the keyed digest of the holder's document.

    """

    entry: int
    revision: int
    holder: int

    def __repr__(self) -> str:
        """Tell nothing of a person."""
        return "NotTheSamePerson()"


def unsettled(
    hits: Iterable[PersonHit],
    holder: int | None,
    revisions: Mapping[int, int],
    decisions: Collection[NotTheSamePerson],
) -> tuple[PersonHit, ...]:
    """Return the hits about which no officer has decided, in their order.

    Args:
        hits: of the traveller.
        holder: the digest of the traveller's document; None where there is none.
        revisions: the revision of each entry as the list has it now, by its key.
        decisions: every decision that was not withdrawn.

    """
    settled = {(each.entry, each.revision) for each in decisions if each.holder == holder}
    return tuple(hit for hit in hits if (hit.entry, revisions.get(hit.entry)) not in settled)
