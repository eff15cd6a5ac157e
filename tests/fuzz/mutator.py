"""Seeded damage to bytes: what a broken or hostile chip makes of a valid answer."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from tests.fuzz.structure import regrown

_EDGES: Final = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xFE, 0xFF)
_TAGS: Final = (0x30, 0x31, 0x02, 0x03, 0x04, 0x06, 0x5F, 0x7F, 0x61, 0x77, 0x87, 0x99, 0x8E, 0xA0)
_LENGTHS: Final = (
    b"\x00",
    b"\x01",
    b"\x7f",
    b"\x80",
    b"\x81\xff",
    b"\x82\xff\xff",
    b"\x83\xff\xff\xff",
    b"\x84\xff\xff\xff\xff",
    b"\x84\x7f\xff\xff\xff",
    b"\x88" + b"\xff" * 8,
    b"\xff",
)
_MOST_BYTES: Final = 100_000


class Mutator:
    """Damages samples; the same ``random`` gives the same damage.

    Args:
        random: the source of every choice.
        others: valid samples to splice parts of.

    """

    def __init__(self, random: Random, others: Sequence[bytes] = ()) -> None:
        self._random = random
        self._others = others

    def damage(self, sample: bytes) -> bytes:
        """Return ``sample`` with one to four kinds of damage."""
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4))):
            sample = self._random.choice(_KINDS)(self, sample)
        return sample[:_MOST_BYTES]

    def noise(self, most: int = 300) -> bytes:
        """Return random bytes."""
        return self._random.randbytes(self._random.randrange(most))

    def _flip(self, sample: bytes) -> bytes:
        changed = bytearray(sample)
        for _ in range(self._random.choice((1, 1, 2, 8)) if sample else 0):
            changed[self._random.randrange(len(changed))] ^= 1 << self._random.randrange(8)
        return bytes(changed)

    def _set(self, sample: bytes) -> bytes:
        at = self._at(sample)
        return sample[:at] + bytes((self._random.choice(_EDGES),)) + sample[at + 1 :]

    def _cut(self, sample: bytes) -> bytes:
        return sample[: self._at(sample)]

    def _lose(self, sample: bytes) -> bytes:
        at = self._at(sample)
        return sample[:at] + sample[at + self._random.choice((1, 2, 7, 50)) :]

    def _insert(self, sample: bytes) -> bytes:
        at = self._at(sample)
        return sample[:at] + self.noise(20) + sample[at:]

    def _repeat(self, sample: bytes) -> bytes:
        at = self._at(sample)
        part = sample[at : at + self._random.choice((1, 4, 30, 300))]
        return sample[:at] + part * self._random.choice((2, 3, 70)) + sample[at + len(part) :]

    def _splice(self, sample: bytes) -> bytes:
        other = self._random.choice(self._others) if self._others else self.noise()
        return sample[: self._at(sample)] + other[self._at(other) :]

    def _claim(self, sample: bytes) -> bytes:
        """Put a length, or a tag and a length, where one may be."""
        at = self._header(sample)
        return sample[:at] + self._random.choice(_LENGTHS) + sample[at + 1 :]

    def _retag(self, sample: bytes) -> bytes:
        at = max(self._header(sample) - 1, 0)
        return sample[:at] + bytes((self._random.choice(_TAGS),)) + sample[at + 1 :]

    def _nest(self, sample: bytes) -> bytes:
        at = self._at(sample)
        layer = self._random.choice((b"\x30\x80", b"\x24\x80", b"\x61\x02", b"\x7f\x61\x04"))
        return sample[:at] + layer * self._random.choice((5, 40, 2000)) + sample[at:]

    def _pad(self, sample: bytes) -> bytes:
        return sample + bytes((self._random.choice((0x00, 0xFF, 0x80)),)) * self._random.choice(
            (1, 8, 500)
        )

    def _swap(self, sample: bytes) -> bytes:
        first, second = sorted((self._at(sample), self._at(sample)))
        size = self._random.choice((1, 3, 20))
        left, right = sample[first : first + size], sample[second : second + size]
        if second - first < size:
            return sample
        return (
            sample[:first] + right + sample[first + size : second] + left + sample[second + size :]
        )

    def _regrow(self, sample: bytes) -> bytes:
        return regrown(self._random, sample)

    def _at(self, sample: bytes) -> int:
        return self._random.randrange(len(sample) + 1)

    def _header(self, sample: bytes) -> int:
        """Return where the length of a random data object of ``sample`` stands, about."""
        at, end = 0, len(sample)
        for _ in range(self._random.randrange(12)):
            two = at < end and sample[at] & 0x1F == 0x1F
            length_at = at + 1 + two
            if length_at >= end:
                break
            length, size = sample[length_at], 1
            if length > 0x80:
                size += length & 0x7F
                length = int.from_bytes(sample[length_at + 1 : length_at + size], "big")
            inside = length_at + size
            # Into the object, or past it.
            at = inside if self._random.random() < 0.6 else inside + length
            if at >= end:
                return min(length_at, end)
        return min(at + 1, end)


_KINDS: Final[Sequence[Callable[[Mutator, bytes], bytes]]] = (
    Mutator._flip,
    Mutator._flip,
    Mutator._set,
    Mutator._set,
    Mutator._cut,
    Mutator._lose,
    Mutator._insert,
    Mutator._repeat,
    Mutator._splice,
    Mutator._claim,
    Mutator._claim,
    Mutator._claim,
    Mutator._retag,
    Mutator._nest,
    Mutator._pad,
    Mutator._swap,
    *(Mutator._regrow,) * 8,
)
