"""A chip that answers wrongly: on the wire, and behind its own secure messaging."""

from collections.abc import Callable
from random import Random
from typing import Final

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.session import Session
from tests.fuzz.mutator import Mutator

_STATUS_WORDS: Final = (
    0x9000, 0x6100, 0x6110, 0x61FF, 0x6200, 0x6282, 0x6283, 0x6300, 0x63C0, 0x63CF, 0x6581,
    0x6700, 0x6882, 0x6883, 0x6982, 0x6985, 0x6987, 0x6988, 0x6A80, 0x6A82, 0x6A86, 0x6A88,
    0x6B00, 0x6C00, 0x6C01, 0x6C10, 0x6CFF, 0x6D00, 0x6E00, 0x6F00, 0x0000, 0xFFFF,
)  # fmt: skip


class Garbler:
    """What one chip does wrong. It decides as it goes, each time the same for one ``random``.

    Args:
        random: the source of every choice.
        usual: how many answers a whole conversation has, about.

    """

    def __init__(self, random: Random, usual: int) -> None:
        self._random = random
        self._mutator = Mutator(random)
        self._first = random.randrange(max(usual, 1))
        self._chance = random.choice((0.0, 0.0, 0.1, 0.5, 1.0))
        self._sticky = random.random() < 0.2
        self._sticks = random.random() < 0.1
        self._stuck: Reply | None = None
        self._kind: Callable[[Reply], Reply] | None = None
        self._seen: list[Reply] = []
        self._count = 0

    def garble(self, reply: Reply) -> Reply:
        """Return ``reply``, or something else in its place."""
        self._count += 1
        if self._stuck is not None:
            return self._stuck
        self._seen.append(reply)
        due = self._count - 1 == self._first
        again = self._count > self._first + 1 and self._random.random() < self._chance
        if not (due or again):
            return reply
        if self._kind is None or not self._sticky:
            self._kind = self._random.choice(
                (self._damaged, self._damaged, self._damaged, self._relabelled, self._relabelled,
                 self._naked, self._repeated, self._noise, self._short, self._long)
            )  # fmt: skip
        changed = self._kind(reply)
        changed = Reply(changed.sw, changed.data[:65536])
        if self._sticks:
            self._stuck = changed
        return changed

    def _damaged(self, reply: Reply) -> Reply:
        return Reply(reply.sw, self._mutator.damage(reply.data))

    def _relabelled(self, reply: Reply) -> Reply:
        return Reply(self._random.choice(_STATUS_WORDS), reply.data)

    def _naked(self, _: Reply) -> Reply:
        return Reply(self._random.choice(_STATUS_WORDS))

    def _repeated(self, _: Reply) -> Reply:
        return self._random.choice(self._seen)

    def _noise(self, reply: Reply) -> Reply:
        return Reply(reply.sw, self._mutator.noise())

    def _short(self, reply: Reply) -> Reply:
        return Reply(reply.sw, reply.data[: self._random.choice((1, 2, 4, 8))])

    def _long(self, reply: Reply) -> Reply:
        return Reply(reply.sw, reply.data + self._random.randbytes(self._random.choice((1, 300))))


class GarblingQuirk:
    """A quirk that lets a garbler at what the chip answers.

    Args:
        wire: at the answers as they leave the chip, or None.
        inside: at the answers before they are protected, or None.

    """

    def __init__(self, *, wire: Garbler | None, inside: Garbler | None) -> None:
        self._wire = wire
        self._inside = inside

    def transmit(
        self, apdu: bytes, session: Session, onward: Callable[[bytes], bytes | None]
    ) -> bytes | None:
        raw = onward(apdu)
        if self._wire is None or raw is None:
            return raw
        return self._wire.garble(Reply(int.from_bytes(raw[-2:], "big"), raw[:-2])).raw()

    def answer(
        self, command: Command, session: Session, onward: Callable[[Command], Reply]
    ) -> Reply:
        reply = onward(command)
        return reply if self._inside is None else self._inside.garble(reply)

    def reset(self) -> None:
        """Its choices go on: a chip that is presented again is no better."""
