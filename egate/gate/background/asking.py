"""What one list says of one traveller."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from egate.domain.evidence import ListUsed
from egate.domain.policy.list_limits import ListLimits
from egate.gate.background.held_list import HeldList, InUse
from egate.lists.errors import ListRefused
from egate.lists.keys import ListKey
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.names.person_index import NameThresholds
from egate.lists.person_search import MatchKind, PersonQuery, find_persons
from egate.lists.store import find_document
from egate.ports.case_hits import CaseHit, HitMatch, PersonListed

_MATCHES = {MatchKind.EXACT: HitMatch.NAME, MatchKind.FUZZY: HitMatch.LIKE_NAME}


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that names the traveller. Personal.

    Args:
        entry: opened.
        match: by what.
        score: how alike the names are, 0 to 1; None for a document.
        action: what the gate does.

    """

    entry: ListEntry = field(repr=False)
    match: HitMatch
    score: float | None
    action: ListAction


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What one list says.

    Args:
        kind: which.
        hits: each entry once.
        used: the version that was asked; None if none could be.
        fault: why it cannot say that the traveller is not on it; "" if it can.

    """

    kind: ListKind
    hits: Sequence[Hit] = field(default=(), repr=False)
    used: ListUsed | None = None
    fault: str = ""

    @property
    def stopping(self) -> list[str]:
        """The hits for which an officer decides: list, version and entry, nothing personal."""
        version = self.used.version if self.used else 0
        stopping = [each.entry for each in self.hits if each.action is not ListAction.INFO]
        return [f"{self.kind} {version}: {entry.entry_id}" for entry in stopping]

    def case_hits(self) -> list[CaseHit]:
        """Return the hits as an officer reads them."""
        return [_case_hit(each, self.used.version if self.used else 0) for each in self.hits]


def ask(held: HeldList, query: PersonQuery, key: ListKey, limits: ListLimits) -> ListAnswer:
    """Ask one list about a document and its holder. Reads the disk, so this is for a thread.

    Args:
        held: the list.
        query: document and holder.
        key: of the lists.
        limits: of the policy.

    """
    hits: dict[str, Hit] = {}
    fault = ""
    with held.asked() as found:
        try:
            for hit in _found(held, found, query, key, limits):
                hits.setdefault(hit.entry.entry_id, hit)
        except ListRefused as refused:
            fault = str(refused)
    age = held.age_seconds()
    if not fault and (age is None or age >= limits.unusable_seconds):
        fault = f"{held.kind}: too old"
    return ListAnswer(held.kind, tuple(hits.values()), found.used, fault)


def _found(
    held: HeldList, found: InUse, query: PersonQuery, key: ListKey, limits: ListLimits
) -> Iterator[Hit]:
    """Give the hits by document, then those by name; a fault of the names hides no document."""
    now, lists = held.now(), {held.kind: found.kept}
    if query.document is not None:
        for entry in find_document(query.document, lists, key, query.direction, query.at, now):
            yield Hit(entry, HitMatch.DOCUMENT, None, entry.action)
    if found.kept.version is not None and found.kept.version.persons:
        thresholds = NameThresholds(**dataclasses.asdict(limits.names))
        for each in find_persons(query, lists, key, now, thresholds):
            yield Hit(each.entry, _MATCHES[each.kind], each.score, each.action)


def _case_hit(hit: Hit, version: int) -> CaseHit:
    entry = hit.entry
    return CaseHit(
        list_name=entry.kind.value,
        version=version,
        entry_id=entry.entry_id,
        revision=entry.revision,
        action=hit.action.value,
        match=hit.match,
        score=hit.score,
        legal_basis=entry.legal_basis,
        order_reference=entry.order_reference,
        authority=entry.authority,
        court=entry.court,
        instruction=entry.instruction,
        contact=entry.contact,
        valid_from=entry.valid_from.isoformat(),
        valid_to=entry.valid_to.isoformat() if entry.valid_to else "",
        persons=tuple(
            PersonListed(each.names, each.date_of_birth or "", each.nationality, each.sex)
            for each in entry.persons
        ),
    )
