"""From the frames of a camera to the evidence about a face."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from egate.biometrics.verification import FaceObservation
from egate.domain.evidence import FaceEvidence
from egate.domain.guidance import Guidance
from egate.domain.policy.policy import Policy
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.case_images import CaseImages
from egate.gate.face_comparison import FaceComparison, FaceWays
from egate.gate.face_lighting import RESTING
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.presentation_attack import MAX_SIGHTINGS, FaceSighting, PadAssessment
from tests.emrtd_passport import passport
from tests.face_scene import NOBODY, ScriptedCamera, ScriptedFaces, detected, seen
from tests.gate_samples import POLICY

DG2 = passport("bac").files[0x0102]
LIVE = PadAssessment(0.1, {"parallax": 0.1}, sufficient=True, detector="fake 1")


def profiled(**changes: object) -> Policy:
    return replace(POLICY, profile=replace(POLICY.profile, **changes))


@dataclass
class Detector:
    """Says what it is told to, and notes what it was asked about."""

    answers: Sequence[PadAssessment] = (LIVE,)
    asked: list[Sequence[FaceSighting]] = field(default_factory=list)

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        self.asked.append(sightings)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@dataclass
class Traveller:
    """One comparison of what the camera shows, with the portrait known at a frame's number."""

    script: Sequence[FaceObservation] | Callable[[], FaceObservation]
    known_at: int = 0
    dg2: bytes | None = DG2
    policy: Policy = POLICY
    pad: Detector | None = field(default_factory=Detector)
    light: "Light | None" = None
    period: float = 0.05
    ends_at: int | None = None
    images: CaseImages = field(default_factory=CaseImages)
    told: list[Guidance | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faces = ScriptedFaces(self.script)
        self.camera = ScriptedCamera(self.period, ends_at=self.ends_at)

    async def compared(self) -> FaceEvidence:
        portrait: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self.camera.then[self.known_at] = lambda: portrait.set_result(self.dg2)
        ways = FaceWays(self.camera, self.faces, self.pad, self.light)
        comparison = FaceComparison(ways, self.policy, self.camera.clocks)
        comparison.on_guidance(self.told.append)
        return await comparison.run(portrait, self.images)


def outcome(evidence: FaceEvidence, check_id: CheckId) -> Outcome:
    (found,) = [check for check in evidence.checks if check.check_id is check_id]
    return found.outcome


def detail(evidence: FaceEvidence, check_id: CheckId) -> str:
    (found,) = [check for check in evidence.checks if check.check_id is check_id]
    return found.detail


def kinds(images: CaseImages) -> list[CaseImageKind]:
    return [image.kind for image in images.all()]


async def test_a_live_traveller_who_is_the_holder_passes_every_check() -> None:
    traveller = Traveller([seen(1)], known_at=20)
    evidence = await traveller.compared()
    assert {check.outcome for check in evidence.checks} == {Outcome.SUCCESSFUL}
    assert evidence.similarity == 1.0
    assert evidence.threshold == POLICY.profile.min_similarity
    assert not evidence.several_faces
    assert kinds(traveller.images) == [CaseImageKind.LIVE_FRAME, CaseImageKind.CHIP_PORTRAIT]
    assert traveller.told[-1] is None


async def test_several_frames_are_fused_and_compared_once() -> None:
    traveller = Traveller([seen(1, likeness=0.9)], known_at=20)
    await traveller.compared()
    (fused,) = traveller.faces.fusions
    assert len(fused) == POLICY.profile.frames
    assert len(traveller.faces.compared) == 1
    assert traveller.pad is not None
    assert len(traveller.pad.asked) == 1


async def test_frames_are_chosen_by_their_quality_whatever_their_likeness() -> None:
    likest = seen(1, embedding_norm=9.0)
    better = seen(1, likeness=0.6, embedding_norm=11.0)
    traveller = Traveller(
        [*[likest] * 10, *[better] * 10, likest], known_at=30, policy=profiled(frames=1)
    )
    evidence = await traveller.compared()
    assert evidence.similarity == pytest.approx(0.6)


async def test_another_person_is_compared_as_often_as_the_policy_allows_and_no_more() -> None:
    traveller = Traveller([seen(2)])
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.FACE) is Outcome.FAILED
    assert len(traveller.faces.compared) == POLICY.profile.face_attempts == 2
    once = Traveller([seen(2)], policy=profiled(face_attempts=1))
    await once.compared()
    assert len(once.faces.compared) == 1


