"""``python -m tests.write_session_states`` renews docs/session-states.md."""

from egate.domain.session.diagram import draw
from tests.gate_samples import EVENTS, POLICY, ROOT, STATES

if __name__ == "__main__":
    (ROOT / "docs" / "session-states.md").write_text(draw(STATES, EVENTS, POLICY), "utf-8")
