"""What the gate itself takes for the steps of a session, beside what chip and face tell."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from egate.domain.session import model as m
from egate.domain.session.lane import session_id_of


class SessionMeter:
    """Books the time of each event against the step of the session that waits for it.

    The state machine's step and the commit of the journal come after the moment that ends
    one step of a session, so they belong to the next: the commit of an admission to the
    passage, whose doors open after it.

    Args:
        clock: gives seconds, steadily.

    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._session: m.SessionId | None = None
        self._booked: dict[str, float] = defaultdict(float)

    def book(self, state: m.State, since: float) -> float:
        """Book the time that has passed since ``since`` against ``state``; return it.

        Args:
            state: the one that the event led to.
            since: a moment of the clock.

        """
        taken = self._clock() - since
        session = session_id_of(state)
        if session != self._session:
            self._session = session
            self._booked.clear()
        if (step := _step_of(state)) is not None:
            self._booked[step] += taken
        return taken

    def added_to(self, report: m.Report) -> m.Report:
        """Return ``report`` with what was booked for its session, step by step."""
        session = report.session
        if session.id != self._session:
            return report
        steps = tuple(
            replace(done, gate_seconds=done.gate_seconds + self._booked.get(done.step, 0.0))
            for done in session.steps
        )
        return replace(report, session=replace(session, steps=steps))


def _step_of(state: m.State) -> str | None:
    """Return the step of the session that is under way in ``state``; None outside of one."""
    match state:
        case m.ReadingMrz():
            return "mrz"
        case m.Inspecting(session):
            return "chip" if session.chip is None else "face"
        case m.Entering():
            return "entering"
        case m.Verifying():
            return "face"
        case m.Passing():
            return "passage"
        case _:
            return None
