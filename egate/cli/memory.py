"""How this process takes memory of the machine."""

import ctypes
import gc
from typing import Final

_M_ARENA_MAX: Final = -8  # malloc.h of glibc
_ARENAS: Final = 2
_YOUNG: Final = 50_000
_GENERATIONS: Final = (20, 20)


def keep_heaps_few() -> None:
    """Let all threads share two heaps, where the C library is one that would make more.

    By default each thread fills heaps of its own, and pictures that are made in one thread
    and freed in another leave holes in all of them: a gate that looks at faces in threads
    would seem to grow for hours. To be called before the first thread.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def collect_rarely() -> None:
    """Look for circles of garbage among ten thousands of new objects, not among hundreds.

    A centre that takes records makes and drops hundreds of thousands of objects a second, few of
    them in circles, and by default Python looks through all of them again and again, and through
    its own modules. To be called when everything that stays is there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *_GENERATIONS)
