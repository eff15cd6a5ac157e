"""The doors, lights and sensors of a lane: what the board's coils move and its inputs see.

Pure: time is an argument, in seconds of any steady clock.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final


class Coil(IntEnum):
    ENTRY_OPEN = 0
    EXIT_OPEN = 1
    ENTRY_LOCK = 2
    EXIT_LOCK = 3
    RED = 4
    GREEN = 5
    BLUE = 6
    BUZZER = 7
    WATCHDOG = 8
    FACE_LIGHT = 10


COIL_COUNT: Final = max(Coil) + 1  # one between them is not wired


class Input(IntEnum):
    ENTRY_CLOSED = 0
    ENTRY_OPEN = 1
    EXIT_CLOSED = 2
    EXIT_OPEN = 3
    PRESENCE_1 = 4
    PRESENCE_2 = 5
    PRESENCE_3 = 6
    SAFETY_EDGE = 7
    EMERGENCY_RELEASE = 8
    TAMPER = 9
    RELEASE_BUTTON = 10


@dataclass
class Door:
    """A motor with two end switches.

    Args:
        open_coil: drives the door towards open while on, towards closed while off.
        lock_coil: while on, the door is held closed whatever the open coil says.
        opened: from 0.0, closed, to 1.0, open.
        pushed: somebody holds it half open, against the motor and the lock.

    """

    open_coil: Coil
    lock_coil: Coil
    opened: float = 0.0
    pushed: bool = False

    def move(self, *, towards_open: bool, obstructed: bool, stroke: float) -> None:
        """Move by at most ``stroke``; an obstruction stops closing, never opening."""
        if towards_open:
            self.opened = min(1.0, self.opened + stroke)
        elif not obstructed:
            self.opened = max(0.0, self.opened - stroke)
        if self.pushed:
            self.opened = max(0.5, self.opened)


@dataclass
class Lane:
    """Two doors and a board between them and the gate.

    A one-step lane has its single barrier at the ``entry`` coils.

    Args:
        motor_seconds: from closed to open and back.
        watchdog_seconds: without a write to the watchdog coil for so long the board
            closes the doors and drops their open coils, unless a person is in the way
            (beam 2 or 3); then it waits until the way is free.
        now: the time at power-on.
        emergency_apart: the emergency contact is wired to a board of its own, and not to
            this one's input; the doors are released by it all the same.
        lights_apart: the lamps are wired to a board of their own; this one's switch nothing.

    """

    motor_seconds: float = 0.8
    watchdog_seconds: float = 3.0
    now: float = 0.0
    emergency_apart: bool = False
    lights_apart: bool = False
    presence: list[bool] = field(default_factory=lambda: [False] * 3)
    obstructed: bool = False
    emergency: bool = False
    tamper: bool = False
    release_button: bool = False
    coils: list[bool] = field(default_factory=lambda: [False] * COIL_COUNT, init=False)

    def __post_init__(self) -> None:
        self.entry = Door(Coil.ENTRY_OPEN, Coil.ENTRY_LOCK)
        self.exit = Door(Coil.EXIT_OPEN, Coil.EXIT_LOCK)
        self.lamps = dict.fromkeys((Coil.RED, Coil.GREEN, Coil.BLUE, Coil.BUZZER), False)
        self._heartbeat = self.now

    def write_coil(self, address: int, value: bool) -> None:  # noqa: FBT001 - a coil is a bit
        """Set one coil at the time of the last ``advance``."""
        self.coils[address] = value
        if address == Coil.WATCHDOG:
            self._heartbeat = self.now

    def advance(self, now: float) -> None:
        """Let the time pass until ``now``."""
        elapsed, self.now = max(0.0, now - self.now), max(now, self.now)
        person_in_the_way = self.presence[1] or self.presence[2]
        if self.heartbeat_seconds > self.watchdog_seconds and not person_in_the_way:
            self.coils[Coil.ENTRY_OPEN] = self.coils[Coil.EXIT_OPEN] = False
        stroke = elapsed / self.motor_seconds if self.motor_seconds else 1.0
        for door in (self.entry, self.exit):
            wanted = self.coils[door.open_coil] and not self.coils[door.lock_coil]
            door.move(
                towards_open=wanted or self.emergency,  # the release is wired past the board
                obstructed=self.obstructed,
                stroke=stroke,
            )

    def read_input(self, address: int) -> bool:
        """Return one discrete input as of the last ``advance``."""
        inputs = {
            Input.ENTRY_CLOSED: self.entry.opened == 0.0,
            Input.ENTRY_OPEN: self.entry.opened == 1.0,
            Input.EXIT_CLOSED: self.exit.opened == 0.0,
            Input.EXIT_OPEN: self.exit.opened == 1.0,
            Input.PRESENCE_1: self.presence[0],
            Input.PRESENCE_2: self.presence[1],
            Input.PRESENCE_3: self.presence[2],
            Input.SAFETY_EDGE: self.obstructed,
            Input.EMERGENCY_RELEASE: self.emergency and not self.emergency_apart,
            Input.TAMPER: self.tamper,
            Input.RELEASE_BUTTON: self.release_button,
        }
        return inputs[Input(address)]

    @property
    def heartbeat_seconds(self) -> float:
        """How long ago the gate last wrote the watchdog coil, or power came on."""
        return self.now - self._heartbeat

    @property
    def face_light(self) -> float:
        """How bright the lane's light on the face is, 0 or 1."""
        return float(self.coils[Coil.FACE_LIGHT])

    def is_lit(self, lamp: Coil) -> bool:
        """Whether ``lamp`` (or the buzzer) is on, whichever board switches it."""
        return self.lamps[lamp] if self.lights_apart else self.coils[lamp]

    @property
    def light(self) -> str:
        """What a traveller sees: ``ready`` (blue), ``busy`` (none), ``pass`` or ``stop``.

        With several lights on, red hides green and green hides blue.
        """
        for coil, meaning in ((Coil.RED, "stop"), (Coil.GREEN, "pass"), (Coil.BLUE, "ready")):
            if self.is_lit(coil):
                return meaning
        return "busy"
