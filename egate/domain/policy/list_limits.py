"""How lists are relied on, from the policy's ``[lists]``: by age, and by likeness of names."""

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final

from egate.domain.policy.entries import PolicyInvalid, above_zero, exactly, table

_MOST_SECONDS: Final = 30 * 24 * 3600  # longer is a slip of the pen


@dataclass(frozen=True, slots=True)
class NameLimits:
    """From which score on a listed name is a hit, by how the dates of birth agree (ADR 0025).

    Args:
        exact: the same date.
        swapped: day and month the other way round.
        partial: the same as far as both are known, which is the year at least.
        two_parts: two of day, month and year.
        near: years a little apart, and one date is partial.
        name_alone: one of the two has no date of birth.
        by_chance: the most travellers, of all, that a date agreeing only in part may stop for
            a namesake.

    """

    exact: float = 0.74
    swapped: float = 0.80
    partial: float = 0.82
    two_parts: float = 0.95
    near: float = 0.95
    name_alone: float = 0.95
    by_chance: float = 0.004


@dataclass(frozen=True, slots=True)
class ListLimits:
    """Ages in seconds; the age of a list is that of the last proof that nothing newer exists.

    Args:
        stale_seconds: from here on the list is stale.
        old_seconds: from here on it is old.
        unusable_seconds: from here on nobody is cleared by it.
        names: which names are alike.

    """

    stale_seconds: float = 900.0
    old_seconds: float = 7200.0
    unusable_seconds: float = 86_400.0
    names: NameLimits = NameLimits()


USUAL_LIST_LIMITS: Final = ListLimits()
_NAMES: Final = "names"
_AGES: Final = tuple(field.name for field in fields(ListLimits) if field.name != _NAMES)
_SCORES: Final = tuple(field.name for field in fields(NameLimits))


def parse_list_limits(content: object) -> ListLimits:
    """Return the limits of a policy's ``[lists]``.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a list would be old before it is stale.

    """
    found = table("lists", content)
    exactly("lists.", found, frozenset(_AGES), {_NAMES})
    seconds = {key: above_zero(f"lists.{key}", found[key], _MOST_SECONDS) for key in _AGES}
    for earlier, later in pairwise(_AGES):
        if seconds[earlier] >= seconds[later]:
            raise PolicyInvalid(f"lists.{earlier}: is not less than {later}")
    names = _name_limits(found[_NAMES]) if _NAMES in found else NameLimits()
    return ListLimits(**seconds, names=names)


def _name_limits(content: object) -> NameLimits:
    found = table("lists.names", content)
    exactly("lists.names.", found, frozenset(_SCORES))
    return NameLimits(**{key: above_zero(f"lists.names.{key}", found[key], 1) for key in _SCORES})
