"""Looks at frame after frame of one traveller, off the event loop."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

from egate.biometrics.capture.face_capture import CaptureRules, FaceCapture
from egate.biometrics.detection import FaceBox
from egate.biometrics.face_image import FaceImage
from egate.biometrics.verification import FaceObservation, FaceTemplate
from egate.domain.guidance import Guidance
from egate.domain.time import Instant
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.gate.face_lighting import FaceLighting
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import Camera, Frame
from egate.ports.presentation_attack import MAX_SIGHTINGS, FaceSighting

# While the chip is read, or frames are worked on, another thread needs a core too.
_RELAXED_SECONDS: Final = 0.15
# Sightings so close would show the same moment, and the ring would be too short a time.
_SIGHTING_SECONDS: Final = 0.06
_ENOUGH_SIGHTINGS: Final = 5
_ENOUGH_SECONDS: Final = 0.5
_ENOUGH_OF_A_LEVEL: Final = 2


class Faces(Protocol):
    """What is asked of ``FaceVerifier``."""

    def template(self, image: FaceImage) -> FaceTemplate | None: ...

    def observe(self, image: FaceImage, near: FaceBox | None = None) -> FaceObservation: ...

    def fused(self, observations: Sequence[FaceObservation]) -> FaceTemplate: ...

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float: ...


@dataclass(frozen=True, slots=True)
class FaceSource:
    """Where live faces come from: the camera, what finds them, and the light on them."""

    camera: Camera
    faces: Faces
    lighting: FaceLighting
    clocks: Clocks


class FaceWatch:
    """One traveller before the camera.

    Args:
        source: of the frames.
        rules: which frames decide.
        tell: called with each new instruction to the traveller.
        images: takes the picture of whoever stands there, for an officer.

    """

    def __init__(
        self,
        source: FaceSource,
        rules: CaptureRules,
        tell: Callable[[Guidance], None],
        images: CaseImages,
    ) -> None:
        self._source = source
        self._tell = tell
        self._images = images
        self.capture = FaceCapture(rules, source.faces.similarity)
        self._seen: deque[tuple[FaceSighting, FaceTemplate]] = deque(maxlen=MAX_SIGHTINGS)
        self.gate_seconds = 0.0
        self._period_seconds = _RELAXED_SECONDS
        self._live: tuple[FaceImage, FaceBox | None] | None = None
        self._shown_person = 0
        self._told: Guidance | None = None
        self._not_before = Instant(float("-inf"))
        self._looked = asyncio.Event()

    @property
    def best(self) -> tuple[FaceObservation, ...]:
        """The frames that decide; none unless the person in them stands there, alone, now."""
        return self.capture.best if self.is_present else ()

    @property
    def sightings(self) -> tuple[FaceSighting, ...]:
        """What tells a live person: frames that speak for those that decide.

        They are asked as soon as there is one to compare with, so that those count in which
        the picture was not good enough yet.
        """
        speaks = self.capture.speaks_for_the_best
        return tuple(sighting for sighting, template in self._seen if speaks(template))

    @property
    def is_present(self) -> bool:
        """Whether the followed person, alone, stands there now."""
        return self.capture.is_present(self._source.clocks.now())

    @property
    def is_ready(self) -> bool:
        """Whether there are frames to compare, and enough to tell a live person."""
        now = self._source.clocks.now()
        return now >= self._not_before and self.capture.is_ready(now) and self._is_fed

    @property
    def _is_fed(self) -> bool:
        seen = self.sightings
        if len(seen) < _ENOUGH_SIGHTINGS:
            return False
        if seen[-1].captured_at - seen[0].captured_at < _ENOUGH_SECONDS:
            return False
        lit = sum(sighting.light >= 0.5 for sighting in seen)  # noqa: PLR2004 - half
        both = min(lit, len(seen) - lit) >= _ENOUGH_OF_A_LEVEL
        return both or not self._source.lighting.changes

    def look_longer(self) -> None:
        """Be not ready again until there is something new to tell a live person by."""
        self._not_before = Instant(self._source.clocks.now() + _ENOUGH_SECONDS)

    def hurry(self) -> None:
        """Look at every frame: the portrait is there."""
        self._period_seconds = 0.0

    def relax(self) -> None:
        """Look at a frame now and then: other work needs the processor."""
        self._period_seconds = _RELAXED_SECONDS

    async def until(self, condition: Callable[[], bool], deadline: Instant) -> None:
        """Return when ``condition`` holds after a frame, or with the first after ``deadline``.

        A camera that gives no more frames is lost, which ends ``run``.
        """
        while not condition() and self._source.clocks.now() < deadline:
            self._looked.clear()
            await self._looked.wait()

    async def run(self) -> None:
        """Look until cancelled; no frame from before this call.

        Raises:
            DeviceError: the camera is lost.

        """
        due = self._source.clocks.now()
        async with aclosing(_closing(self._source.camera.frames())) as frames:
            async for frame in frames:
                if frame.captured_at >= due:
                    await self._look(frame)
                    due = Instant(frame.captured_at + self._period_seconds)

    def keep_live(self) -> None:
        """Keep the best frame for an officer: computing work."""
        if self._live is not None:
            self._images.keep(CaseImageKind.LIVE_FRAME, *self._live)

    async def _look(self, frame: Frame) -> None:
        source = self._source
        began = source.clocks.now()
        seen = await asyncio.to_thread(source.faces.observe, frame.pixels, self.capture.near)
        self.gate_seconds += source.clocks.now() - began
        guidance = self.capture.take(seen, frame.captured_at)
        self._remember(frame, seen)
        if guidance is not self._told:
            self._told = guidance
            self._tell(guidance)
        self._looked.set()
        source.lighting.look()
        if self.capture.person != self._shown_person:  # should an officer be called before the end
            self._shown_person = self.capture.person
            await asyncio.to_thread(self.keep_live)

    def _remember(self, frame: Frame, seen: FaceObservation) -> None:
        if self.capture.best_at == frame.captured_at or self.capture.best_at is None:
            box = seen.faces[0].box if seen.faces else None
            self._live = frame.pixels, box
        light = self._source.lighting.level_at(frame.captured_at)
        if seen.template is None or light is None or not self.capture.is_alone:
            return
        last = self._seen[-1][0].captured_at if self._seen else float("-inf")
        if frame.captured_at - last >= _SIGHTING_SECONDS:
            face = seen.faces[0]
            sighting = FaceSighting(
                frame.pixels, frame.captured_at, face.box, face.landmarks, light
            )
            self._seen.append((sighting, seen.template))


async def _closing(frames: AsyncIterator[Frame]) -> AsyncGenerator[Frame, None]:
    async for frame in frames:
        yield frame