async def test_a_second_attempt_is_of_frames_after_the_first() -> None:
    unlike = seen(1, likeness=0.36, embedding_norm=20.0)
    traveller = Traveller(lambda: seen(1) if traveller.faces.compared else unlike)
    evidence = await traveller.compared()
    assert [pytest.approx(0.36), 1.0] == [c.embedding[1] for c in traveller.faces.compared]
    assert outcome(evidence, CheckId.FACE) is Outcome.SUCCESSFUL


@pytest.mark.parametrize(
    "fault", [{"eye_distance_px": 20.0}, {"pitch": -40.0}, {"roll": 31.0}, {"embedding_norm": 2.0}]
)
async def test_a_face_that_stays_poor_fails_its_quality(fault: dict[str, float]) -> None:
    traveller = Traveller([seen(1, **fault)], policy=profiled(face_seconds=1.0))
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.FACE_QUALITY) is Outcome.FAILED
    assert next(iter(fault)) in detail(evidence, CheckId.FACE_QUALITY)
    assert outcome(evidence, CheckId.FACE_CAPTURE) is Outcome.SUCCESSFUL


async def test_nobody_seen_is_no_capture_and_no_attack() -> None:
    traveller = Traveller([NOBODY], policy=profiled(face_seconds=1.0))
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.FACE_CAPTURE) is Outcome.FAILED
    assert outcome(evidence, CheckId.FACE) is Outcome.UNDETERMINED
    assert outcome(evidence, CheckId.PAD) is Outcome.UNDETERMINED
    assert evidence.similarity is evidence.threshold is None
    assert traveller.told == [Guidance.LOOK_AT_CAMERA, None]
    assert CaseImageKind.LIVE_FRAME in kinds(traveller.images)


@pytest.mark.parametrize("dg2", [None, b"\x75\x03abc", "faceless"])
async def test_a_portrait_that_cannot_be_used_leaves_the_face_undetermined(
    dg2: bytes | str | None,
) -> None:
    traveller = Traveller([seen(1)], dg2=DG2 if isinstance(dg2, str) else dg2)
    if dg2 == "faceless":
        traveller.faces.portrait = None
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.FACE) is Outcome.UNDETERMINED
    assert outcome(evidence, CheckId.PAD) is Outcome.UNDETERMINED
    assert len(evidence.checks) == len({check.check_id for check in evidence.checks}) == 4


async def test_a_lost_camera_is_a_lost_device() -> None:
    traveller = Traveller([seen(1)], known_at=99, ends_at=3)
    with pytest.raises(DeviceError, match="camera"):
        await traveller.compared()
    assert traveller.told[-1] is None


async def test_frames_from_before_the_document_was_read_do_not_decide() -> None:
    class Late(ScriptedCamera):
        """Its first frames were captured before anybody asked."""

        async def frames(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            async for frame in super().frames():
                early = self.given <= 10
                yield replace(frame, captured_at=frame.captured_at - 1) if early else frame

    best_of_all = seen(1, likeness=0.9, embedding_norm=20.0)
    traveller = Traveller([*[best_of_all] * 10, seen(1)])
    traveller.camera = Late()
    evidence = await traveller.compared()
    assert evidence.similarity == 1.0


async def test_whoever_takes_the_place_of_another_is_looked_at_and_compared_alone() -> None:
    impostor = seen(2, face=detected(110.0))
    traveller = Traveller(
        [*[seen(1)] * 19, impostor], known_at=20, policy=profiled(face_attempts=1)
    )
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.FACE) is Outcome.FAILED
    assert {int(c.embedding.argmax()) for c in traveller.faces.compared} == {2}
    assert traveller.pad is not None
    assert {sighting.box[2] for sighting in traveller.pad.asked[0]} == {110.0}


