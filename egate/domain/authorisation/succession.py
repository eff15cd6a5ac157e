"""Which documents are one holder's: renewed, lost and replaced, or held beside one another."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from egate.domain.authorisation.travel_authorisation import DocumentKey

Place = TypeVar("Place", bound=Hashable)


class SuccessionKind(StrEnum):
    RENEWED = "renewed"
    REPLACED = "replaced"
    """The earlier document was lost."""
    DUAL = "dual"
    """Both are in use; neither comes first."""


_ONE_AFTER_ANOTHER: Final = frozenset({SuccessionKind.RENEWED, SuccessionKind.REPLACED})


@dataclass(frozen=True, slots=True)
class Succession:
    """One entry: ``later`` came after ``earlier``, or beside it."""

    kind: SuccessionKind
    earlier: DocumentKey
    later: DocumentKey


def documents_of_holder(
    document: DocumentKey, successions: Iterable[Succession]
) -> frozenset[DocumentKey]:
    """Return every document of the holder of ``document``, itself included.

    The entries may come in any order, repeat one another and go round in circles.
    """
    linked: dict[DocumentKey, set[DocumentKey]] = defaultdict(set)
    for each in successions:
        linked[each.earlier].add(each.later)
        linked[each.later].add(each.earlier)
    return reached(document, linked)


def documents_succeeded(
    document: DocumentKey, successions: Iterable[Succession], kinds: Set[SuccessionKind]
) -> frozenset[DocumentKey]:
    """Return ``document`` and those whose place it took, by entries of ``kinds`` alone.

    What was issued for them holds for it, and never the other way round: a document that was
    renewed or lost is dead. One that is held beside another takes nothing over.
    """
    earlier: dict[DocumentKey, set[DocumentKey]] = defaultdict(set)
    for each in successions:
        if each.kind in kinds & _ONE_AFTER_ANOTHER:
            earlier[each.later].add(each.earlier)
    return reached(document, earlier)


def reached(start: Place, ways: Mapping[Place, Set[Place]]) -> frozenset[Place]:
    """Return ``start`` and all that ``ways`` lead to from it, directly or by others."""
    found = {start}
    waiting = [start]
    while waiting:
        further = ways.get(waiting.pop(), frozenset()) - found
        found |= further
        waiting += further
    return frozenset(found)
