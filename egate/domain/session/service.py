"""What the conditions of a lane leave of its service (domain of degraded modes)."""

from egate.domain.evidence import CheckResult
from egate.domain.policy.policy import Policy
from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.session.case import case_of
from egate.emrtd.checks import CheckId, Outcome

_SERVING = frozenset({m.LaneMode.ENABLED, m.LaneMode.FEEDER})
_SHUT = frozenset({m.Service.CLOSING, m.Service.CLOSED})


def may_begin(lane: m.Lane, policy: Policy) -> bool:
    """Say whether the next traveller may be served, in whichever way."""
    return not lane.faults and lane.mode in _SERVING and not _services(lane, policy) & _SHUT


def is_degraded(lane: m.Lane, policy: Policy) -> bool:
    """Say whether anything that was noticed leaves less than the full service."""
    return bool(lane.faults or _services(lane, policy) - {m.Service.FULL})


def service_check(session: m.Session, lane: m.Lane, policy: Policy) -> CheckResult:
    """Say whether the lane itself may decide about ``session`` now."""
    found = _services(lane, policy)
    if found & {m.Service.CLOSED, m.Service.FEEDER} or lane.mode is m.LaneMode.FEEDER:
        return _undetermined(lane, policy, "the desk decides")
    if m.Service.CITIZENS_ARRIVING in found and not _citizen_arrives(session, policy):
        return _undetermined(lane, policy, "only citizens who arrive are admitted")
    return CheckResult(CheckId.SERVICE, Outcome.SUCCESSFUL)


def _undetermined(lane: m.Lane, policy: Policy, what: str) -> CheckResult:
    why = [c.value for c in lane.conditions if policy.services[c] is not m.Service.FULL]
    if lane.mode is m.LaneMode.FEEDER:
        why.append("ordered")
    return CheckResult(CheckId.SERVICE, Outcome.UNDETERMINED, f"{what} ({', '.join(sorted(why))})")


def _services(lane: m.Lane, policy: Policy) -> frozenset[m.Service]:
    return frozenset(policy.services[each] for each in lane.conditions)


def _citizen_arrives(session: m.Session, policy: Policy) -> bool:
    """Say whether the State signed that an own citizen comes in: an admission rests on it."""
    case = case_of(session)
    return (
        case.direction is Direction.ENTRY
        and case.is_signed
        and case.is_of_citizen(policy.own_state)
    )
