"""Records say when less than usual was known of a traveller: they were made under fallback.

What was noticed when the lists answered and when the verdict was made counts, so that a
centre that comes back in between does not hide that it was away.
"""

from dataclasses import replace
from typing import Final

from egate.domain.evidence import BackgroundEvidence
from egate.domain.session import model as m

_FALLBACK: Final = frozenset(
    {
        m.Condition.CENTRE_AWAY,
        m.Condition.LISTS_STALE,
        m.Condition.LISTS_OLD,
        m.Condition.LISTS_UNUSABLE,
    }
)


def with_background(session: m.Session, evidence: BackgroundEvidence, lane: m.Lane) -> m.Session:
    """Return ``session`` with ``evidence``, which came while ``lane`` was as it is."""
    reasons = tuple(sorted({*evidence.fallback_reasons, *_reasons(lane)}))
    return replace(session, background=replace(evidence, fallback_reasons=reasons))


def decided_in(session: m.Session, lane: m.Lane) -> m.Session:
    """Return ``session`` as one that is decided while ``lane`` is as it is."""
    return replace(session, fallback=session.fallback | _reasons(lane))


def fallback_reasons(session: m.Session) -> tuple[str, ...]:
    """Return why the record of ``session`` was made under fallback, sorted; () if it was not."""
    found = session.background.fallback_reasons if session.background else ()
    return tuple(sorted({*found, *session.fallback}))


def _reasons(lane: m.Lane) -> frozenset[m.Condition]:
    return lane.conditions & _FALLBACK
