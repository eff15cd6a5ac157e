"""What ``egate doctor`` says of the age of what a gate trusts: one line for each question."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from egate.gate.trust_keeping import TrustPlan
from egate.trust.ages import AgeLimits, Ages, CrlAge, Freshness, ages
from egate.trust.entry import ListKind
from egate.trust.store import TrustStore, TrustStoreError

_SHOWN: Final = 6
_SOUND: Final = (Freshness.CURRENT, Freshness.DUE)


class Look(NamedTuple):
    """The answer to one question."""

    name: str
    ok: bool
    detail: str


def look_at_trust(plan: TrustPlan, now: datetime) -> Iterator[Look]:
    """Answer what there is, how old the list is, which CRLs end, and how long the own CSCA serves.

    Args:
        plan: of the gate.
        now: UTC.

    """
    try:
        store = TrustStore.open(plan.folder)
    except TrustStoreError as error:
        yield Look("trust_store", ok=False, detail=str(error))
        for name in ("master_list", "crls", "own_csca"):
            yield Look(name, ok=False, detail="unknown without the trust store")
        return
    seen = ages(store, now, plan.own_state, plan.limits)
    yield Look("trust_store", ok=True, detail=f"{len(store)} entries, version {store.version[:8]}")
    yield _list(seen, plan.limits)
    yield _crls(seen)
    yield _own_csca(seen, plan)


def _list(seen: Ages, limits: AgeLimits) -> Look:
    newest = seen.newest(ListKind.MASTER_LIST)
    if newest is None:
        return Look("master_list", ok=True, detail="none: certificates came by themselves")
    detail = f"the newest is {newest.age.days} days old"
    if newest.freshness is Freshness.NOT_YET:
        detail = "the newest is from the future; is the clock right?"
    elif newest.freshness is not Freshness.CURRENT:
        detail += f": stale from {limits.list_stale_after.days} days on; import a newer one"
    return Look("master_list", newest.freshness in _SOUND, detail)


def _crls(seen: Ages) -> Look:
    if not seen.crls:
        return Look("crls", ok=True, detail="none: revocation stays undetermined")
    unsound = [crl for crl in seen.crls if crl.freshness not in _SOUND]
    due = [crl for crl in seen.crls if crl.freshness is Freshness.DUE]
    parts = [f"{len(seen.crls)} States"]
    if unsound:
        parts.append(f"stale: {_states(unsound)}: import newer ones")
    if due:
        parts.append(f"about to be stale: {_states(due)}")
    return Look("crls", not unsound, ", ".join(parts))


def _states(crls: list[CrlAge]) -> str:
    named = [
        f"{crl.country} ({crl.next_update.date() if crl.next_update else 'no end'})"
        for crl in crls[:_SHOWN]
    ]
    return " ".join(named) + (f" and {len(crls) - _SHOWN} more" if len(crls) > _SHOWN else "")


def _own_csca(seen: Ages, plan: TrustPlan) -> Look:
    own, state = seen.own, plan.own_state
    if own is None or own.not_after is None:
        todo = f"egate trust import --store {plan.folder} FILE"
        return Look("own_csca", ok=False, detail=f"no CSCA of {state}: out of service: {todo}")
    if own.freshness not in _SOUND:
        detail = f"no CSCA of {state} is valid (last until {own.not_after.date()}): out of service"
        return Look("own_csca", ok=False, detail=detail)
    soon = "; import the next one" if own.freshness is Freshness.DUE else ""
    word = "; on an operator's word alone" if own.is_unanchored else ""
    detail = f"{own.count} of {state}, the last until {own.not_after.date()}{soon}{word}"
    return Look("own_csca", ok=True, detail=detail)
