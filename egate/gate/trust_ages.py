"""Ages of what is trusted, as officers see them: a status in few words, and alarms."""

from collections.abc import Iterator, Sequence
from typing import Final

from egate.ports.supervision import TrustAlarm, TrustStatus
from egate.trust.ages import Ages, Freshness
from egate.trust.entry import ListKind

_OF_LIST: Final = {
    Freshness.DUE: TrustAlarm.LIST_DUE,
    Freshness.STALE: TrustAlarm.LIST_STALE,
    Freshness.NOT_YET: TrustAlarm.FROM_THE_FUTURE,
}
_OF_CRL: Final = {
    Freshness.DUE: TrustAlarm.CRL_DUE,
    Freshness.STALE: TrustAlarm.CRL_STALE,
    Freshness.NOT_YET: TrustAlarm.FROM_THE_FUTURE,
}
_OF_OWN_CSCA: Final = {
    Freshness.DUE: TrustAlarm.OWN_CSCA_DUE,
    Freshness.STALE: TrustAlarm.OWN_CSCA_MISSING,
    Freshness.NOT_YET: TrustAlarm.OWN_CSCA_MISSING,
    Freshness.MISSING: TrustAlarm.OWN_CSCA_MISSING,
}


def alarms_of(seen: Ages) -> Sequence[TrustAlarm]:
    """Return what of ``seen`` somebody must do something about, each once."""
    return tuple(sorted(set(_alarms(seen))))


def _alarms(seen: Ages) -> Iterator[TrustAlarm]:
    newest = seen.newest(ListKind.MASTER_LIST)
    if newest and newest.freshness in _OF_LIST:
        yield _OF_LIST[newest.freshness]
    for crl in seen.crls:
        if crl.freshness in _OF_CRL:
            yield _OF_CRL[crl.freshness]
    if seen.own and seen.own.freshness in _OF_OWN_CSCA:
        yield _OF_OWN_CSCA[seen.own.freshness]


def status_of(seen: Ages, version: str, alarms: Sequence[str]) -> TrustStatus:
    """Return ``seen`` as a status.

    Args:
        seen: ages, with those of the own State.
        version: of the store.
        alarms: all there are.

    """
    newest = seen.newest(ListKind.MASTER_LIST)
    own = seen.own
    return TrustStatus(
        store_version=version,
        list_age_days=max(0, newest.age.days) if newest else None,
        own_state=own.country if own else "",
        own_csca_until=own.not_after.date().isoformat() if own and own.not_after else "",
        crls_due=tuple(c.country for c in seen.crls if c.freshness is Freshness.DUE),
        crls_stale=tuple(c.country for c in seen.crls if c.freshness is Freshness.STALE),
        alarms=tuple(str(alarm) for alarm in alarms),
    )
