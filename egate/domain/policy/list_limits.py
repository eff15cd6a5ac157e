"""From which age on a list is no longer fresh, from the policy's ``[lists]``."""

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final

from egate.domain.policy.entries import PolicyInvalid, above_zero, exactly, table

_MOST_SECONDS: Final = 30 * 24 * 3600  # longer is a slip of the pen


@dataclass(frozen=True, slots=True)
class ListLimits:
    """Ages in seconds; the age of a list is that of the last proof that nothing newer exists.

    Args:
        stale_seconds: from here on the list is stale.
        old_seconds: from here on it is old.
        unusable_seconds: from here on nobody is looked up in it.

    """

    stale_seconds: float = 900.0
    old_seconds: float = 7200.0
    unusable_seconds: float = 86_400.0


USUAL_LIST_LIMITS: Final = ListLimits()
_KEYS: Final = tuple(field.name for field in fields(ListLimits))


def parse_list_limits(content: object) -> ListLimits:
    """Return the limits of a policy's ``[lists]``.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a list would be old before it is stale.

    """
    found = table("lists", content)
    exactly("lists.", found, frozenset(_KEYS))
    seconds = {key: above_zero(f"lists.{key}", found[key], _MOST_SECONDS) for key in _KEYS}
    for earlier, later in pairwise(_KEYS):
        if seconds[earlier] >= seconds[later]:
            raise PolicyInvalid(f"lists.{earlier}: is not less than {later}")
    return ListLimits(**seconds)
