"""What a target is: a parser, valid bytes to begin from, and how they are damaged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.fuzz.corpus import corpus_of
from tests.fuzz.mutator import Mutator

Damage = Callable[[Random, Sequence[bytes]], bytes]
"""Makes a case of samples; the same ``Random`` gives the same one."""

_NOISE: Final = 0.03


def damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Return one of ``samples`` damaged as objects of tag, length and value are, or noise."""
    mutator = Mutator(random, samples)
    if random.random() < _NOISE:
        return mutator.noise()
    return mutator.damage(random.choice(samples))


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes from outside.

    Args:
        take: takes them; any exception that is none of ``refusals`` is a finding.
        made: gives valid bytes; made when the first case needs them.
        refusals: how it says that bytes are no good.
        damage: of them.
        share: how many of a thousand cases, about, beside the others.
        longest_seconds: of processor time that a case may take.
        most_megabytes: by which a case may make the process grow.
        prepare: fetches what the parser needs before the first case, so that none pays for it.

    """

    take: Callable[[bytes], object]
    made: Callable[[], Sequence[bytes]]
    refusals: tuple[type[Exception], ...]
    damage: Damage = damaged
    share: int = 4
    longest_seconds: float = 1.0
    most_megabytes: int = 64
    prepare: Callable[[], object] = lambda: None

    def samples(self, name: str) -> Sequence[bytes]:
        """Return what damage begins from: what is made, and the corpus of ``name``."""
        return (*self.made(), *(entry.raw for entry in corpus_of(name)))
