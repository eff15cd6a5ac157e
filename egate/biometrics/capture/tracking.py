"""Whose face it is from frame to frame, by place and size alone."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from egate.biometrics.detection import DetectedFace, FaceBox
from egate.domain.time import Instant

# Longer out of sight, and somebody else may stand there.
LOST_SECONDS: Final = 1.0
_OVERLAP: Final = 0.3
_SHIFT: Final = 0.6  # of the face's width: a head sways so far between two frames
_GROWTH: Final = 1.6


class Company(Enum):
    """Who is seen beside the followed face."""

    ALONE = auto()
    BESIDE = auto()
    """Another is about as near."""
    OUTGROWN = auto()
    """Another is much nearer: the followed one is a bystander."""


def company(faces: Sequence[DetectedFace], second_face: float) -> Company:
    """Say who is beside ``faces[0]``.

    Args:
        faces: of one frame, the followed one first.
        second_face: width, as a share of the followed face's, from which another counts
            as standing beside it; above 0, at most 1. A person one step behind the
            traveller is seen at about .6, one in the queue at less than half.

    """
    own = faces[0].box.width
    widest = max((face.box.width for face in faces[1:]), default=0.0)
    if widest * second_face > own:
        return Company.OUTGROWN
    return Company.BESIDE if widest >= second_face * own else Company.ALONE


class FaceTrack:
    """The place of one face over time."""

    def __init__(self) -> None:
        self._box: FaceBox | None = None
        self._at = Instant(float("-inf"))

    @property
    def box(self) -> FaceBox | None:
        """Where it was last, in pixels; None when it is lost."""
        return self._box

    @property
    def seen_at(self) -> Instant:
        """When it was seen last."""
        return self._at

    def follow(self, box: FaceBox, at: Instant) -> bool:
        """Go on to ``box``, and say whether that is where the followed face can be at ``at``."""
        before, self._box = self._box, box
        since, self._at = at - self._at, at
        return before is not None and since <= LOST_SECONDS and _continues(before, box)

    def lose(self) -> None:
        """Follow nobody, until the next call of ``follow``."""
        self._box = None


def _continues(before: FaceBox, now: FaceBox) -> bool:
    if shared(before, now) >= _OVERLAP:
        return True
    wider = max(before.width, now.width)
    if wider > _GROWTH * min(before.width, now.width):
        return False
    aside = abs((before.x + before.width / 2) - (now.x + now.width / 2))
    down = abs((before.y + before.height / 2) - (now.y + now.height / 2))
    return max(aside, down) <= _SHIFT * wider


def shared(a: FaceBox, b: FaceBox) -> float:
    """Return the intersection over the union of two boxes, 0 to 1."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(0.0, width) * max(0.0, height)
    together = a.width * a.height + b.width * b.height - common
    return common / together if together > 0 else 0.0
