"""Whoever plays a traveller by hand: laws of the lane whatever they try."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.world.by_hand import Act, ByHand, Place
from hardware_mocks.world.play import Play
from hardware_mocks.world.traveller import Kind, Traveller

TRAVELLER = Traveller("SPECIMEN, A", Kind.GENUINE, "P001", "P001", "UTO", "F", "880412", 100)


@dataclass
class Lane:
    light: str = "ready"
    door_open: bool = False
    exit_open: bool = False
    chip_lost: bool = False
    beams: list[bool] = field(default_factory=lambda: [False] * 4)
    breaks: list[int] = field(default_factory=list)
    laid: bool = False
    subject: Subject | None = None

    @property
    def door_closed(self) -> bool:
        return not self.door_open

    def break_beam(self, beam: int, *, broken: bool) -> None:
        if broken and not self.beams[beam]:
            self.breaks.append(beam)
        self.beams[beam] = broken

    def lay(self, placement: int) -> None:
        self.laid = True

    def lift(self) -> None:
        self.laid = False

    def show(self, subject: Subject | None) -> None:
        self.subject = subject


def perform(hand: ByHand, act: Act) -> None:
    play, now = Play(hand.perform(act)), 0.0
    while play.tick(now):
        now += 0.05


def standing(hand: ByHand, *, mantrap: bool) -> int | None:
    places = {Place.READER: 1, Place.BETWEEN: 2} if mantrap else {Place.READER: 2}
    return places.get(hand.place)


doors = st.tuples(st.booleans(), st.booleans())


@given(
    mantrap=st.booleans(),
    tries=st.lists(st.tuples(st.sampled_from(Act), doors), max_size=40),
)
def test_beams_are_broken_by_who_and_what_stands_in_them_and_by_nothing_else(
    *, mantrap: bool, tries: list[tuple[Act, tuple[bool, bool]]]
) -> None:
    lane, told = Lane(), []
    hand = ByHand(TRAVELLER, lane, told.append, mantrap=mantrap)
    for act, (lane.door_open, lane.exit_open) in tries:
        before = hand.place
        if hand.refusal(act) is not None:
            continue
        perform(hand, act)
        broken = {beam for beam in range(4) if lane.beams[beam]}
        assert broken == {standing(hand, mantrap=mantrap), hand.luggage} - {None}
        assert lane.laid is hand.laid
        at_camera = hand.place is hand.innermost
        assert (lane.subject is not None) is at_camera
        if at_camera:
            assert (lane.subject == TRAVELLER.seen(Pose.FACING)) is hand.looking
        if hand.place is Place.THROUGH and before is not Place.THROUGH:
            assert lane.exit_open if mantrap else lane.door_open
        if before is Place.READER and hand.place is Place.BETWEEN:
            assert lane.door_open
        assert hand.companions >= 0
    assert told.count("passed") == lane.breaks.count(3)


@pytest.mark.parametrize("mantrap", [False, True])
def test_a_whole_crossing_leaves_nothing_behind(*, mantrap: bool) -> None:
    lane, told = Lane(door_open=True, exit_open=True), []
    hand = ByHand(TRAVELLER, lane, told.append, mantrap=mantrap)
    acts = [Act.FORWARD, Act.LAY, Act.LIFT]
    acts += [Act.FORWARD] if mantrap else []
    acts += [Act.LOOK_UP, Act.FORWARD]
    for act in acts:
        assert hand.refusal(act) is None
        perform(hand, act)
    assert hand.place is Place.THROUGH
    assert not any(lane.beams)
    assert told == ["arrived", "document_laid", "document_lifted"] + (
        ["stepped_in"] if mantrap else []
    ) + ["looked_up", "passed"]


def test_who_goes_with_a_second_person_is_two_at_the_way_out() -> None:
    lane, told = Lane(door_open=True), []
    hand = ByHand(TRAVELLER, lane, told.append, mantrap=False)
    for act in (Act.FORWARD, Act.SECOND_COMES, Act.FORWARD):
        perform(hand, act)
    assert lane.breaks == [1, 2, 1, 3, 3]
    assert hand.companions == 0


@pytest.mark.parametrize("mantrap", [False, True])
def test_luggage_stays_in_its_beam_until_it_is_fetched(*, mantrap: bool) -> None:
    lane = Lane(door_open=True, exit_open=True)
    hand = ByHand(TRAVELLER, lane, lambda _: None, mantrap=mantrap)
    perform(hand, Act.FORWARD)
    perform(hand, Act.LEAVE_LUGGAGE)
    perform(hand, Act.FORWARD)
    beam = 1 if mantrap else 2
    assert lane.beams[beam]
    assert hand.refusal(Act.LEAVE_LUGGAGE) is not None
    perform(hand, Act.FETCH_LUGGAGE)
    assert not lane.beams[beam]
