"""Extensions of stay, each for the stay that it was given for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from egate.domain.authorisation.history import last_crossing
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.traveller import Extension, PastCrossing
from egate.domain.record import Direction


def extend(
    crossings: Iterable[PastCrossing], extensions: Iterable[Extension], rules: AuthorisationRules
) -> tuple[PastCrossing, ...]:
    """Return ``crossings`` of one holder with the last days that authorities set since.

    An extension is for the stay that was the newest on the day when it was given, and for no
    later one; of several for one stay the newest holds. Order and repetition change nothing.
    """
    found = tuple(crossings)
    entries = [each for each in found if each.direction is Direction.ENTRY]
    until: dict[PastCrossing, dt.date] = {}
    for extension in sorted(extensions, key=_order):
        begun = [each for each in entries if rules.day_of(each.at) <= extension.given_on]
        if begun and (entry := last_crossing(begun, max(each.at for each in begun))):
            until[entry] = extension.until
    return tuple(
        replace(each, authorised_until=until[each]) if each in until else each for each in found
    )


def _order(extension: Extension) -> tuple[dt.date, dt.date, str]:
    return extension.given_on, extension.until, extension.number
