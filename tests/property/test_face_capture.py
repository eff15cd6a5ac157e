"""Laws of capture for every history of frames: whom it follows, what it tells, what it keeps."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.capture.best_frames import APART_SECONDS, BestFrames, RankedFrame
from egate.biometrics.capture.face_capture import (
    PRESENT_SECONDS,
    CaptureRules,
    FaceCapture,
)
from egate.biometrics.capture.steady_guidance import ADVICE, LEAST_SECONDS, SteadyGuidance
from egate.biometrics.capture.tracking import (
    LOST_SECONDS,
    Company,
    FaceTrack,
    company,
    shared,
)
from egate.biometrics.detection import FaceBox
from egate.biometrics.quality import MEASURED_LIMITS, QualityFault
from egate.biometrics.verification import FaceObservation
from egate.domain.guidance import Guidance
from egate.domain.time import Instant
from tests.face_scene import NOBODY, detected, seen, similarity

RULES = CaptureRules(MEASURED_LIMITS, frames=3, frame_seconds=4.0, second_face=0.6)
PERSONS = 3
PERIOD = 0.1

boxes = st.builds(
    FaceBox, st.floats(-500, 2000), st.floats(-500, 2000), st.floats(1, 900), st.floats(1, 900)
)


@dataclass(frozen=True)
class Moment:
    """One frame: who, where, how well seen, and how long after the one before."""

    person: int
    x: float
    norm: float
    pause: float
    beside: float = 0.0

    def observation(self) -> FaceObservation:
        if self.person == 0:
            return NOBODY
        others = [detected(100 * self.beside, x=self.x + 200)] if self.beside else []
        return seen(self.person, face=detected(x=self.x), others=others, embedding_norm=self.norm)


moments = st.lists(
    st.builds(
        Moment,
        person=st.integers(0, PERSONS),
        x=st.sampled_from([100.0, 130.0, 400.0]),
        norm=st.sampled_from([5.0, 9.0, 11.0, 12.0]),
        pause=st.sampled_from([0.04, 0.1, 0.3, 2.0, 5.0]),
        beside=st.sampled_from([0.0, 0.0, 0.4, 0.9, 1.2, 2.5]),
    ),
    max_size=40,
)


def capturing() -> FaceCapture:
    return FaceCapture(RULES, similarity)


def person_of(frame: FaceObservation) -> int:
    assert frame.template is not None
    return int(frame.template.embedding.argmax())


@given(moments)
def test_frames_of_two_people_are_never_kept_together(history: list[Moment]) -> None:
    capture, now = capturing(), 0.0
    for moment in history:
        now += moment.pause
        capture.take(moment.observation(), Instant(now))
        assert len({person_of(frame) for frame in capture.best}) <= 1
        assert len(capture.best) <= RULES.frames


@given(moments)
def test_who_is_ready_stands_there_alone_and_is_the_one_who_was_seen(history: list[Moment]) -> None:
    capture, now = capturing(), 0.0
    there: list[tuple[float, Moment]] = []
    for moment in history:
        now += moment.pause
        there.append((now, moment))
        capture.take(moment.observation(), Instant(now))
        if not capture.is_ready(Instant(now)):
            continue
        recent = [each for at, each in there if now - at <= PRESENT_SECONDS]
        assert any(each.person for each in recent)
        assert not any(0.6 <= each.beside <= 1 / 0.6 for each in recent if each.person)
        (person,) = {person_of(frame) for frame in capture.best}
        if moment.person and moment.norm >= MEASURED_LIMITS.min_embedding_norm:
            assert person == moment.person


@given(moments)
def test_a_person_who_is_another_has_another_number(history: list[Moment]) -> None:
    capture, now = capturing(), 0.0
    kept: dict[int, int] = {}
    for moment in history:
        now += moment.pause
        capture.take(moment.observation(), Instant(now))
        for frame in capture.best if not capture.fault else ():
            assert kept.setdefault(capture.person, person_of(frame)) == person_of(frame)


@given(moments, st.floats(0, 10))
def test_a_frame_beyond_its_age_does_not_decide(history: list[Moment], later: float) -> None:
    capture, now = capturing(), 0.0
    for moment in history:
        now += moment.pause
        capture.take(moment.observation(), Instant(now))
    capture.take(NOBODY, Instant(now + 0.01 + later))
    if later > RULES.frame_seconds:
        assert capture.best == ()
        assert not capture.is_ready(Instant(now + 0.01 + later))


@given(moments)
def test_a_late_or_doubled_frame_changes_nothing(history: list[Moment]) -> None:
    capture, now = capturing(), 0.0
    for moment in history:
        now += moment.pause
        told = capture.take(moment.observation(), Instant(now))
        before = (capture.person, capture.best, capture.near)
        assert capture.take(seen(PERSONS + 1), Instant(now)) == told
        assert capture.take(NOBODY, Instant(now - 0.01)) == told
        assert (capture.person, capture.best, capture.near) == before


@given(moments)
def test_nobody_is_told_two_things_within_a_second(history: list[Moment]) -> None:
    capture, now = capturing(), 0.0
    changes: list[tuple[float, Guidance]] = []
    for moment in history:
        now += moment.pause
        told = capture.take(moment.observation(), Instant(now))
        if not changes or changes[-1][1] is not told:
            changes.append((now, told))
    for (one, _), (other, _) in itertools.pairwise(changes):
        assert other - one >= LEAST_SECONDS - 1e-9


@given(st.lists(st.tuples(st.sampled_from(Guidance), st.sampled_from([0.05, 0.1, 0.5, 1.5]))))
def test_what_lasts_is_told_within_two_seconds(wishes: list[tuple[Guidance, float]]) -> None:
    steady, now = SteadyGuidance(), 0.0
    for wanted, pause in wishes:
        now += pause
        steady.take(wanted, Instant(now))
    for _ in range(25):
        now += PERIOD
        steady.take(Guidance.STEP_BACK, Instant(now))
    assert steady.told is Guidance.STEP_BACK


def test_what_is_gone_is_not_told_while_two_others_take_turns() -> None:
    steady, now = SteadyGuidance(), 0.0
    for number in range(40):
        now += PERIOD
        steady.take((Guidance.LOOK_UP, Guidance.STEP_BACK)[number % 2], Instant(now))
    assert steady.told in {Guidance.LOOK_UP, Guidance.STEP_BACK}


def test_every_fault_has_an_advice() -> None:
    assert set(ADVICE) == set(QualityFault)
    assert Guidance.DONE not in ADVICE.values()


@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from([1.0, 2.0, 3.0, 4.0])), max_size=30))
def test_the_best_frames_are_of_different_moments_and_include_the_best(
    frames: list[tuple[float, float]],
) -> None:
    best = BestFrames(3)
    for at, rank in frames:
        best.add(RankedFrame(Instant(at), rank, NOBODY))
    kept = best.kept
    assert [frame.rank for frame in kept] == sorted((f.rank for f in kept), reverse=True)
    assert all(
        abs(one.at - other.at) >= APART_SECONDS
        for number, one in enumerate(kept)
        for other in kept[number + 1 :]
    )
    if frames:
        assert kept[0].rank == max(rank for _, rank in frames)


@given(boxes, boxes)
def test_overlap_is_a_share_and_symmetric(a: FaceBox, b: FaceBox) -> None:
    assert shared(a, b) == shared(b, a)
    assert 0 <= shared(a, b) <= 1 + 1e-9
    assert shared(a, a) == pytest.approx(1)


@given(boxes, st.floats(-0.15, 0.15), st.floats(-0.15, 0.15), st.floats(0, LOST_SECONDS))
def test_a_small_movement_is_followed(
    box: FaceBox, right: float, down: float, after: float
) -> None:
    track = FaceTrack()
    assert not track.follow(box, Instant(0.0))
    moved = box._replace(x=box.x + right * box.width, y=box.y + down * box.height)
    assert track.follow(moved, Instant(after))
    assert track.box == moved


@pytest.mark.parametrize(
    ("now", "after"),
    [
        (FaceBox(300, 100, 100, 100), 0.1),  # elsewhere
        (FaceBox(100, 100, 400, 400), 0.1),  # much nearer
        (FaceBox(100, 100, 100, 100), LOST_SECONDS + 0.1),  # after a while
    ],
)
def test_what_cannot_be_the_same_face_is_not_followed(now: FaceBox, after: float) -> None:
    track = FaceTrack()
    track.follow(FaceBox(100, 100, 100, 100), Instant(0.0))
    assert not track.follow(now, Instant(after))


def test_a_quick_head_is_followed_by_its_place_and_size() -> None:
    track = FaceTrack()
    track.follow(FaceBox(100, 100, 100, 100), Instant(0.0))
    assert track.follow(FaceBox(155, 100, 100, 100), Instant(0.1))
    track.lose()
    assert track.box is None


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (59.0, Company.ALONE),
        (60.0, Company.BESIDE),
        (100.0, Company.BESIDE),
        (166.0, Company.BESIDE),
        (170.0, Company.OUTGROWN),
    ],
)
def test_company_is_told_by_its_size(width: float, expected: Company) -> None:
    assert company([detected(100.0), detected(30.0), detected(width)], 0.6) is expected


def test_a_bystander_seen_first_gives_way_to_who_is_nearer() -> None:
    capture = capturing()
    capture.take(seen(1, face=detected(60.0, x=500.0)), Instant(0.1))
    traveller = detected(200.0, x=200.0)
    capture.take(seen(1, face=detected(60.0, x=500.0), others=[traveller]), Instant(0.2))
    assert capture.near is None
    capture.take(seen(2, face=traveller, others=[detected(60.0, x=500.0)]), Instant(0.3))
    assert capture.person == 2
    assert [person_of(frame) for frame in capture.best] == [2]


def test_a_person_out_of_sight_for_a_while_is_known_again_by_the_face() -> None:
    capture = capturing()
    capture.take(seen(1), Instant(0.1))
    capture.take(seen(1), Instant(2.0))
    assert (capture.person, len(capture.best)) == (1, 2)
    capture.take(seen(2), Instant(2.1))
    assert (capture.person, len(capture.best)) == (2, 1)


def test_a_poor_frame_is_kept_only_for_want_of_a_better_one() -> None:
    capture = capturing()
    capture.take(seen(1, yaw=40.0, embedding_norm=20.0), Instant(0.1))
    assert capture.fault is QualityFault.TURN_RIGHT
    assert not capture.is_ready(Instant(5.0))
    capture.take(seen(1), Instant(0.2))
    assert capture.fault is None
    assert capture.best_at == 0.2


def test_good_frames_decide_at_once_and_usable_ones_after_a_second() -> None:
    for norm, least, most in ((12.0, 0.1, 0.25), (9.0, 1.0, 1.1)):
        capture, now = capturing(), 0.0
        while not capture.is_ready(Instant(now)):
            now += 0.05
            capture.take(seen(1, embedding_norm=norm), Instant(now))
        assert least <= now <= most


def test_who_comes_back_after_a_while_must_be_more_alike_than_who_stayed() -> None:
    for at, person in ((0.2, 1), (2.0, 2)):
        capture = capturing()
        capture.take(seen(1), Instant(0.1))
        capture.take(seen(1, likeness=0.4), Instant(at))
        assert capture.person == person


def test_who_is_out_of_sight_or_not_alone_is_not_there() -> None:
    capture, now = capturing(), 0.0
    while not capture.is_ready(Instant(now)):
        now += 0.05
        capture.take(seen(1), Instant(now))
    assert capture.is_present(Instant(now + PRESENT_SECONDS - 0.01))
    assert not capture.is_present(Instant(now + PRESENT_SECONDS + 0.01))
    assert not capture.is_ready(Instant(now + PRESENT_SECONDS + 0.01))
    capture.take(seen(1, others=[detected(100.0, x=500.0)]), Instant(now + 0.05))
    assert capture.several_faces_seen
    assert not capture.is_present(Instant(now + 0.05))


def test_the_best_of_poor_frames_is_kept_while_it_is_young() -> None:
    capture = capturing()
    for number, norm in enumerate((6.0, 7.0, 5.0), start=1):
        capture.take(seen(1, yaw=40.0, embedding_norm=norm), Instant(number / 10))
    assert capture.best_at == 0.2
    capture.take(NOBODY, Instant(0.2 + RULES.frame_seconds + 0.1))
    assert capture.best == ()
    assert capture.fault is None


def test_an_instruction_stays_for_a_second_and_a_fault_of_one_frame_is_not_told() -> None:
    steady = SteadyGuidance()
    told = [steady.take(Guidance.STEP_BACK, Instant(number / 10)) for number in range(12)]
    assert told == [Guidance.LOOK_AT_CAMERA] * 10 + [Guidance.STEP_BACK] * 2
    for number in range(12, 30):
        wanted = Guidance.LOOK_UP if number == 25 else Guidance.STEP_BACK
        assert steady.take(wanted, Instant(number / 10)) is Guidance.STEP_BACK
    for number in range(30, 34):
        steady.take(Guidance.LOOK_UP, Instant(number / 10))
    assert steady.told is Guidance.LOOK_UP
