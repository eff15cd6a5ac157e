"""What wires, chips and motors take."""

from dataclasses import dataclass

from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.vpcd import AT_ONCE


@dataclass(frozen=True, slots=True)
class Slowness:
    """What wires, chips and motors take.

    Args:
        baud: of the serial lines, 8N1.
        link: of the chip's.
        door_seconds: from closed to open and back.

    """

    baud: int = 9600
    link: Pace = AT_ONCE
    door_seconds: float = 0.8
