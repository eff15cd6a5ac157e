"""*Not the same person*: what an officer has settled stops nobody a second time.

A decision is about one holder and one entry as it read then. When the entry changes (a new
alias, a corrected date) nobody has looked at what it says now, so it is asked again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from egate.lists.names.person_index import PersonHit


@dataclass(frozen=True, slots=True)
class NotTheSamePerson:
    """An officer's decision that the holder of a document is not who an entry lists.

    Args:
        entry_id: of the entry.
        revision: of the entry, as the officer saw it.
        holder: a key of the person who holds the document, the same for every visit; never
            empty.

    """

    entry_id: str
    revision: str
    holder: str = field(repr=False)

    def __post_init__(self) -> None:
        if not (self.entry_id and self.revision and self.holder):
            raise ValueError("a decision names an entry, its revision and a holder")


def unsettled(
    hits: Iterable[PersonHit],
    holder: str,
    revisions: Mapping[str, str],
    decisions: Collection[NotTheSamePerson],
) -> tuple[PersonHit, ...]:
    """Return the hits about which no officer has decided, in their order.

    Args:
        hits: of the traveller.
        holder: the key of the traveller's document holder; empty where there is none.
        revisions: the revision of each entry as the list has it now.
        decisions: every decision that was not withdrawn.

    """
    settled = {(each.entry_id, each.revision) for each in decisions if each.holder == holder}
    return tuple(
        hit for hit in hits if (hit.entry_id, revisions.get(hit.entry_id, "")) not in settled
    )