async def test_who_is_gone_before_the_comparison_is_not_compared() -> None:
    usable = seen(1, embedding_norm=9.0)
    traveller = Traveller([*[usable] * 8, NOBODY], policy=profiled(face_seconds=3.0))
    evidence = await traveller.compared()
    assert traveller.faces.fusions == []
    assert outcome(evidence, CheckId.FACE_CAPTURE) is Outcome.FAILED


async def test_an_officer_who_is_called_before_the_end_sees_who_stands_there() -> None:
    traveller = Traveller([seen(1)], known_at=99, ends_at=20)
    with pytest.raises(DeviceError):
        await traveller.compared()
    assert kinds(traveller.images) == [CaseImageKind.LIVE_FRAME]


async def test_who_leaves_while_the_frames_are_compared_was_not_compared() -> None:
    swapped = threading.Event()
    others: list[FaceObservation] = []

    class SlowDetector(Detector):
        def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
            assessment = super().assess(sightings)
            assert swapped.wait(10)
            return assessment

    def there() -> FaceObservation:
        assert isinstance(traveller.pad, SlowDetector)
        if not traveller.pad.asked:
            return seen(1)
        others.append(seen(2))
        if len(others) == 3:
            swapped.set()
        return others[-1]

    traveller = Traveller(there, pad=SlowDetector(), policy=profiled(face_attempts=1))
    evidence = await traveller.compared()
    assert evidence.similarity is None
    assert outcome(evidence, CheckId.FACE) is Outcome.UNDETERMINED


async def test_a_second_person_beside_the_traveller_is_an_officers_case() -> None:
    beside = seen(1, others=[detected(95.0, x=420.0)])
    traveller = Traveller([beside], policy=profiled(face_seconds=2.0))
    evidence = await traveller.compared()
    assert evidence.several_faces
    assert outcome(evidence, CheckId.FACE_CAPTURE) is Outcome.FAILED
    assert traveller.faces.compared == []
    assert Guidance.ONE_PERSON_ONLY in traveller.told


async def test_a_bystander_far_behind_costs_nothing() -> None:
    behind = seen(1, others=[detected(45.0, x=500.0)])
    evidence = await Traveller([behind]).compared()
    assert not evidence.several_faces
    assert {check.outcome for check in evidence.checks} == {Outcome.SUCCESSFUL}


async def test_presentation_attack_detection_is_asked_about_enough_and_not_too_much() -> None:
    traveller = Traveller([seen(1)], period=0.02)
    await traveller.compared()
    assert traveller.pad is not None
    (sightings,) = traveller.pad.asked
    times = [sighting.captured_at for sighting in sightings]
    assert 5 <= len(sightings) <= MAX_SIGHTINGS
    assert times == sorted(times)
    assert times[-1] - times[0] >= 0.5
    assert min(b - a for a, b in itertools.pairwise(times)) >= 0.059


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        (PadAssessment(0.36, sufficient=True), Outcome.FAILED),
        (PadAssessment(0.35, sufficient=True), Outcome.SUCCESSFUL),
        (PadAssessment(float("nan"), sufficient=True), Outcome.FAILED),
        (PadAssessment(0.0, reason="too few frames"), Outcome.UNDETERMINED),
        (PadAssessment(0.9, reason="too few frames"), Outcome.UNDETERMINED),
    ],
)
async def test_the_policy_says_which_score_is_an_attack(
    assessment: PadAssessment, expected: Outcome
) -> None:
    traveller = Traveller([seen(1)], pad=Detector([assessment]))
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.PAD) is expected
    shown = kinds(traveller.images).count(CaseImageKind.PAD_FRAME)
    assert (shown >= 5) is (expected is not Outcome.SUCCESSFUL)


async def test_the_record_has_the_values_behind_the_score() -> None:
    evidence = await Traveller([seen(1)]).compared()
    assert detail(evidence, CheckId.PAD) == ("score 0.100, at most 0.350; parallax 0.100; fake 1")


