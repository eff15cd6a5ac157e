"""How long to wait before trying again."""

from collections.abc import Callable, Iterator


def delays(
    random: Callable[[], float], *, first: float = 0.2, most: float = 3.0
) -> Iterator[float]:
    """Give seconds to wait, for ever: doubling up to ``most``, each shortened by up to a half.

    The jitter keeps the gates of a hall from coming back all at once. The longest wait is short,
    because it is what a backlog still waits when the line has healed: with a connection that
    hangs for 5 s and gRPC's own pause, less than ten seconds.

    Args:
        random: gives numbers in [0, 1).
        first: the first delay at its longest, in seconds.
        most: the longest delay, in seconds.

    """
    delay = first
    while True:
        yield delay * (1 - random() / 2)
        delay = min(2 * delay, most)
