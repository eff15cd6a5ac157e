"""The lane's lights on a Modbus RTU board of their own: red, green, blue."""

import asyncio
from typing import Annotated, Self

from pydantic import Field, model_validator

from drivers.options import OptionValues, parse_options
from drivers.transport.finished import finished
from drivers.transport.modbus_line import LineOptions, ModbusLine
from egate.domain.session.barrier import LaneSignal
from egate.ports.devices import DeviceName

Address = Annotated[int, Field(ge=0, le=0xFFFF)]


class ModbusLightsOptions(LineOptions):
    """Options of the driver ``modbus``, besides those of the line: addresses of the coils."""

    coil_red: Address = 4
    coil_green: Address = 5
    coil_blue: Address = 6

    @model_validator(mode="after")
    def _coils_are_apart(self) -> Self:
        if len({self.coil_red, self.coil_green, self.coil_blue}) < len(LaneSignal) - 1:
            raise ValueError("two coils have the same address")
        return self

    def coils(self, signal: LaneSignal) -> dict[int, bool]:
        """Return what each coil is for ``signal``: red cross, green arrow, blue; or none."""
        return {
            self.coil_red: signal is LaneSignal.STOP,
            self.coil_green: signal is LaneSignal.PASS,
            self.coil_blue: signal is LaneSignal.READY,
        }


class ModbusSignalLights:
    """Three lamps; a board that was lost shows again what it last should have.

    Args:
        line: of the board.
        options: of the driver.

    """

    def __init__(self, line: ModbusLine, options: ModbusLightsOptions) -> None:
        self._line = line
        self._options = options
        self._wanted: LaneSignal | None = None
        self._one_at_a_time = asyncio.Lock()

    async def set_signal(self, signal: LaneSignal) -> None:
        self._wanted = signal
        await finished(self._show())

    async def check(self) -> None:
        await finished(self._show())

    async def aclose(self) -> None:
        async with self._one_at_a_time:
            self._line.close()

    async def _show(self) -> None:
        async with self._one_at_a_time:
            # The latest, whoever asked: an older signal never comes after a newer one.
            await self._line.write_coils(self._options.coils(self._wanted or LaneSignal.BUSY))


def open_modbus_lights(address: str, options: OptionValues) -> ModbusSignalLights:
    """Make the driver ``modbus``; ``address`` is the path of the line."""
    chosen = parse_options("modbus", ModbusLightsOptions, options)
    return ModbusSignalLights(ModbusLine(address, chosen, DeviceName.SIGNAL_LIGHTS), chosen)
