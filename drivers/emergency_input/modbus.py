"""An emergency contact on a Modbus RTU board of its own.

The contact is wired normally closed: its loop carries current as long as all is well, so a
pressed button, a cut wire and a lost supply look alike, and each of them is an emergency.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from pydantic import Field

from drivers.options import OptionValues, parse_options
from drivers.transport.finished import finished
from drivers.transport.modbus_line import LineOptions, ModbusLine
from egate.ports.devices import DeviceName


class ModbusInputOptions(LineOptions):
    """Options of the driver ``modbus``, besides those of the line.

    Args:
        input_emergency: address of the discrete input (FC 02).
        normally_closed: the input is active while all is well.
        poll_seconds: time between two readings.

    """

    input_emergency: Annotated[int, Field(ge=0, le=0xFFFF)] = 8
    normally_closed: bool = True
    poll_seconds: Annotated[float, Field(ge=0.01, le=1)] = 0.05


class ModbusEmergencyInput:
    """One input of one board.

    Args:
        line: of the board.
        options: of the driver.

    """

    def __init__(self, line: ModbusLine, options: ModbusInputOptions) -> None:
        self._line = line
        self._options = options
        self._one_at_a_time = asyncio.Lock()

    async def states(self) -> AsyncIterator[bool]:
        given: bool | None = None
        while True:
            active = await finished(self._read())
            if active is not given:
                given = active
                yield active
            await asyncio.sleep(self._options.poll_seconds)

    async def check(self) -> None:
        await finished(self._read())

    async def aclose(self) -> None:
        async with self._one_at_a_time:
            self._line.close()

    async def _read(self) -> bool:
        async with self._one_at_a_time:
            (closed,) = await self._line.read_inputs(self._options.input_emergency, 1)
        return closed is not self._options.normally_closed


def open_modbus_input(address: str, options: OptionValues) -> ModbusEmergencyInput:
    """Make the driver ``modbus``; ``address`` is the path of the line."""
    chosen = parse_options("modbus", ModbusInputOptions, options)
    line = ModbusLine(address, chosen, DeviceName.EMERGENCY_INPUT)
    return ModbusEmergencyInput(line, chosen)