async def test_an_alarm_is_final_even_if_a_second_attempt_is_allowed() -> None:
    attack = PadAssessment(1.0, sufficient=True)
    traveller = Traveller([seen(2)], pad=Detector([attack, LIVE]))
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.PAD) is Outcome.FAILED
    assert len(traveller.faces.compared) == 1


@pytest.mark.parametrize("person", [1, 2])
@pytest.mark.parametrize("score", [0.0, 1.0])
async def test_nothing_told_depends_on_an_alarm_or_a_mismatch(person: int, score: float) -> None:
    traveller = Traveller([seen(person)], pad=Detector([PadAssessment(score, sufficient=True)]))
    await traveller.compared()
    neutral = {Guidance.LOOK_AT_CAMERA, Guidance.HOLD_STILL, Guidance.DONE, None}
    assert set(traveller.told) <= neutral


class Light:
    """A lane's light; is lost with its command number ``lost_at``."""

    def __init__(self, lost_at: int = 0) -> None:
        self.levels: list[float] = []
        self._lost_at = lost_at

    async def set_level(self, level: float) -> None:
        self.levels.append(level)
        if len(self.levels) == self._lost_at:
            raise DeviceError(DeviceName.BARRIER, "no answer")


@pytest.mark.parametrize("known_at", [0, 15, 30, 45])
async def test_the_light_changes_while_a_face_is_looked_at_and_rests_afterwards(
    known_at: int,
) -> None:
    traveller = Traveller([seen(1)], light=Light(), known_at=known_at)
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.PAD) is Outcome.SUCCESSFUL
    assert traveller.light is not None
    assert traveller.light.levels[-1] == RESTING
    assert traveller.pad is not None
    (sightings,) = traveller.pad.asked
    assert {sighting.light for sighting in sightings} == set(traveller.light.levels)


async def test_the_light_changes_too_slowly_to_harm_and_frames_in_between_are_left_out() -> None:
    traveller = Traveller([seen(1)], light=Light(), known_at=60)
    await traveller.compared()
    assert traveller.pad is not None
    (sightings,) = traveller.pad.asked
    changes = [
        (one, other) for one, other in itertools.pairwise(sightings) if one.light != other.light
    ]
    assert changes
    for one, other in changes:
        assert other.captured_at - one.captured_at > 0.2
    for (_, one), (_, other) in itertools.pairwise(changes):
        assert other.captured_at - one.captured_at >= 0.5


async def test_a_light_that_is_slow_to_answer_is_waited_for() -> None:
    class Slow(Light):
        async def set_level(self, level: float) -> None:
            until = traveller.camera.given + 40
            while self.levels and traveller.camera.given < until:  # noqa: ASYNC110 - virtual time
                await asyncio.sleep(0)
            await super().set_level(level)

    traveller = Traveller([seen(1)], light=Slow())
    await traveller.compared()
    assert traveller.pad is not None
    (sightings,) = traveller.pad.asked
    assert len({sighting.light for sighting in sightings}) == 2


async def test_a_lane_whose_light_is_lost_goes_on_without_one() -> None:
    for lost_at in (1, 2):
        traveller = Traveller([seen(1)], light=Light(lost_at))
        evidence = await traveller.compared()
        assert {check.outcome for check in evidence.checks} == {Outcome.SUCCESSFUL}
        assert traveller.light is not None
        assert len(traveller.light.levels) == lost_at


async def test_a_light_that_does_not_come_to_rest_ends_no_session() -> None:
    class Dying(Light):
        async def set_level(self, level: float) -> None:
            await super().set_level(level)
            if self.done:
                raise DeviceError(DeviceName.BARRIER, "no answer")

        done = False

    light = Dying()

    class LastWord(Detector):
        def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
            light.done = True
            return super().assess(sightings)

    evidence = await Traveller([seen(1)], light=light, pad=LastWord()).compared()
    assert outcome(evidence, CheckId.PAD) is Outcome.SUCCESSFUL


