"""What somebody must be told of at once, by the step that the machine takes."""

from collections.abc import Set
from typing import Final

from egate.domain.session import model as m
from egate.domain.session.alarm import Alarm
from egate.emrtd.checks import CheckId, Outcome

_DOOR_FORCED: Final = "door_forced"


def alarms_of(
    before: m.State, event: m.Event, step: m.Step, hits: Set[CheckId]
) -> tuple[Alarm, ...]:
    """Return what ``step``, which ``event`` caused in ``before``, raises an alarm for.

    Args:
        before: the state that was left.
        event: what happened.
        step: what it made of the state.
        hits: checks whose referral a traveller must not be able to tell from any other.

    """
    reports = [command for command in step.commands if isinstance(command, m.Report)]
    findings = {finding for report in reports for finding in report.findings}
    failed = {
        check.check_id
        for report in reports
        for check in report.checks
        if check.outcome is Outcome.FAILED
    }
    raised = {
        Alarm.TAILGATING: isinstance(event, m.SecondPersonDetected) and findings,
        Alarm.WRONG_WAY: isinstance(event, m.WrongWayDetected) and findings,
        Alarm.FORCED_BARRIER: _is_forced(before, event, step)
        or (isinstance(event, m.PassageConfirmed) and findings),
        Alarm.EVACUATION: isinstance(step.state, m.Evacuating)
        and not isinstance(before, m.Evacuating),
        Alarm.DOCUMENT_LEFT: _begins(m.Condition.DOCUMENT_LEFT, before, step),
        Alarm.SILENT_HIT: findings & failed & hits,  # what could not be asked is no hit
    }
    return tuple(alarm for alarm, is_raised in raised.items() if is_raised)


def _begins(condition: m.Condition, before: m.State, step: m.Step) -> bool:
    return condition in step.state.lane.conditions - before.lane.conditions


def _is_forced(before: m.State, event: m.Event, step: m.Step) -> bool:
    return (
        event == m.DeviceFailed(_DOOR_FORCED)
        and _DOOR_FORCED in step.state.lane.faults
        and _DOOR_FORCED not in before.lane.faults
    )
