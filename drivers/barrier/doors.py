"""The doors of a lane by their switches: where they should stand, and whether somebody pushed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from egate.domain.session.barrier import BarrierPosition
from egate.ports.devices import BarrierSensors

BorderDoor = Literal["entry", "exit", "none"]


@dataclass(frozen=True, slots=True)
class DoorsOpen:
    """Which doors are told to be open."""

    entry: bool = False
    exit: bool = False


ALL_CLOSED: Final = DoorsOpen()


def doors_at(position: BarrierPosition, border_door: BorderDoor) -> DoorsOpen:
    """Return which doors are open at ``position``; ``border_door`` leads over the border."""
    match position:
        case BarrierPosition.CLOSED:
            return ALL_CLOSED
        case BarrierPosition.ENTRY_OPEN:
            return DoorsOpen(entry=True)
        case BarrierPosition.EXIT_OPEN:
            return DoorsOpen(entry=border_door == "entry", exit=border_door == "exit")
        case BarrierPosition.RELEASED:
            return DoorsOpen(entry=True, exit=True)


def stand(doors: DoorsOpen, sensors: BarrierSensors) -> bool:
    """Say whether the switches show ``doors``."""
    entry = sensors.entry_open if doors.entry else sensors.entry_closed
    exit_ = sensors.exit_open if doors.exit else sensors.exit_closed
    return entry and exit_


def others_closed(doors: DoorsOpen, sensors: BarrierSensors) -> bool:
    """Say whether each door that ``doors`` keeps closed is closed by its switch."""
    return (doors.entry or sensors.entry_closed) and (doors.exit or sensors.exit_closed)


def name_switches(sensors: BarrierSensors) -> str:
    """Name the switches that are active, for a technician."""
    names = ("entry_closed", "entry_open", "exit_closed", "exit_open")
    return ", ".join(name for name in names if getattr(sensors, name)) or "none active"


class ForcedDoors:
    """Tells a door that was pushed open from one that has not closed yet.

    A door counts as forced from when it was told to be closed, stood so, and does so no
    more, until it is closed again or told to open.
    """

    def __init__(self) -> None:
        self._stood_closed: set[str] = set()

    def told(self, doors: DoorsOpen) -> None:
        """Take notice of where the doors are told to go."""
        self._stood_closed -= {name for name, is_open in _each(doors) if is_open}

    def look(self, doors: DoorsOpen, sensors: BarrierSensors) -> bool:
        """Return whether a door is forced; ``doors`` is what they were told last."""
        if sensors.emergency_release:  # wired past the controller: it opens what it likes
            self._stood_closed.clear()
            return False
        told_closed = {name for name, is_open in _each(doors) if not is_open}
        closed = {name for name, is_closed in _closed(sensors) if is_closed}
        forced = self._stood_closed & told_closed - closed
        self._stood_closed |= told_closed & closed
        return bool(forced)


def _each(doors: DoorsOpen) -> Iterator[tuple[str, bool]]:
    yield "entry", doors.entry
    yield "exit", doors.exit


def _closed(sensors: BarrierSensors) -> Iterator[tuple[str, bool]]:
    yield "entry", sensors.entry_closed
    yield "exit", sensors.exit_closed
