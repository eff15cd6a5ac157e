"""Visits to a lane with two barriers: laws whatever the gate does, and what the gate counts."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from egate.domain.session.mantrap import MantrapPresence, MantrapView, look
from egate.domain.session.presence import Sighting
from egate.domain.time import Instant
from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.two_step_visit import TwoStepVisit

TICK = 0.05
NOBODY = MantrapPresence(unsettled=False)
TRAVELLER = Traveller("SPECIMEN, A", Kind.GENUINE, "P001", "P001", "UTO", "F", "880412", 100)


@dataclass
class Gate:
    """Decides twice, some time after it can; who is refused inside may go back later."""

    first: str = "pass"
    second: str = "pass"
    decides_after: float = 2.0
    loses_chip: int = 0
    now: float = 0.0
    light: str = "ready"
    door: str = ""
    laid_at: float | None = None
    due: float | None = None
    decisions: int = 0
    placement: int = 0
    beams: list[bool] = field(default_factory=lambda: [False] * 4)
    seen: list[str] = field(default_factory=list)
    subject: Subject | None = None
    presence: MantrapPresence = NOBODY
    sightings: list[Sighting] = field(default_factory=list)

    def advance(self) -> None:
        self.now += TICK
        if self.beams[1] and self.light == "ready":
            self.light = "busy"
        sighted = self.look()
        if Sighting.STEPPED_IN in sighted and self.light == "pass":
            self.door, self.light, self.due = "", "busy", self.now + self.decides_after
        if Sighting.SECOND_PERSON in sighted:
            self.door, self.light, self.due = "entry", "stop", None
        if self.due is not None and self.now >= self.due and not self.chip_lost:
            self.due = None
            self.decide()

    def look(self) -> tuple[Sighting, ...]:
        view = MantrapView(*self.beams[1:], self.door_open, self.exit_open)
        self.presence, found = look(self.presence, view, Instant(self.now))
        self.sightings += found
        return found

    def decide(self) -> None:
        self.decisions += 1
        if self.decisions == 1:
            self.light, self.door = self.first, "entry" if self.first == "pass" else ""
        elif self.decisions == 2:
            self.light, self.door = self.second, "exit" if self.second == "pass" else ""
            self.due = self.now + 15.0 if self.second != "pass" else None
        else:
            self.light, self.door = "stop", "entry"

    @property
    def door_open(self) -> bool:
        return self.door == "entry"

    @property
    def door_closed(self) -> bool:
        return self.door != "entry"

    @property
    def exit_open(self) -> bool:
        return self.door == "exit"

    @property
    def chip_lost(self) -> bool:
        lying = self.laid_at is not None and self.now - self.laid_at > 0.5
        return lying and self.placement <= self.loses_chip

    def break_beam(self, beam: int, *, broken: bool) -> None:
        assert self.beams[beam] is not broken
        self.beams[beam] = broken
        self.seen.append(f"{beam}{'+' if broken else '-'}")
        if beam == 3 and broken:
            assert self.exit_open

    def lay(self, placement: int) -> None:
        assert self.laid_at is None
        assert self.beams[1]
        self.placement, self.laid_at = placement, self.now
        self.due = self.now + self.decides_after
        self.seen.append("lay")

    def lift(self) -> None:
        assert self.laid_at is not None
        self.laid_at = None
        self.seen.append("lift")

    def show(self, subject: Subject | None) -> None:
        assert subject is None or self.beams[2]  # the camera sees the place between the doors
        self.subject = subject


def play(kind: Kind, gate: Gate, speed: float = 1.0) -> list[str]:
    told: list[str] = []
    visit = TwoStepVisit(replace(TRAVELLER, kind=kind), gate, told.append, speed=speed)
    script = Play(visit.script())
    for _ in range(6000):
        if not script.tick(gate.now):
            return told
        gate.advance()
    raise AssertionError(f"the visit never ended: {told}")


gates = st.builds(
    Gate,
    first=st.sampled_from(["pass", "stop", "busy"]),
    second=st.sampled_from(["pass", "stop", "busy"]),
    decides_after=st.floats(0.1, 40),
    loses_chip=st.integers(0, 3),
)


@given(kind=st.sampled_from(Kind), gate=gates, speed=st.sampled_from([0.5, 1.0, 10.0, 100.0]))
def test_every_visit_ends_and_leaves_the_lane_as_it_was(
    kind: Kind, gate: Gate, speed: float
) -> None:
    told = play(kind, gate, speed)
    assert told[0] == "arrived"
    assert told[-1] == "done"
    assert len({"passed", "left"} & set(told)) == 1
    assert not any(gate.beams)
    assert gate.laid_at is None
    assert gate.subject is None
    if "passed" in told:
        assert gate.first == gate.second == "pass"
        assert gate.seen[-3:] == ["2-", "3+", "3-"]
    elif "stepped_in" in told:
        assert "waits_inside" in told
        assert gate.seen[-2:] == ["1+", "1-"]


def test_a_genuine_traveller_walks_through_and_is_counted_so() -> None:
    gate = Gate()
    assert play(Kind.GENUINE, gate) == [
        "arrived", "document_laid", "document_lifted", "stepped_in", "looked_up", "passed", "done",
    ]  # fmt: skip
    assert gate.seen == ["1+", "lay", "lift", "1-", "2+", "2-", "3+", "3-"]
    gate.advance()
    assert gate.sightings == [
        Sighting.ENTERED, Sighting.STEPPED_IN, Sighting.ENCLOSED, Sighting.PASSED,
    ]  # fmt: skip


def test_who_is_refused_at_the_reader_never_steps_in() -> None:
    gate = Gate(first="stop")
    assert play(Kind.EXPIRED, gate)[-4:] == ["stopped", "document_lifted", "left", "done"]
    assert gate.seen == ["1+", "lay", "lift", "1-"]


def test_who_is_refused_inside_waits_for_the_way_back() -> None:
    gate = Gate(second="stop")
    told = play(Kind.OTHER_PERSONS_PASSPORT, gate)
    assert told[-4:] == ["stopped", "waits_inside", "left", "done"]
    assert gate.seen[-4:] == ["2+", "2-", "1+", "1-"]
    assert gate.decisions == 3


def test_a_second_person_follows_through_the_first_door_and_is_counted() -> None:
    gate = Gate(second="stop")
    told = play(Kind.TAILGATING, gate)
    assert told.index("stepped_in") < told.index("second_entered") < told.index("waits_inside")
    assert Sighting.SECOND_PERSON in gate.sightings
    assert gate.seen.count("1-") == 4  # one through, one after, and both back


def test_the_camera_sees_the_traveller_between_the_doors_only() -> None:
    gate = Gate()
    poses: list[Pose | None] = []
    visit = Play(TwoStepVisit(TRAVELLER, gate, lambda _: None).script())
    while visit.tick(gate.now):
        gate.advance()
        pose = gate.subject.pose if gate.subject else None
        if not poses or poses[-1] != pose:
            poses.append(pose)
    assert poses == [None, Pose.AWAY, Pose.FACING, None]
