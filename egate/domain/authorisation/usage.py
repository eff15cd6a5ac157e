"""How often an authorisation was used: counted from the crossings that were made by it."""

from collections.abc import Iterable
from dataclasses import replace

from egate.domain.authorisation.travel_authorisation import TravelAuthorisation
from egate.domain.authorisation.traveller import PastCrossing
from egate.domain.record import Direction


def count_uses(
    authorisation: TravelAuthorisation, crossings: Iterable[PastCrossing]
) -> TravelAuthorisation:
    """Return ``authorisation`` with the entries counted that its issuer has not.

    Order and repetition of ``crossings`` change nothing.
    """
    since = authorisation.counted_at
    made = {
        each
        for each in crossings
        if each.direction is Direction.ENTRY
        and each.number == authorisation.number != ""
        and each.basis is authorisation.kind
        and (since is None or each.at > since)
    }
    return replace(authorisation, entries_used=authorisation.entries_used + len(made))
