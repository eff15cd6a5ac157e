"""What was changed in a reading, and by which proof."""

from dataclasses import dataclass, field
from enum import StrEnum


class Proof(StrEnum):
    """Why another character than the one that was seen is right."""

    POSITION = "position"
    """The format allows no other there (9303-3 §4.3)."""
    CHECK_DIGIT = "check digit"
    """A check digit is right with it only (9303-3 §4.9)."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One character that was seen as another.

    Args:
        line: from 1.
        column: from 1.
        read: what was seen.
        taken: what was taken instead.

    """

    line: int
    column: int
    read: str = field(repr=False)
    taken: str = field(repr=False)
    proof: Proof
