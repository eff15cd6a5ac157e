"""Odd visits to either lane, against a gate of chance that goes back into service."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_mocks.camera.scene import Subject
from hardware_mocks.world.odd_visit import Oddity, OddOneStepVisit, OddVisit
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Kind, Traveller

TICK = 0.05
ODD_EVENTS = {
    Oddity.TURNS_ROUND: "turned_round",
    Oddity.DROPS_LUGGAGE: "luggage_left",
    Oddity.LUGGAGE_STAYS: "luggage_left",
    Oddity.MET_FROM_BEHIND: "met_from_behind",
    Oddity.WRONG_WAY: "wrong_way",
    Oddity.COMES_BACK: "came_first",
    Oddity.LEAVES_DOCUMENT: "document_left",
}


@dataclass
class Gate:
    """Decides some time after it can, and is ready again a second after everybody is gone."""

    mantrap: bool
    decision: str = "pass"
    decides_after: float = 1.0
    now: float = 0.0
    light: str = "ready"
    inside: bool = False
    due: float | None = None
    empty_since: float | None = None
    laid: bool = False
    beams: list[bool] = field(default_factory=lambda: [False] * 4)
    seen: list[str] = field(default_factory=list)
    subject: Subject | None = None

    def advance(self) -> None:
        self.now += TICK
        stands = any(self.beams[1:3])
        if stands and self.light == "ready":
            self.light, self.due = "busy", None
        if self.mantrap and self.beams[2] and not self.inside:
            self.inside, self.light, self.due = True, "busy", self.now + self.decides_after
        if self.due is not None and self.now >= self.due:
            self.light, self.due = (
                self.decision if self.inside or not self.mantrap else "pass",
                None,
            )
        self.empty_since = None if stands else self.empty_since or self.now
        if self.empty_since and self.now - self.empty_since > 1.5:
            self.light, self.inside, self.due = "ready", False, None

    @property
    def door_open(self) -> bool:
        if self.mantrap and self.inside:
            return self.light != "pass"  # the way back
        return self.light == "pass"

    @property
    def door_closed(self) -> bool:
        return not self.door_open

    @property
    def exit_open(self) -> bool:
        return self.inside and self.light == "pass"

    @property
    def chip_lost(self) -> bool:
        return False

    def break_beam(self, beam: int, *, broken: bool) -> None:
        assert self.beams[beam] is not broken
        if beam == 3 and broken and self.beams[2]:  # from behind, or with luggage left
            self.light = "stop"
        self.beams[beam] = broken
        self.seen.append(f"{beam}{'+' if broken else '-'}")

    def lay(self, placement: int) -> None:
        assert not self.laid
        self.laid, self.due = True, self.now + self.decides_after

    def lift(self) -> None:
        assert self.laid
        self.laid = False

    def show(self, subject: Subject | None) -> None:
        self.subject = subject


def play(oddity: Oddity, gate: Gate, kind: Kind = Kind.GENUINE) -> list[str]:
    told: list[str] = []
    who = Traveller("SPECIMEN, A", kind, "P001", "P001", "UTO", "F", "880412", 100)
    odd = OddVisit if gate.mantrap else OddOneStepVisit
    script = Play(odd(who, gate, told.append, oddity=oddity).script())
    for _ in range(4000):
        if not script.tick(gate.now):
            return told
        gate.advance()
    raise AssertionError(f"the visit never ended: {told}")


@settings(max_examples=80)
@given(
    oddity=st.sampled_from(Oddity),
    kind=st.sampled_from([Kind.GENUINE, Kind.TAILGATING, Kind.ABANDONS]),
    gate=st.builds(
        Gate,
        mantrap=st.booleans(),
        decision=st.sampled_from(["pass", "stop"]),
        decides_after=st.floats(2.5, 8),
    ),
)
def test_every_odd_visit_ends_and_leaves_the_lane_as_it_was(
    oddity: Oddity, kind: Kind, gate: Gate
) -> None:
    told = play(oddity, gate, kind)
    assert "done" in told
    assert not any(gate.beams)
    assert not gate.laid
    assert gate.subject is None
    documents = [each for each in told if each in {"document_laid", "document_lifted"}]
    assert documents[0] == "document_laid"
    assert all(one != other for one, other in pairwise(documents))


@pytest.mark.parametrize("mantrap", [False, True])
@pytest.mark.parametrize(("oddity", "event"), ODD_EVENTS.items())
def test_an_oddity_happens(oddity: Oddity, event: str, *, mantrap: bool) -> None:
    told = play(oddity, Gate(mantrap))
    assert told.count(event) == 1
    goes_back = oddity in {Oddity.TURNS_ROUND, Oddity.MET_FROM_BEHIND}
    assert ("left" if goes_back else "passed") in told


@pytest.mark.parametrize("mantrap", [False, True])
def test_a_document_lifted_early_is_laid_again(*, mantrap: bool) -> None:
    told = play(Oddity.LIFTS_EARLY, Gate(mantrap, decides_after=4.0))
    assert told[:4] == ["arrived", "document_laid", "document_lifted", "document_laid"]
    assert "passed" in told


@pytest.mark.parametrize("mantrap", [False, True])
def test_a_document_left_behind_is_fetched_after_the_traveller_is_gone(*, mantrap: bool) -> None:
    told = play(Oddity.LEAVES_DOCUMENT, Gate(mantrap))
    assert told.index("document_left") < told.index("passed") < told.index("document_lifted")
    assert told[-1] == "document_lifted"


def test_luggage_that_stays_breaks_its_beam_until_it_is_fetched() -> None:
    gate = Gate(mantrap=False)
    play(Oddity.LUGGAGE_STAYS, gate)
    assert gate.seen == ["1+", "1-", "2+", "3+", "3-", "2-"]
    gate = Gate(mantrap=False)
    play(Oddity.DROPS_LUGGAGE, gate)
    assert gate.seen == ["1+", "1-", "2+", "2-", "3+", "2+", "3-", "2-"]
