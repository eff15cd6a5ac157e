"""What ``egate doctor`` says of the lists that a gate asks."""

import datetime as dt
from contextlib import closing
from typing import Final

from egate.cli.doctor_trust import Look
from egate.domain.policy.list_limits import USUAL_LIST_LIMITS
from egate.domain.session.flow import Flow
from egate.gate.background.held_list import HeldList
from egate.gate.background.opening import list_plan_of
from egate.gate.clocks import Clocks
from egate.lists.keeper import ListKeeper
from egate.settings import GateSettings, SettingsError

_NAME: Final = "lists"
_MEND: Final = "see that the centre makes them and that the gate runs, which fetches them"


def look_at_lists(settings: GateSettings, now: dt.datetime) -> Look:
    """Say whether every list that is required can be used, and how old the oldest is.

    Every byte of them is read. What is stale only limits the lane, and mends itself.

    Args:
        settings: of the gate.
        now: UTC.

    """
    if settings.lists is None:
        asks = settings.gate.flow is not Flow.TOKEN_GATE
        detail = "not asked here: name [lists]" if asks else "a kiosk asks them"
        return Look(_NAME, ok=not asks, detail=detail)
    try:
        plan = list_plan_of(settings.lists, settings.gate.utc_offset_minutes)
    except SettingsError as error:
        return Look(_NAME, ok=False, detail=str(error))
    clocks = Clocks(lambda: 0.0, now.timestamp)
    ages, faults = [], []
    for kind in sorted(plan.required):
        keeper = ListKeeper(plan.folder / kind, kind, plan.pinned)
        with closing(HeldList.opened(keeper, clocks)) as held:
            trouble, age = held.trouble(), held.age_seconds()
        if not trouble and (age is None or age >= USUAL_LIST_LIMITS.unusable_seconds):
            trouble = "too old" if age is not None else "made in the future; is the clock right?"
        if trouble:
            faults.append(f"{kind}: {trouble}")
        ages.append(age or 0.0)
    if faults:
        return Look(_NAME, ok=False, detail=f"{'; '.join(faults)}: {_MEND}")
    return Look(_NAME, ok=True, detail=f"{len(ages)} usable, the oldest {_age(max(ages))} old")


def _age(seconds: float) -> str:
    return str(dt.timedelta(seconds=round(seconds)))
