"""How a device is while the lane runs: whole, or in one of the troubles of real devices."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.faults import CLEAN, WireFaults
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.pty import Pty
from hardware_mocks.wire.vpcd import InsertedChip

_FOR_EVER: Final = 1 << 62  # frames
_SLOW_SECONDS: Final = 0.25  # for each frame: more than most of a usual limit, and less than it
_SLOW_PICTURES_PER_SECOND: Final = 1.0
_NOISE: Final = b"\xff\x00"


class Condition(Enum):
    """How a device is."""

    WHOLE = "whole"
    UNPLUGGED = "unplugged"
    GARBLED = "garbled"  # every answer has a flipped bit
    SLOW = "slow"
    DEAD = "dead"  # plugged in, and says nothing


def set_line(pty: Pty, condition: Condition, *, seed: int = 0) -> None:
    """Bring a serial device into ``condition`` from its next frame on."""
    if condition is Condition.UNPLUGGED:
        pty.unplug()
        return
    faults = {
        Condition.GARBLED: WireFaults(seed=seed, spoil_first=_FOR_EVER, noise_before=_NOISE),
        Condition.SLOW: WireFaults(delay_seconds=_SLOW_SECONDS),
        Condition.DEAD: WireFaults(silent_first=_FOR_EVER),
    }
    pty.set_faults(faults.get(condition, CLEAN))
    pty.plug()


def set_camera(camera: MjpegCamera, condition: Condition, *, usual_pictures: float) -> None:
    """Bring the camera into ``condition`` from its next picture on."""
    camera.frozen = condition is Condition.DEAD
    camera.garbled = condition is Condition.GARBLED
    camera.away = condition is Condition.UNPLUGGED
    slow = condition is Condition.SLOW
    camera.pictures_per_second = _SLOW_PICTURES_PER_SECOND if slow else usual_pictures
    if camera.away:
        camera.hang_up()


class ChipInTrouble:
    """A chip behind a field that may be in trouble.

    Args:
        chip: the chip.
        condition: gives the condition at this moment.
        seed: of which bits are flipped.

    """

    def __init__(
        self, chip: InsertedChip, condition: Callable[[], Condition], *, seed: int = 0
    ) -> None:
        self._chip = chip
        self._condition = condition
        self._chance = random.Random(seed)  # noqa: S311 - faults, not secrets

    @property
    def atr(self) -> bytes:
        return self._chip.atr

    def enter_field(self) -> None:
        self._chip.enter_field()

    def reset(self) -> None:
        self._chip.reset()

    def transmit(self, apdu: bytes) -> bytes | None:
        """Answer as the chip does, or as little of it as arrives; b"" is no answer."""
        answer = self._chip.transmit(apdu)
        match self._condition():
            case Condition.DEAD:
                return b""
            case Condition.UNPLUGGED:
                return None
            case Condition.GARBLED if answer:
                at = self._chance.randrange(len(answer))
                flipped = answer[at] ^ 1 << self._chance.randrange(8)
                return answer[:at] + bytes((flipped,)) + answer[at + 1 :]
            case _:
                return answer


@dataclass(frozen=True, slots=True)
class LinkInTrouble(Pace):
    """The pace of a link that may be slow.

    Args:
        condition: gives the condition at this moment.

    """

    condition: Callable[[], Condition] = lambda: Condition.WHOLE

    def seconds(self, command_bytes: int, answer_bytes: int) -> float:
        slow = _SLOW_SECONDS if self.condition() is Condition.SLOW else 0.0
        return Pace.seconds(self, command_bytes, answer_bytes) + slow
