"""What the demo expects and what happened: travellers, sessions, and how they compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Expectation:
    """One traveller of the scenario file."""

    name: str
    kind: str
    verdict: str
    findings: frozenset[str]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "Expectation":
        return cls(
            table["name"],
            table["kind"],
            table["expected_verdict"],
            frozenset(table.get("expected_findings", ())),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """Wall seconds of one step, and the seconds that the gate itself computed."""

    name: str
    seconds: float
    gate_seconds: float


@dataclass(frozen=True, slots=True)
class Session:
    """One traveller's record at the centre, or the two of a kiosk and a gate; not personal.

    Args:
        record_id: of the record with the verdict.
        verdict: the gate's.
        status: how it ended.
        findings: ids of checks.
        steps: in their order, a kiosk's first.
        records: how many there are of it.
        prepared_record_id: the kiosk's record, as the gate's names it; "" if it names none.

    """

    record_id: str
    verdict: str
    status: str
    findings: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    records: int = 1
    prepared_record_id: str = ""

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def gate_seconds(self) -> float:
        return sum(step.gate_seconds for step in self.steps)


@dataclass(slots=True)
class Story:
    """Travellers in the order they come; the n-th session is the n-th traveller's."""

    expectations: Sequence[Expectation]
    sessions: list[Session] = field(default_factory=list)
    records_at_centre: int = 0
    start_seconds: float = 0.0

    def as_expected(self, index: int) -> bool:
        """Say whether session ``index`` ended as expected.

        The verdict is the expected one and every expected finding is there; who was
        admitted has passed, and nothing was found against them.
        """
        if index >= min(len(self.sessions), len(self.expectations)):
            return False
        expected, session = self.expectations[index], self.sessions[index]
        if session.verdict != expected.verdict or not expected.findings <= set(session.findings):
            return False
        return session.verdict != "admit" or (
            session.status == "completed" and not session.findings
        )

    @property
    def is_complete(self) -> bool:
        """Whether as many travellers as are expected are neither in the lane nor on their way."""
        ended = [session for session in self.sessions if session.status != "prepared"]
        return len(ended) >= len(self.expectations)

    @property
    def all_as_expected(self) -> bool:
        count = len(self.expectations)
        records = sum(session.records for session in self.sessions)
        complete = len(self.sessions) == count and self.records_at_centre == records
        return complete and all(self.as_expected(index) for index in range(count))

    def document(self, seconds: float, urls: Mapping[str, str]) -> dict[str, Any]:
        """Return the demo's JSON document (see the public surface)."""
        return {
            "travellers": len(self.expectations),
            "admitted": sum(session.verdict == "admit" for session in self.sessions),
            "referred": sum(session.verdict == "refer" for session in self.sessions),
            "records_at_centre": self.records_at_centre,
            "as_expected": self.all_as_expected,
            "start_seconds": round(self.start_seconds, 3),
            "seconds": round(seconds, 3),
            "sessions": [
                self._session(index, session) for index, session in enumerate(self.sessions)
            ],
            "urls": dict(urls),
        }

    def _session(self, index: int, session: Session) -> dict[str, Any]:
        expected = self.expectations[index] if index < len(self.expectations) else None
        return {
            "scenario": expected.kind if expected else "unexpected",
            "traveller": expected.name if expected else "",
            "expected": expected.verdict if expected else "",
            "expected_findings": sorted(expected.findings) if expected else [],
            "verdict": session.verdict,
            "findings": list(session.findings),
            "status": session.status,
            "as_expected": self.as_expected(index),
            "seconds": round(session.seconds, 3),
            "gate_seconds": round(session.gate_seconds, 3),
            "steps": {step.name: round(step.seconds, 3) for step in session.steps},
            "record_id": session.record_id,
            "prepared_record_id": session.prepared_record_id,
        }
