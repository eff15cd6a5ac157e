"""Who stands at a kiosk, by the one beam at its reader.

A kiosk is open to all sides and opens no door, so nobody is counted through it: somebody
stands there, or nobody has for a while. Who comes with whom is seen at the gate.
"""

from dataclasses import dataclass, replace
from typing import Final

from egate.domain.session.presence import Sighting
from egate.domain.time import Instant

# People shift from one foot to the other; who is gone for this long has left.
LEFT_AFTER_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is believed of the place before the reader.

    Args:
        served: somebody came and has not left.
        leaving: an officer took care of whoever stands there; they do not come anew.
        occupied: the beam, as it was seen last.
        empty_since: it is free since then; None while it is not, or nobody is served.

    """

    served: bool = False
    leaving: bool = False
    occupied: bool = False
    empty_since: Instant | None = None


def look(before: Standing, at: Instant, *, occupied: bool) -> tuple[Standing, Sighting | None]:
    """Return what the beam says ``at`` a moment, after ``before``; call it also now and then."""
    now = replace(before, occupied=occupied)
    if occupied:
        if now.served or now.leaving:
            return replace(now, empty_since=None), None
        return replace(now, served=True, empty_since=None), Sighting.ENTERED
    since = at if now.empty_since is None else now.empty_since
    if at - since < LEFT_AFTER_SECONDS:
        return replace(now, empty_since=since), None
    return Standing(), Sighting.LEFT if now.served else None


def taken_care_of(before: Standing) -> Standing:
    """Start afresh: whoever still stands there is about to leave."""
    return replace(before, served=False, leaving=before.occupied)


def with_waiting(before: Standing) -> Standing:
    """Count whoever stands there, for a kiosk that becomes ready meanwhile."""
    return replace(before, served=before.occupied, leaving=False)
