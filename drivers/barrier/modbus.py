"""A barrier behind a Modbus RTU board."""

from drivers.barrier.controlled import ControlledBarrier, ControlledOptions
from drivers.barrier.doorless import DoorlessBoard
from drivers.barrier.doors import DoorsOpen
from drivers.barrier.registers import RegisterMap
from drivers.options import OptionValues, parse_options
from drivers.transport.modbus_line import LineOptions, ModbusLine
from egate.domain.session.barrier import LaneSignal
from egate.ports.devices import BarrierSensors


class ModbusBarrierOptions(ControlledOptions, LineOptions, RegisterMap):
    """Options of the driver ``modbus``, besides those of the line and the addresses."""


class ModbusBoard:
    """A relay and input board: coils and discrete inputs by their addresses."""

    def __init__(self, line: ModbusLine, registers: RegisterMap) -> None:
        self._line = line
        self._registers = registers

    @property
    def has_face_light(self) -> bool:
        return self._registers.coil_face_light is not None

    async def move_doors(self, doors: DoorsOpen) -> None:
        coils = self._registers.doors(entry_open=doors.entry, exit_open=doors.exit)
        await self._line.write_coils(coils)

    async def show(self, signal: LaneSignal) -> None:
        await self._line.write_coils(self._registers.lights(signal))

    async def switch_face_light(self, *, on: bool) -> None:
        if self._registers.coil_face_light is not None:
            await self._line.write_coils({self._registers.coil_face_light: on})

    async def sound(self, *, on: bool) -> None:
        await self._line.write_coils({self._registers.coil_buzzer: on})

    async def beat(self, *, phase: bool) -> None:
        await self._line.write_coils({self._registers.coil_watchdog: phase})

    async def read(self) -> BarrierSensors:
        registers = self._registers
        bits = await self._line.read_inputs(registers.first_input, registers.input_count)
        return registers.sensors(bits)

    def close(self) -> None:
        self._line.close()


def open_modbus(address: str, options: OptionValues) -> ControlledBarrier:
    """Make the driver ``modbus``; ``address`` is the path of the line."""
    chosen = parse_options("modbus", ModbusBarrierOptions, options)
    board = ModbusBoard(ModbusLine(address, chosen), chosen)
    return ControlledBarrier(DoorlessBoard(board) if chosen.door == "none" else board, chosen)
