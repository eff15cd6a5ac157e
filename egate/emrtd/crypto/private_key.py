"""Private keys of key agreement, each number of the range as likely as any other."""

from collections.abc import Callable
from typing import Final

# Each attempt succeeds with a probability of at least one half.
_ATTEMPTS: Final = 256


def draw_private_key(order: int, random: Callable[[int], bytes]) -> int:
    """Return a number from 1 to ``order - 1`` by drawing until one fits.

    Args:
        order: of the group.
        random: gives so many unpredictable bytes.

    Raises:
        RuntimeError: the source of randomness is broken.

    """
    bits = order.bit_length()
    for _ in range(_ATTEMPTS):
        drawn = int.from_bytes(random((bits + 7) // 8), "big") & ((1 << bits) - 1)
        if 0 < drawn < order:
            return drawn
    raise RuntimeError("the source of randomness repeats itself")
