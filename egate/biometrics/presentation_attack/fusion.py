"""From cues to one score.

Each cue may be wrong on its own, and most attacks are seen by a few cues only, so neither a mean
nor the highest will do. A cue's weight is how far it may be believed alone; the score is
what is left when every cue is allowed its doubt: 1 - (1 - w1 c1)(1 - w2 c2)... It only grows
with each cue, and a cue that is absent says nothing.

The weights were chosen by hand and tried on the tuning split of benchmarks/pad_passages.py:
cues that were known to fire on living people were lowered, as long as no attack was lost there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "light_reaction": 0.90,
        "light_relief": 0.85,
        "light_reach": 0.60,
        "parallax": 0.30,
        "surroundings": 0.60,
        "black_level": 0.40,
        "hollows": 0.40,
        "borders": 0.60,
        "spectrum": 0.60,
        "refresh": 0.15,
        "stillness": 0.10,
    }
)


def fuse(cues: Mapping[str, float]) -> float:
    """Return one score, 0 bona fide to 1 presentation attack.

    Args:
        cues: by name, each 0 to 1; names without a weight are no cues of ours.

    """
    doubt = 1.0
    for name, value in cues.items():
        doubt *= 1.0 - WEIGHTS[name] * value
    return 1.0 - doubt