async def test_who_shows_too_little_is_looked_at_longer_and_compared_once() -> None:
    too_little = PadAssessment(0.2, reason="no movement and no change of the light")
    traveller = Traveller([seen(1)], pad=Detector([too_little, too_little, LIVE]))
    evidence = await traveller.compared()
    assert outcome(evidence, CheckId.PAD) is Outcome.SUCCESSFUL
    assert len(traveller.faces.compared) == 1
    assert CaseImageKind.PAD_FRAME not in kinds(traveller.images)
    assert traveller.pad is not None
    first, second, _ = (asked[-1].captured_at for asked in traveller.pad.asked)
    assert second - first >= 0.5


async def test_a_poor_portrait_is_told_to_the_officer_and_changes_no_threshold() -> None:
    poor = seen(1, sharpness=10.0).template
    assert poor is not None
    traveller = Traveller([seen(1)])
    traveller.faces.portrait = poor
    evidence = await traveller.compared()
    assert detail(evidence, CheckId.FACE).endswith("; poor portrait: blurred")
    assert evidence.threshold == POLICY.profile.min_similarity


async def test_a_lane_without_a_detector_says_so() -> None:
    evidence = await Traveller([seen(1)], pad=None).compared()
    assert outcome(evidence, CheckId.PAD) is Outcome.NOT_SUPPORTED


async def test_frames_that_cannot_be_compared_tell_a_living_person_of_whom_they_show() -> None:
    far = seen(1, likeness=0.8, eye_distance_px=20.0, face=detected(80.0))
    nearer: list[int] = []

    def there() -> FaceObservation:
        if traveller.camera.given > 40 and traveller.faces.portraits:
            nearer.append(traveller.camera.given - 1)
            return seen(1)
        return far

    traveller = Traveller(there, known_at=20)
    evidence = await traveller.compared()
    assert {check.outcome for check in evidence.checks} == {Outcome.SUCCESSFUL}
    assert traveller.pad is not None
    (sightings,) = traveller.pad.asked
    frames = [int(sighting.pixels[0, 0, 0]) for sighting in sightings]
    assert frames[0] < nearer[0] <= frames[-1]


@pytest.mark.parametrize(
    "before",
    [{"yaw": 15.0}, {"pitch": -15.0}, {"face": detected(62.0, 290.0)}, {"sharpness": 150.0}],
    ids=str,
)
async def test_a_head_that_turned_or_was_blurred_tells_nothing_of_the_light(
    before: dict[str, Any],
) -> None:
    traveller = Traveller([*[seen(1, **before)] * 20, seen(1, embedding_norm=12.5)], known_at=20)
    await traveller.compared()
    assert traveller.pad is not None
    for sightings in traveller.pad.asked:
        assert min(int(sighting.pixels[0, 0, 0]) for sighting in sightings) >= 20


TURNED = {"yaw": 40.0}  # a fault, so that nobody is told by it
FAR = {"eye_distance_px": 20.0}


@pytest.mark.parametrize(
    ("script", "known_at"),
    [
        ([*[seen(1)] * 8, *[seen(2, **TURNED)] * 40], 8),
        ([*[seen(2)] * 20, *[seen(2, **TURNED)] * 140, *[seen(1)] * 96], 165),
        ([seen(1), *[seen(2, **TURNED)] * 3] * 20, 8),
        ([*[seen(2, **FAR)] * 20, *[seen(1)] * 4, *[seen(2, **FAR)] * 80], 22),
    ],
    ids=["picture first", "head first", "in turns", "picture in between"],
)
async def test_a_living_head_never_speaks_for_a_picture_in_its_place(
    script: list[FaceObservation], known_at: int
) -> None:
    traveller = Traveller(script, known_at=known_at, policy=profiled(face_attempts=1))
    evidence = await traveller.compared()
    assert traveller.pad is not None
    if outcome(evidence, CheckId.FACE_QUALITY) is not Outcome.SUCCESSFUL:
        return  # an officer's case whatever was compared
    for sightings in traveller.pad.asked:
        shown = {id(script[int(sighting.pixels[0, 0, 0])]) for sighting in sightings}
        assert shown <= {id(one) for one in traveller.faces.fusions[-1]}
