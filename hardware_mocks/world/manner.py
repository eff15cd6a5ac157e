"""How quickly people do things: everybody like the usual one, or each their own way by a seed."""

import random
from dataclasses import dataclass
from typing import Final

# Walking speeds of people who are not held up, in metres a second: from .8 to 1.7 each as
# often, as IES VE's Simulex draws them (help.iesve.com/ve2021/12_walking_speeds.htm).
_SLOWEST: Final = 0.8
_FASTEST: Final = 1.7
# For hands and head no published figure was found: one in twenty takes 1.8 times as long.
_HANDS_SIGMA: Final = 0.35
_QUICKEST_HANDS: Final = 0.6
_SLOWEST_HANDS: Final = 2.5


@dataclass(frozen=True, slots=True)
class Manner:
    """One person's quickness.

    Args:
        walking: metres a second.
        slowness: so many times longer than usual for what hands and head do.
        seed: of how they stand and move before the camera.

    """

    walking: float = 4 / 3
    slowness: float = 1.0
    seed: int = 0


USUAL: Final = Manner()


def drawn_manner(seed: int, index: int) -> Manner:
    """Draw the manner of the ``index``-th person of ``seed``."""
    chance = random.Random(f"{seed}:{index}")  # noqa: S311 - people, not secrets
    hands = chance.lognormvariate(0.0, _HANDS_SIGMA)
    return Manner(
        walking=chance.uniform(_SLOWEST, _FASTEST),
        slowness=min(max(hands, _QUICKEST_HANDS), _SLOWEST_HANDS),
        seed=chance.randrange(1, 1 << 16),
    )
