"""The only commands that open a barrier for a traveller."""

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.time import Instant


def opening(
    position: m.BarrierPosition, session: m.Session, now: Instant, policy: Policy
) -> m.SetBarrier:
    """Return the command, good once, for this session, for the policy's seconds."""
    expires = Instant(now + policy.opening_seconds)
    return m.SetBarrier(position, m.Warrant(session.id, position, expires))
