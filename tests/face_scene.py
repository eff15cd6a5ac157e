"""Faces as a camera would see them, without pictures: who stands where, and how well seen."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from egate.biometrics.detection import DetectedFace, FaceBox
from egate.biometrics.verification import FaceObservation, FaceTemplate
from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.ports.devices import DeviceError, DeviceName, Frame
from tests.face_quality import quality

NOBODY = FaceObservation()


def embedding(person: int, likeness: float = 1.0) -> np.ndarray:
    """A unit vector whose cosine with ``embedding(person)`` is ``likeness``."""
    vector = np.zeros(128)
    vector[person] = likeness
    vector[127] = np.sqrt(1 - likeness**2)
    return vector


def detected(width: float = 100.0, x: float = 270.0, y: float = 180.0) -> DetectedFace:
    landmarks = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
    return DetectedFace(FaceBox(x, y, width, width), landmarks * width + (x, y), 0.9)


def seen(
    person: int = 1,
    *,
    face: DetectedFace | None = None,
    others: Sequence[DetectedFace] = (),
    likeness: float = 1.0,
    **measures: float,
) -> FaceObservation:
    """One frame with ``person`` followed; ``measures`` differ from a good face's."""
    own = face or detected()
    faces = (own, *others)
    made = FaceTemplate(len(faces), own.box, quality(**measures), embedding(person, likeness))
    return FaceObservation(faces, np.zeros((112, 112, 3), np.uint8), made)


def similarity(a: FaceTemplate, b: FaceTemplate) -> float:
    return float(a.embedding @ b.embedding)


@dataclass
class ScriptedFaces:
    """Sees what frame number n shows, or what a test says is there now."""

    script: Sequence[FaceObservation] | Callable[[], FaceObservation]
    portrait: FaceTemplate | None = field(default_factory=lambda: seen(1).template)
    compared: list[FaceTemplate] = field(default_factory=list)
    fusions: list[tuple[FaceObservation, ...]] = field(default_factory=list)
    portraits: int = 0

    def template(self, _: np.ndarray) -> FaceTemplate | None:
        self.portraits += 1
        return self.portrait

    def observe(self, image: np.ndarray, _: FaceBox | None = None) -> FaceObservation:
        if callable(self.script):
            return self.script()
        return self.script[min(int(image[0, 0, 0]), len(self.script) - 1)]

    def fused(self, observations: Sequence[FaceObservation]) -> FaceTemplate:
        self.fusions.append(tuple(observations))
        assert observations[0].template is not None
        return observations[0].template

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float:
        if a is self.portrait:
            self.compared.append(b)
        return similarity(a, b)


@dataclass
class ScriptedCamera:
    """Gives a frame every ``period`` seconds of a clock that it moves itself, for ever.

    ``then`` is called before the frame of that number; ``ends_at`` is where it is lost.
    """

    period: float = 0.05
    then: dict[int, Callable[[], None]] = field(default_factory=dict)
    ends_at: int | None = None
    now: float = 100.0
    given: int = 0

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, lambda: self.now)

    async def frames(self) -> AsyncIterator[Frame]:
        while self.given != self.ends_at:
            self.then.get(self.given, lambda: None)()
            pixels = np.full((48, 64, 3), min(self.given, 255), np.uint8)
            self.given += 1
            self.now += self.period
            yield Frame(pixels, Instant(self.now))
        raise DeviceError(DeviceName.CAMERA, "unplugged")

    async def check(self) -> None:
        pass

    async def aclose(self) -> None:
        pass
