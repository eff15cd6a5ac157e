"""A small board of its own for the emergency input, the release button and the lights.

Some lanes wire these past the barrier's controller: the contact of the fire panel must reach
the gate when the controller is dead, and a turnstile may have no lamps. It is the same make of
board, so its map is the barrier board's: input 8 the emergency release, input 10 the release
button, coils 4 to 6 red, green and blue, coil 7 the buzzer. Its other coils and inputs are not
wired, and read as off. The emergency contact is normally closed: off is an emergency.
"""

from typing import Final

from hardware_mocks.barrier.lane import COIL_COUNT, Coil, Input, Lane
from hardware_mocks.wire.modbus_server import CoilTable, ModbusSlave
from hardware_mocks.wire.pty import Pty
from hardware_mocks.wire.rtu_line import RtuLine

_LAMPS: Final = frozenset((Coil.RED, Coil.GREEN, Coil.BLUE, Coil.BUZZER))


class SignalBoard:
    """The far end of an emergency input, of signal lights, or of both.

    Args:
        pty: the line; the gate opens ``pty.path``.
        lane: what the board is wired to.
        unit: Modbus unit id; others are ignored.

    """

    def __init__(self, pty: Pty, lane: Lane, *, unit: int = 1) -> None:
        self._lane = lane
        self._coils = [False] * COIL_COUNT
        table = CoilTable(
            coil_count=COIL_COUNT,
            input_count=len(Input),
            read_coil=lambda address: self._coils[address],
            read_input=self._read_input,
            write_coil=self._write_coil,
        )
        self._line = RtuLine(pty, ModbusSlave(table, unit=unit).answer)

    async def run(self) -> None:
        """Answer the gate until the line is closed."""
        await self._line.serve()

    def _read_input(self, address: int) -> bool:
        match Input(address):
            case Input.EMERGENCY_RELEASE:
                return not self._lane.emergency
            case Input.RELEASE_BUTTON:
                return self._lane.release_button
            case _:
                return False

    def _write_coil(self, address: int, value: bool) -> None:  # noqa: FBT001 - a coil is a bit
        self._coils[address] = value
        if address in _LAMPS:
            self._lane.lamps[Coil(address)] = value
