"""For how long nobody looked while somebody could come in, and what that costs a session.

A body breaks a light barrier for a few tenths of a second. Between two readings of the
sensors that lie further apart, a second person may slip by, and no later reading shows it: it
is not that two were seen, but that nobody can vouch for one. One look that comes late may
happen to any machine, so the time is summed up: what the policy forgives in one session is
forgiven, and then the check of a single person is *undetermined*.

* At a door that stands open, or at the mouth of a lane that has none there: decided without
  that check, so where the policy demands it an officer decides, and nobody is admitted.
* With somebody between two barriers that is at once: they are not shut in with a stranger.
* Behind an admission: the traveller, who was alone when it was decided, walks on, and only
  the sensors complete the crossing. The lane then waits for an officer.
"""

from dataclasses import replace

from egate.domain.policy.decide import Refer
from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.case import case_of
from egate.domain.session.endings import LET_OUT
from egate.domain.session.reports import refer
from egate.emrtd.checks import CheckId, Outcome


def unwatched(state: m.State, event: m.LaneUnwatched, policy: Policy) -> m.Step:
    """Return what a look that came too late makes of ``state``.

    Between two closed barriers, on the way back and in an evacuation nobody is counted.
    """
    match state:
        case m.ReadingMrz() | m.Inspecting() | m.Entering() | m.Passing() if (
            state.session.watched and event.seconds > policy.look_seconds
        ):
            seconds = state.session.unwatched_seconds + event.seconds
            watched = seconds <= policy.unwatched_seconds
            session = replace(state.session, unwatched_seconds=seconds, watched=watched)
            if isinstance(state, m.Entering) and nobody_vouches(session, policy):
                verdict = Refer(policy.version, frozenset({CheckId.SINGLE_PERSON}))
                return refer(session, verdict, state.lane, LET_OUT)
            return m.Step(replace(state, session=session))
        case _:
            return m.Step(state)


def nobody_vouches(session: m.Session, policy: Policy) -> bool:
    """Say whether the policy wants to know that ``session`` is of one person, and nobody does."""
    obligation = policy.obligations_of(case_of(session))[CheckId.SINGLE_PERSON]
    return not session.watched and not obligation.is_met_by(Outcome.UNDETERMINED)
