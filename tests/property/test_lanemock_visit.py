"""Laws of every visit, whatever the gate does: played against a gate of chance, on a fake clock."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.world.manner import USUAL, Manner, drawn_manner
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Kind, Traveller
from hardware_mocks.world.visit import Visit

TICK = 0.05


@dataclass
class Gate:
    """Decides some time after the document was laid down; its chip reader may lose the chip."""

    decision: str = "pass"
    decides_after: float = 2.0
    opens_after: float | None = 0.5
    loses_chip: int = 0
    now: float = 0.0
    light: str = "ready"
    laid_at: float | None = None
    first_laid_at: float | None = None
    decided_at: float | None = None
    beams: list[bool] = field(default_factory=lambda: [False] * 4)
    seen: list[str] = field(default_factory=list)
    subject: Subject | None = None
    placement: int = 0

    def advance(self) -> None:
        self.now += TICK
        if self.beams[1] and self.light == "ready":
            self.light = "busy"
        late = self.first_laid_at is not None and self.now - self.first_laid_at
        if self.light == "busy" and late is not False and late >= self.decides_after:
            self.light, self.decided_at = self.decision, self.now

    @property
    def door_open(self) -> bool:
        if self.decided_at is None or self.decision != "pass" or self.opens_after is None:
            return False
        return self.now - self.decided_at >= self.opens_after

    @property
    def door_closed(self) -> bool:
        return not self.door_open

    @property
    def chip_lost(self) -> bool:
        lying = self.laid_at is not None and self.now - self.laid_at > 0.5
        return lying and self.placement <= self.loses_chip

    def break_beam(self, beam: int, *, broken: bool) -> None:
        assert self.beams[beam] is not broken
        self.beams[beam] = broken
        self.seen.append(f"{beam}{'+' if broken else '-'}")
        if beam == 3 and broken:
            assert self.door_open

    def lay(self, placement: int) -> None:
        assert self.laid_at is None
        assert self.beams[2]
        assert placement == self.placement + 1
        self.placement, self.laid_at = placement, self.now
        self.first_laid_at = self.first_laid_at or self.now
        self.seen.append("lay")

    def lift(self) -> None:
        assert self.laid_at is not None
        self.laid_at = None
        self.seen.append("lift")

    def show(self, subject: Subject | None) -> None:
        self.subject = subject


def traveller(kind: Kind, face: str = "P001") -> Traveller:
    return Traveller("SPECIMEN, A", kind, "P001", face, "UTO", "F", "880412", 100)


def play(kind: Kind, gate: Gate, speed: float = 1.0, manner: Manner = USUAL) -> list[str]:
    told: list[str] = []
    visit = Visit(traveller(kind), gate, told.append, speed=speed, manner=manner)
    script = Play(visit.script())
    for _ in range(4000):
        if not script.tick(gate.now):
            return told
        gate.advance()
    raise AssertionError(f"the visit never ended: {told}")


gates = st.builds(
    Gate,
    decision=st.sampled_from(["pass", "stop", "busy"]),
    decides_after=st.floats(0, 40),
    opens_after=st.one_of(st.none(), st.floats(0, 2)),
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
    documents = [event for event in told if event.startswith("document")]
    assert documents == ["document_laid", "document_lifted"] * (len(documents) // 2)
    if "passed" in told:
        assert gate.decision == "pass"
        assert gate.seen[-3:] == ["2-", "3+", "3-"]
    else:
        assert "3+" not in gate.seen
        assert gate.seen.index("2-") < len(gate.seen) - 1 - gate.seen[::-1].index("1+")


def test_a_genuine_traveller_walks_through() -> None:
    gate = Gate()
    assert play(Kind.GENUINE, gate) == [
        "arrived", "document_laid", "looked_up", "document_lifted", "passed", "done",
    ]  # fmt: skip
    assert gate.seen == ["1+", "1-", "2+", "lay", "lift", "2-", "3+", "3-"]


def test_a_referred_traveller_takes_the_document_back_out() -> None:
    gate = Gate(decision="stop")
    assert play(Kind.GENUINE, gate)[-4:] == ["stopped", "document_lifted", "left", "done"]
    assert gate.seen == ["1+", "1-", "2+", "lay", "lift", "2-", "1+", "1-"]


def test_a_chip_that_leaves_twice_is_laid_three_times() -> None:
    told = play(Kind.CHIP_LEAVES_TWICE, Gate(decides_after=15.0, loses_chip=2))
    assert told.count("document_laid") == 3
    assert told.count("chip_lost") == 2
    assert told[-2] == "passed"


def test_a_second_person_enters_before_the_first_looks_up() -> None:
    gate = Gate(decision="stop", decides_after=5.0)
    told = play(Kind.TAILGATING, gate)
    assert told.index("second_entered") < told.index("looked_up")
    assert gate.seen == [
        "1+", "1-", "2+", "lay", "1+", "1-", "lift", "2-", "1+", "1-", "1+", "1-",
    ]  # fmt: skip


def test_one_who_abandons_never_shows_the_face_and_leaves_before_a_decision() -> None:
    told = play(Kind.ABANDONS, Gate(decides_after=5.0))
    assert told == ["arrived", "document_laid", "document_lifted", "left", "done"]


def test_patience_ends_when_the_lane_does_nothing() -> None:
    gate = Gate(decision="busy")
    told = play(Kind.GENUINE, gate)
    assert "lost_patience" in told
    assert gate.now > 30


def test_the_face_is_hidden_until_the_traveller_looks_up() -> None:
    gate = Gate()
    poses: list[Pose | None] = []
    visit = Play(Visit(traveller(Kind.GENUINE, "P008"), gate, lambda _: None).script())
    while visit.tick(gate.now):
        gate.advance()
        pose = gate.subject.pose if gate.subject else None
        if not poses or poses[-1] != pose:
            poses.append(pose)
        assert gate.subject is None or gate.subject.person == "P008"
    assert poses == [None, Pose.AWAY, Pose.FACING, None]


def test_somebody_slow_takes_longer_for_the_same_way() -> None:
    taken = {}
    for name, manner in (
        ("usual", USUAL),
        ("slow of foot", Manner(walking=USUAL.walking / 2)),
        ("slow of hand", Manner(slowness=2.0)),
    ):
        gate = Gate()
        assert play(Kind.GENUINE, gate, manner=manner)[-2] == "passed"
        taken[name] = gate.now
    assert taken["slow of foot"] > taken["usual"] + 1.0
    assert taken["slow of hand"] > taken["usual"] + 1.0


@given(seed=st.integers(0, 1 << 32), index=st.integers(0, 1000))
def test_people_differ_within_bounds_and_are_the_same_again(seed: int, index: int) -> None:
    manner = drawn_manner(seed, index)
    assert 0.8 <= manner.walking <= 1.7
    assert 0.6 <= manner.slowness <= 2.5
    assert manner == drawn_manner(seed, index)
    assert manner != drawn_manner(seed, index + 1)
