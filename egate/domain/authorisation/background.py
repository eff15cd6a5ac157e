"""The three background checks of one traveller, and what they say about the stay."""

import datetime as dt
from dataclasses import dataclass, replace

from egate.domain.authorisation.entering import Grant, check_entering
from egate.domain.authorisation.extension import extend
from egate.domain.authorisation.leaving import check_clearance, check_leaving
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.stay import StayLength, last_day
from egate.domain.authorisation.staying import check_staying
from egate.domain.authorisation.succession import documents_of_holder
from egate.domain.authorisation.traveller import Known, Traveller
from egate.domain.authorisation.usage import count_uses
from egate.domain.record import Direction
from egate.emrtd.checks import CheckResult


@dataclass(frozen=True, slots=True)
class BackgroundAnswer:
    """What the rules say of one traveller.

    Args:
        checks: BACKGROUND.AUTHORISATION, .CLEARANCE and .STAY, each exactly once.
        grant: by what a foreigner enters, and for how long; None on exit, for citizens, and
            where nothing was found.
        authorised_until: last day of the stay that begins; None without a limit, or a grant.
        stay: the stay of a foreigner who leaves, where it is known.
        rules_version: of the rules that were applied.

    """

    checks: tuple[CheckResult, ...]
    rules_version: str
    grant: Grant | None = None
    authorised_until: dt.date | None = None
    stay: StayLength | None = None


def check_background(
    traveller: Traveller, known: Known, rules: AuthorisationRules
) -> BackgroundAnswer:
    """Say what the rules say of ``traveller``, from all that is ``known``.

    A pure function: the order of what is known, and its repetition, change nothing.
    """
    known = _of_holder(traveller, known, rules)
    clearance = check_clearance(traveller, known, rules)
    staying, stay = check_staying(traveller, known, rules)
    if traveller.direction is Direction.EXIT:
        leaving = check_leaving(traveller, known, rules)
        return BackgroundAnswer((leaving, clearance, staying), rules.version, stay=stay)
    entering, grant = check_entering(traveller, known, rules)
    until = last_day(rules.day_of(traveller.at), grant.limit) if grant else None
    return BackgroundAnswer((entering, clearance, staying), rules.version, grant, until)


def _of_holder(traveller: Traveller, known: Known, rules: AuthorisationRules) -> Known:
    """Return what is known without other people's, its uses counted and its stays extended."""
    own = documents_of_holder(traveller.document, known.successions)
    offloads = tuple(each for each in known.offloads if each.document in own)
    if known.crossings is None:
        return replace(known, offloads=offloads)
    crossings = tuple(each for each in known.crossings if each.document in own)
    extensions = tuple(each for each in known.extensions if each.document in own)
    return replace(
        known,
        authorisations=tuple(count_uses(each, crossings) for each in known.authorisations),
        crossings=extend(crossings, extensions, rules),
        offloads=offloads,
    )
