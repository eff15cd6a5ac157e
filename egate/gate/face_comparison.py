"""The live face against the chip's portrait: watch, choose the best frame, compare once.

Every further comparison would be a further chance for an impostor, so frames are
chosen by their quality alone. Pictures and templates live in memory until the
session ends.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final, Protocol

from egate.biometrics.face_image import FaceImage, FaceImageInvalid, decode_face_image
from egate.biometrics.verification import FaceTemplate
from egate.domain.evidence import CheckResult, FaceEvidence
from egate.domain.policy.decide import face_check
from egate.domain.policy.policy import Policy
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.errors import EmrtdError
from egate.emrtd.lds.dg2 import face_images
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import Camera, Frame

_MIN_EYE_DISTANCE_PX: Final = 50.0
_MAX_ANGLE_DEGREES: Final = 30.0
_MIN_EMBEDDING_NORM: Final = 8.5
_GOOD_EMBEDDING_NORM: Final = 10.7
_PERIOD_SECONDS: Final = 0.15
# Longer than this nobody is kept waiting for a better frame than a usable one.
_USABLE_SECONDS: Final = 1.0

_NO_PAD: Final = CheckResult(CheckId.PAD, Outcome.NOT_SUPPORTED, "not built in this version")


class Faces(Protocol):
    """What is asked of ``FaceVerifier``."""

    def template(self, image: FaceImage) -> FaceTemplate | None: ...

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float: ...


@dataclass(slots=True)
class _Watch:
    best: FaceTemplate | None = field(default=None, repr=False)
    image: FaceImage | None = field(default=None, repr=False)
    gate_seconds: float = 0.0

    def take(self, seen: FaceTemplate | None, image: FaceImage) -> None:
        if seen is not None and (self.best is None or _rank(seen) > _rank(self.best)):
            self.best, self.image = seen, image


class FaceComparison:
    """Compares one traveller.

    Args:
        camera: whose frames.
        faces: finds and compares them.
        policy: threshold and time.
        clocks: for deadlines and durations.

    """

    def __init__(self, camera: Camera, faces: Faces, policy: Policy, clocks: Clocks) -> None:
        self._camera = camera
        self._faces = faces
        self._policy = policy
        self._clocks = clocks

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        """Watch until ``portrait`` is there and a frame is good, or the time is over.

        Args:
            portrait: the file EF.DG2, None when there is none.
            images: takes the compared frame and the portrait.

        Raises:
            DeviceError: the camera is lost.

        """
        watch = _Watch()
        await self._watch_until_portrait(portrait, watch)
        reference = await self._reference(portrait.result(), watch, images)
        if isinstance(reference, CheckResult):
            await _keep_live(watch, images)
            return FaceEvidence((*_captured(watch.best), _NO_PAD, reference))
        enough = self._clocks.now() + _USABLE_SECONDS
        try:
            async with asyncio.timeout(self._policy.profile.face_seconds):
                await self._watch(
                    watch,
                    until=lambda: (
                        _is_good(watch.best)
                        or (_is_usable(watch.best) and self._clocks.now() >= enough)
                    ),
                )
        except TimeoutError:
            pass
        await _keep_live(watch, images)
        return self._compare(watch, reference)

    async def _watch_until_portrait(
        self, portrait: "asyncio.Future[bytes | None]", watch: _Watch
    ) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:  # ends watching when the portrait is there
                watching = tasks.create_task(self._watch(watch, until=lambda: _is_good(watch.best)))
                await asyncio.wait([portrait])
                watching.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from group

    async def _watch(self, watch: _Watch, until: Callable[[], bool]) -> None:
        if until():
            return
        due = self._clocks.now()
        async with aclosing(_closing(self._camera.frames())) as frames:
            async for frame in frames:
                if frame.captured_at < due:
                    continue
                watch.take(await self._template(frame.pixels, watch), frame.pixels)
                if until():
                    return
                due = Instant(self._clocks.now() + _PERIOD_SECONDS)

    async def _template(self, image: FaceImage, watch: _Watch) -> FaceTemplate | None:
        began = self._clocks.now()
        try:
            return await asyncio.to_thread(self._faces.template, image)
        finally:
            watch.gate_seconds += self._clocks.now() - began

    async def _reference(
        self, dg2: bytes | None, watch: _Watch, images: CaseImages
    ) -> FaceTemplate | CheckResult:
        if dg2 is None:
            return CheckResult(CheckId.FACE, Outcome.UNDETERMINED, "the chip gave no portrait")
        try:
            image = await asyncio.to_thread(lambda: decode_face_image(face_images(dg2)[0].encoded))
        except (EmrtdError, FaceImageInvalid) as error:
            return CheckResult(CheckId.FACE, Outcome.UNDETERMINED, f"the portrait: {error}")
        await asyncio.to_thread(images.keep, CaseImageKind.CHIP_PORTRAIT, image)
        template = await self._template(image, watch)
        if template is None:
            return CheckResult(CheckId.FACE, Outcome.UNDETERMINED, "no face in the portrait")
        return template

    def _compare(self, watch: _Watch, reference: FaceTemplate) -> FaceEvidence:
        checks = (*_captured(watch.best), _NO_PAD)
        if watch.best is None:
            unknown = CheckResult(CheckId.FACE, Outcome.UNDETERMINED, "no live face")
            return FaceEvidence((*checks, unknown), gate_seconds=watch.gate_seconds)
        similarity = self._faces.similarity(reference, watch.best)
        return FaceEvidence(
            (*checks, face_check(similarity, self._policy)),
            similarity,
            self._policy.profile.min_similarity,
            watch.gate_seconds,
        )


async def _keep_live(watch: _Watch, images: CaseImages) -> None:
    if watch.best is not None and watch.image is not None:
        around = watch.best.box
        await asyncio.to_thread(images.keep, CaseImageKind.LIVE_FRAME, watch.image, around)


def _captured(best: FaceTemplate | None) -> tuple[CheckResult, CheckResult]:
    if best is None:
        return (
            CheckResult(CheckId.FACE_CAPTURE, Outcome.FAILED, "no face before the camera"),
            CheckResult(CheckId.FACE_QUALITY, Outcome.UNDETERMINED, "no face before the camera"),
        )
    fault = _fault(best)
    quality = Outcome.FAILED if fault else Outcome.SUCCESSFUL
    return (
        CheckResult(CheckId.FACE_CAPTURE, Outcome.SUCCESSFUL),
        CheckResult(CheckId.FACE_QUALITY, quality, fault),
    )


def _fault(seen: FaceTemplate) -> str:
    quality = seen.quality
    if seen.faces > 1:
        return "more than one face"
    if quality.eye_distance_px < _MIN_EYE_DISTANCE_PX:
        return "the face is too far away"
    if max(abs(quality.yaw), abs(quality.pitch), abs(quality.roll)) > _MAX_ANGLE_DEGREES:
        return "the face does not look at the camera"
    if quality.embedding_norm < _MIN_EMBEDDING_NORM:
        return "the face is blurred or covered"
    return ""


def _rank(seen: FaceTemplate) -> tuple[bool, float]:
    return not _fault(seen), seen.quality.embedding_norm


def _is_usable(best: FaceTemplate | None) -> bool:
    return best is not None and not _fault(best)


def _is_good(best: FaceTemplate | None) -> bool:
    return best is not None and _rank(best) >= (True, _GOOD_EMBEDDING_NORM)


async def _closing(frames: AsyncIterator[Frame]) -> AsyncGenerator[Frame, None]:
    async for frame in frames:
        yield frame
