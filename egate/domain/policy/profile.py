"""How a live face is taken and compared: a named set of numbers that a lane chooses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from egate.domain.policy.entries import (
    PolicyInvalid,
    above_zero,
    exactly,
    number,
    table,
    whole,
)
from egate.domain.policy.quality_limits import QualityLimits

_LIMITS: Final = frozenset(limit.name for limit in fields(QualityLimits))
MOST: Final[Mapping[str, int]] = {
    "min_similarity": 1,
    "max_pad_score": 1,
    "face_seconds": 120,
    # Each further comparison is a further chance for an impostor.
    "face_attempts": 2,
    "frames": 3,
    "frame_seconds": 30,
    "second_face": 1,
}
"""The most that a key may be; none may be below 0, and all but max_pad_score are above it."""
_KEYS: Final = frozenset({*MOST, "quality"})


@dataclass(frozen=True, slots=True)
class FaceProfile:
    """One profile of the policy.

    Args:
        name: as the lane's settings choose it.
        min_similarity: cosine similarity in (0, 1] from which faces match.
        max_pad_score: score of presentation attack detection in [0, 1] up to which a
            face counts as live.
        face_seconds: time of one attempt, once the portrait is known.
        face_attempts: captures with a comparison each, at most.
        frames: how many frames are fused for the one comparison of an attempt, at most.
        frame_seconds: age at which a frame no longer decides.
        second_face: width of another face, as a share of the traveller's, from which it is
            a second person in the lane; in (0, 1].
        quality: limits of a live frame.

    """

    name: str
    min_similarity: float
    max_pad_score: float
    face_seconds: float
    face_attempts: int
    frames: int
    frame_seconds: float
    second_face: float
    quality: QualityLimits


def parse_profile(name: str, content: object) -> FaceProfile:
    """Return the profile ``name`` of a policy.

    Raises:
        PolicyInvalid: a key is unknown or missing, or a value is of the wrong kind.

    """
    prefix = f"profiles.{name}"
    found = table(prefix, content)
    exactly(f"{prefix}.", found, _KEYS)
    pad = number(f"{prefix}.max_pad_score", found["max_pad_score"])
    if not 0 <= pad <= MOST["max_pad_score"]:
        raise PolicyInvalid(f"{prefix}.max_pad_score: is not from 0 to 1")

    def positive(key: str) -> float:
        return above_zero(f"{prefix}.{key}", found[key], MOST[key])

    def counted(key: str) -> int:
        return whole(f"{prefix}.{key}", found[key], MOST[key])

    return FaceProfile(
        name=name,
        min_similarity=positive("min_similarity"),
        max_pad_score=pad,
        face_seconds=positive("face_seconds"),
        face_attempts=counted("face_attempts"),
        frames=counted("frames"),
        frame_seconds=positive("frame_seconds"),
        second_face=positive("second_face"),
        quality=_quality(f"{prefix}.quality", found["quality"]),
    )


def _quality(prefix: str, content: object) -> QualityLimits:
    found = table(prefix, content)
    exactly(f"{prefix}.", found, _LIMITS)
    limits = {key: number(f"{prefix}.{key}", value) for key, value in found.items()}
    for key, limit in limits.items():
        if not (math.isfinite(limit) and limit >= 0):
            raise PolicyInvalid(f"{prefix}.{key}: is not a number from 0 on")
    return QualityLimits(**limits)
