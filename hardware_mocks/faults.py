"""What can go wrong on a wire: seeded, so that a bad run can be had again."""

import random
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class WireFaults:
    """The faults of one line, in the direction from the device to the gate.

    A frame is what a device writes in one call.

    Args:
        seed: of the choices below that are left to chance.
        noise_before: bytes sent before every frame.
        one_byte_at_a_time: every byte arrives by itself, with a pause after it.
        spoil_first: in so many first frames one byte, chosen by the seed, has a bit flipped.
        cut_first: so many first frames end somewhere in the middle, where the seed says.
        delay_seconds: pause before every frame.
        silent_first: so many first frames never arrive.
        dead_after_bytes: the line says nothing more after so many bytes; None for never.

    """

    seed: int = 0
    noise_before: bytes = b""
    one_byte_at_a_time: bool = False
    spoil_first: int = 0
    cut_first: int = 0
    delay_seconds: float = 0.0
    silent_first: int = 0
    dead_after_bytes: int | None = None


CLEAN: Final = WireFaults()


class FaultyLine:
    """Turns the frames that a device writes into the pieces that arrive."""

    def __init__(self, faults: WireFaults = CLEAN) -> None:
        self.faults = faults
        self._chance = random.Random(faults.seed)  # noqa: S311 - faults, not secrets
        self._frames = 0
        self._sent_bytes = 0

    def pieces(self, frame: bytes) -> list[bytes]:
        """Return what arrives of ``frame``: pieces with a pause between them."""
        number, self._frames = self._frames, self._frames + 1
        arriving = self._damaged(frame, number)
        if arriving:
            arriving = self.faults.noise_before + arriving
        arriving = self._until_dead(arriving)
        if self.faults.one_byte_at_a_time:
            return [arriving[at : at + 1] for at in range(len(arriving))]
        return [arriving] if arriving else []

    def _damaged(self, frame: bytes, number: int) -> bytes:
        faults = self.faults
        if number < faults.silent_first or not frame:
            return b""
        if number < faults.spoil_first:
            at = self._chance.randrange(len(frame))
            return (
                frame[:at] + bytes((frame[at] ^ 1 << self._chance.randrange(7),)) + frame[at + 1 :]
            )
        if number < faults.cut_first:
            return frame[: self._chance.randrange(1, max(2, len(frame)))]
        return frame

    def _until_dead(self, arriving: bytes) -> bytes:
        if self.faults.dead_after_bytes is not None:
            arriving = arriving[: max(0, self.faults.dead_after_bytes - self._sent_bytes)]
        self._sent_bytes += len(arriving)
        return arriving


def drawn(seed: int) -> WireFaults:
    """Draw a survivable mixture of faults: after a few bad frames the line works."""
    chance = random.Random(seed)  # noqa: S311 - faults, not secrets
    return WireFaults(
        seed=seed,
        noise_before=chance.randbytes(chance.randrange(5)),
        one_byte_at_a_time=chance.random() < 0.5,
        spoil_first=chance.randrange(3),
        cut_first=chance.randrange(3),
        delay_seconds=chance.choice((0.0, 0.0, 0.02)),
        silent_first=chance.randrange(2),
    )
