"""Which variant of the policy a session is judged by: that of its beginning, to its end."""

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m


def policy_in_force(state: m.State, policy: Policy) -> Policy:
    """Return ``policy`` as it is for the session of ``state``."""
    match state:
        case m.ReadingMrz() | m.Inspecting() | m.Entering() | m.Verifying() | m.Passing():
            return policy.in_force(state.session.began_at)
        case _:
            return policy
