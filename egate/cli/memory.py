"""How this process takes memory of the machine."""

import ctypes
from typing import Final

_M_ARENA_MAX: Final = -8  # malloc.h of glibc
_ARENAS: Final = 2


def keep_heaps_few() -> None:
    """Let all threads share two heaps, where the C library is one that would make more.

    By default each thread fills heaps of its own, and pictures that are made in one thread
    and freed in another leave holes in all of them: a gate that looks at faces in threads
    would seem to grow for hours. To be called before the first thread.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
