"""The machine as a Mermaid diagram, found by trying it out.

Every event is given to a sample of every state; what changes the state is an arrow.
``docs/session-states.md`` holds the result, and a test fails when it is stale.
"""

from collections.abc import Iterable

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.machine import deadline_of, step
from egate.domain.time import Instant

_HEAD = """# The states of a gate

Generated from `egate/domain/session/machine.py` by `egate/domain/session/diagram.py`:
every event tried on every state. Events that leave the state as it is are not drawn.
`EmergencyRaised` leads to `Evacuating` from everywhere, and every state that holds a
session reports it exactly once on the way out.

```mermaid
stateDiagram-v2
    [*] --> Idle
"""


def draw(states: Iterable[m.State], events: Iterable[m.Event], policy: Policy) -> str:
    """Return the page for samples of ``states`` and ``events``, their deadlines included."""
    arrows: dict[tuple[str, str], list[str]] = {}
    known = list(events)
    for state in states:
        deadline = deadline_of(state)
        own = [] if deadline is None else [m.DeadlineReached(deadline)]
        for event in (*known, *own):
            _note(arrows, state, event, policy)
    lines = [f"    {start} --> {end}: {', '.join(by)}\n" for (start, end), by in arrows.items()]
    return _HEAD + "".join(lines) + "```\n"


def _note(
    arrows: dict[tuple[str, str], list[str]], state: m.State, event: m.Event, policy: Policy
) -> None:
    start = type(state).__name__
    end = type(step(state, event, Instant(0.0), policy).state).__name__
    if start == end or isinstance(event, m.EmergencyRaised):
        return
    by = arrows.setdefault((start, end), [])
    if type(event).__name__ not in by:
        by.append(type(event).__name__)
