"""Passages through a simulated lane, to measure presentation attack detection on.

What is tuned and what is measured is separated here and nowhere else: by the person whose
face is shown, and by the seed of everything else (the hall and its light, the camera, distance,
movement, what the impostor made). Impostors may be any of the people.
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Final, Self

from egate.biometrics.detection import LIVE, FaceDetector
from egate.biometrics.face_image import decode_face_image
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting, PresentationAttackDetection
from hardware_mocks.camera.scene import Attack, Scene, Subject

BONA_FIDE: Final = "bona_fide"
SPECIES: Final = (BONA_FIDE, *(attack.value for attack in Attack))
_RENEWED: Final = (BONA_FIDE, Attack.MASK.value)

_SIZE: Final = (1280, 720)
_PER_SECOND: Final = 12.0
# As the gate changes the light, and as a relay carries it out (egate/gate/face_lighting.py);
# frames of the first 0.12 s after a change are between two levels.
_LEVELS: Final = ((0.3, 0.0), (1.0, 1.0), (0.3, 0.0))
_FRAMES_OF_A_LEVEL: Final = 6
_FRAMES_BETWEEN: Final = 2
TIMETABLE: Final = (_SIZE, _PER_SECOND, _LEVELS, _FRAMES_OF_A_LEVEL, _FRAMES_BETWEEN)
"""All that decides what a passage looks like and is not of the camera."""


class Split(Enum):
    """Which people and seeds."""

    TUNING = "tuning"
    HELD_OUT = "held_out"

    @property
    def people(self) -> tuple[str, ...]:
        if self is Split.TUNING:
            return ("P001", "P002", "P003", "P005", "P007", "P008")
        return ("P004", "P006", "P009", "P010")

    def first_seed(self, species: str) -> int:
        """Return where the seeds of ``species`` begin.

        Of people and masks, those from a million were measured with earlier cues, and some that
        failed were looked at. Of the other species none had failed.
        """
        begin = 0 if self is Split.TUNING else 2_000_000 if species in _RENEWED else 1_000_000
        return begin + SPECIES.index(species) * 100_000


@dataclass(frozen=True, slots=True)
class Frame:
    """Args: a JPEG file, when it came in seconds, the light that the gate had commanded."""

    jpeg: bytes = field(repr=False)
    seconds: float
    light: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One person, or one impostor, before the camera. Args: as of ``Subject``."""

    species: str
    person: str
    seed: int

    def frames(self) -> list[Frame]:
        """Render what the camera sends."""
        scene = Scene(*_SIZE, seed=self.seed, pictures_per_second=_PER_SECOND)
        attack = None if self.species == BONA_FIDE else Attack(self.species)
        scene.subject = Subject(self.person, attack=attack, seed=self.seed)
        sent = []
        for commanded, carried_out in _LEVELS:
            scene.light = carried_out
            scene.taken += _FRAMES_BETWEEN
            for _ in range(_FRAMES_OF_A_LEVEL - _FRAMES_BETWEEN):
                jpeg = scene.jpeg()
                sent.append(Frame(jpeg, scene.taken / _PER_SECOND, commanded))
        return sent


@dataclass(frozen=True, slots=True)
class Scored:
    """What a detector said of one passage."""

    species: str
    person: str
    seed: int
    score: float
    sufficient: bool
    cues: dict[str, float]

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        return cls(**record)

    def record(self) -> dict[str, Any]:
        return asdict(self)


def passages_of(split: Split, species: str, count: int) -> Iterator[Passage]:
    """Give ``count`` passages of a species; each has a seed of its own."""
    first = split.first_seed(species)
    for number in range(count):
        yield Passage(species, split.people[number % len(split.people)], first + number)


def sightings_of(frames: Iterable[Frame], finder: FaceDetector) -> list[FaceSighting]:
    """Return what the gate would have collected of ``frames``."""
    found, near = [], None
    for frame in frames:
        pixels = decode_face_image(frame.jpeg)
        faces = finder.find(pixels, LIVE, near)
        if faces:
            near = faces[0].box
            box = (near.x, near.y, near.width, near.height)
            at = Instant(frame.seconds)
            found.append(FaceSighting(pixels, at, box, faces[0].landmarks, frame.light))
    return found


def scored(
    passage: Passage,
    frames: Iterable[Frame],
    finder: FaceDetector,
    detector: PresentationAttackDetection,
) -> Scored:
    """Show ``frames`` of ``passage`` to ``detector``."""
    said = detector.assess(sightings_of(frames, finder))
    cues = {name: round(value, 4) for name, value in said.cues.items()}
    return Scored(
        passage.species, passage.person, passage.seed, round(said.score, 4), said.sufficient, cues
    )


def parse_species(text: str) -> tuple[str, ...]:
    """Read a list of species with commas; raises ArgumentTypeError."""
    chosen = tuple(text.split(","))
    for each in chosen:
        if each not in SPECIES:
            raise argparse.ArgumentTypeError(f"{each}: one of {', '.join(SPECIES)}")
    return chosen
