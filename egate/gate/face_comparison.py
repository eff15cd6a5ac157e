"""The live face against the chip's portrait: watch, choose the best frames, compare once.

Every further comparison would be a further chance for an impostor, so frames are chosen
by their quality alone, and the policy limits the attempts. The camera is watched while
the chip is still read, and the portrait's template is made beside it. Pictures and
templates live in memory until the session ends.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from egate.biometrics.capture.face_capture import CaptureRules
from egate.biometrics.verification import FaceObservation, FaceTemplate
from egate.domain.evidence import CheckResult, FaceEvidence
from egate.domain.guidance import Guidance
from egate.domain.policy.decide import face_check
from egate.domain.policy.policy import Policy
from egate.domain.time import Instant
from egate.emrtd.checks import Outcome
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.gate.face_checks import (
    NO_PAD,
    NOT_ASSESSED,
    captured,
    is_worth_another,
    pad_check,
    unknown,
)
from egate.gate.face_lighting import FaceLighting
from egate.gate.face_reference import Reference, reference_of
from egate.gate.face_watch import Faces, FaceSource, FaceWatch
from egate.ports.case_images import MAX_PAD_FRAMES, CaseImageKind
from egate.ports.devices import Camera
from egate.ports.presentation_attack import (
    FaceLight,
    FaceSighting,
    PresentationAttackDetection,
)

Value = TypeVar("Value")

_LAST_LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class FaceWays:
    """The devices and procedures that a face is taken and compared with.

    Args:
        camera: whose frames.
        faces: finds and compares them.
        pad: tells live persons; None in a lane without.
        light: on the face; None in a lane without.

    """

    camera: Camera
    faces: Faces
    pad: PresentationAttackDetection | None = None
    light: FaceLight | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """The frames of one person, and what was computed of them."""

    person: int
    best: Sequence[FaceObservation] = field(repr=False)
    live: FaceTemplate | None = field(repr=False)
    sightings: Sequence[FaceSighting] = field(repr=False)
    pad: CheckResult


class FaceComparison:
    """Compares one traveller after the other.

    Args:
        ways: with what.
        policy: thresholds, times, attempts.
        clocks: for deadlines and durations.

    """

    def __init__(self, ways: FaceWays, policy: Policy, clocks: Clocks) -> None:
        self._ways = ways
        self._policy = policy
        self._profile = policy.profile
        self._clocks = clocks
        self._tell: Callable[[Guidance | None], None] = lambda _: None

    def on_guidance(self, listener: Callable[[Guidance | None], None]) -> None:
        """Call ``listener`` with what the traveller is asked to do; None at the end."""
        self._tell = listener

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        """Watch until ``portrait`` is there and frames are good, or the time is over.

        Args:
            portrait: the file EF.DG2, None when there is none.
            images: takes portrait, live frame and PAD frames, for an officer.

        Raises:
            DeviceError: the camera is lost.

        """
        lighting = FaceLighting(self._ways.light, self._clocks)
        source = FaceSource(self._ways.camera, self._ways.faces, lighting, self._clocks)
        profile = self._profile
        rules = CaptureRules(
            profile.quality, profile.frames, profile.frame_seconds, profile.second_face
        )
        watch = FaceWatch(source, rules, self._tell, images)
        try:
            async with asyncio.TaskGroup() as tasks:
                beside = [tasks.create_task(watch.run()), tasks.create_task(lighting.run())]
                evidence = await self._decided(portrait, watch, images)
                for task in beside:
                    task.cancel()
                return evidence
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        finally:
            self._tell(None)

    async def _decided(
        self, portrait: "asyncio.Future[bytes | None]", watch: FaceWatch, images: CaseImages
    ) -> FaceEvidence:
        await asyncio.wait([portrait])  # awaited itself, it would be cancelled with this task
        reference = await self._computed(
            watch, lambda: reference_of(portrait.result(), self._ways.faces, images)
        )
        watch.hurry()
        if isinstance(reference, CheckResult):
            await asyncio.to_thread(watch.keep_live)
            pad = NOT_ASSESSED if self._ways.pad else NO_PAD
            return self._evidence(watch, watch.best, pad, reference)
        evidence = await self._attempt(reference, watch, images)
        for _ in range(self._profile.face_attempts - 1):
            if not is_worth_another(evidence.checks):
                break
            watch.capture.restart(self._clocks.now())
            evidence = await self._attempt(reference, watch, images)
        return evidence

    async def _attempt(
        self, reference: Reference, watch: FaceWatch, images: CaseImages
    ) -> FaceEvidence:
        """Capture once and compare at most once."""
        deadline = Instant(self._clocks.now() + self._profile.face_seconds)
        taken = await self._taken(watch, deadline)
        while taken.pad.outcome is Outcome.UNDETERMINED and self._clocks.now() < deadline:
            watch.look_longer()  # whoever holds very still shows too little to tell
            taken = await self._taken(watch, deadline)
        pad = taken.pad
        if pad.outcome not in {Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED}:
            await asyncio.to_thread(_keep_pad_frames, taken.sightings, images)
        if taken.live is None:
            return self._evidence(watch, taken.best, pad, unknown("no live face"))
        # Whoever stands there now must be the one who was compared; a slow look is waited for.
        await watch.until(
            lambda: watch.is_present, Instant(self._clocks.now() + _LAST_LOOK_SECONDS)
        )
        if watch.capture.person != taken.person or not watch.is_present:
            return self._evidence(watch, (), pad, unknown("somebody else, or nobody, is there now"))
        similarity = self._ways.faces.similarity(reference.template, taken.live)
        face = face_check(similarity, self._policy)
        if reference.faults:
            face = replace(face, detail=f"{face.detail}; {reference.faults}")
        return self._evidence(watch, taken.best, pad, face, similarity)

    async def _taken(self, watch: FaceWatch, deadline: Instant) -> _Taken:
        """Watch until there are frames enough, and work on them: nothing is compared yet."""
        await watch.until(lambda: watch.is_ready, deadline)
        person, best, sightings = watch.capture.person, watch.best, watch.sightings
        watch.relax()
        async with asyncio.TaskGroup() as tasks:
            assessing = tasks.create_task(self._assessed(watch, sightings))
            tasks.create_task(asyncio.to_thread(watch.keep_live))
            live = await self._computed(watch, lambda: self._fused(best))
        watch.hurry()
        return _Taken(person, best, live, sightings, assessing.result())

    def _fused(self, best: Sequence[FaceObservation]) -> FaceTemplate | None:
        return self._ways.faces.fused(best) if best else None

    async def _assessed(self, watch: FaceWatch, sightings: Sequence[FaceSighting]) -> CheckResult:
        """Ask presentation attack detection about whoever is watched."""
        pad = self._ways.pad
        if pad is None:
            return NO_PAD
        if not sightings:
            return NOT_ASSESSED
        return pad_check(await self._computed(watch, lambda: pad.assess(sightings)), self._profile)

    async def _computed(self, watch: FaceWatch, work: Callable[[], Value]) -> Value:
        """Do ``work`` in a thread, and count its time as the gate's."""
        began = self._clocks.now()
        try:
            return await asyncio.to_thread(work)
        finally:
            watch.gate_seconds += self._clocks.now() - began

    def _evidence(
        self,
        watch: FaceWatch,
        best: Sequence[FaceObservation],
        pad: CheckResult,
        face: CheckResult,
        similarity: float | None = None,
    ) -> FaceEvidence:
        several = watch.capture.several_faces_seen
        return FaceEvidence(
            checks=(*captured(best, self._profile.quality, several=several), pad, face),
            similarity=similarity,
            threshold=None if similarity is None else self._profile.min_similarity,
            gate_seconds=watch.gate_seconds,
            several_faces=several,
        )


def _keep_pad_frames(sightings: Sequence[FaceSighting], images: CaseImages) -> None:
    """Keep some over the whole time, the first and the last among them. Computing work."""
    parts = min(MAX_PAD_FRAMES, len(sightings))
    for part in range(parts):
        sighting = sightings[part * (len(sightings) - 1) // max(1, parts - 1)]
        images.keep(CaseImageKind.PAD_FRAME, sighting.pixels)  # whole: a sheet shows at its edge
