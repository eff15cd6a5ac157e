"""One Modbus RTU board on a serial line: three requests, each tried three times."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

import serial
from pydantic import Field
from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import ReadDiscreteInputsResponse

from drivers.options import DriverOptions
from drivers.transport.backoff import Backoff
from drivers.transport.modbus_rtu import answer_of
from drivers.transport.serial_stream import LINE_ERRORS, why
from egate.ports.devices import DeviceError, DeviceName

_TRIES: Final = 3
_LONGEST_PAUSE_SECONDS: Final = 1.0  # an evacuation may be waiting behind it


class LineOptions(DriverOptions):
    """How the line is set up; the defaults are those of most boards."""

    baud_rate: Annotated[int, Field(ge=300, le=4_000_000)] = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    unit: Annotated[int, Field(ge=1, le=247)] = 1
    answer_seconds: Annotated[float, Field(gt=0, le=5)] = 0.3


class ModbusLine:
    """Requests to the board ``options.unit`` on the line at ``path``; one at a time.

    Every request opens the line if need be, and raises ``DeviceError`` when the
    line is lost or the board does not answer or refuses.
    """

    def __init__(
        self, path: str, options: LineOptions, device: DeviceName = DeviceName.BARRIER
    ) -> None:
        self._device = device
        self._path = path
        self._options = options
        self._client: AsyncModbusSerialClient | None = None
        self._backoff = Backoff(_LONGEST_PAUSE_SECONDS)
        self._asked = b""  # the request under way

    async def read_inputs(self, first: int, count: int) -> list[bool]:
        """Return ``count`` discrete inputs from ``first`` on (FC 02)."""
        client, what = await self._connected(), f"inputs {first} to {first + count - 1}"
        with self._errors(what):
            answer = await client.read_discrete_inputs(
                first, count=count, device_id=self._options.unit
            )
        if not isinstance(answer, ReadDiscreteInputsResponse) or len(answer.bits) < count:
            raise self._refused(answer, what)
        return list(answer.bits[:count])

    async def write_coils(self, coils: Mapping[int, bool]) -> None:
        """Set ``coils`` (address to state): by one FC 0F if they lie side by side, else FC 05.

        One by one those that go off come first: a door is told to close before another opens.
        """
        addresses = sorted(coils)
        if len(addresses) > 1 and addresses[-1] - addresses[0] + 1 == len(addresses):
            await self._write_row(addresses[0], [coils[address] for address in addresses])
            return
        for address, state in sorted(coils.items(), key=lambda coil: coil[1]):
            await self._write_one(address, state=state)

    def close(self) -> None:
        """Let the line go."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def _write_row(self, first: int, states: list[bool]) -> None:
        client, what = await self._connected(), f"coils {first} to {first + len(states) - 1}"
        with self._errors(what):
            answer = await client.write_coils(first, states, device_id=self._options.unit)
        if answer.isError():
            raise self._refused(answer, what)

    async def _write_one(self, address: int, *, state: bool) -> None:
        client, what = await self._connected(), f"coil {address}"
        with self._errors(what):
            answer = await client.write_coil(address, state, device_id=self._options.unit)
        if answer.isError():
            raise self._refused(answer, what)

    async def _connected(self) -> AsyncModbusSerialClient:
        if self._client is not None and self._client.connected:
            return self._client
        self.close()
        await self._backoff.pause()
        options = self._options
        client = AsyncModbusSerialClient(
            self._path,
            baudrate=options.baud_rate,
            parity=options.parity,
            stopbits=options.stop_bits,
            timeout=options.answer_seconds,
            retries=_TRIES - 1,
            trace_packet=self._filtered,
            reconnect_delay=0,  # this class reconnects, when it is asked for something
        )
        try:
            # The client keeps the reason of a failure to itself, so it is found out here.
            serial.Serial(self._path, options.baud_rate, exclusive=True).close()
            opened = await client.connect()
        except LINE_ERRORS as error:
            self._backoff.failed()
            raise DeviceError(self._device, why(self._path, error)) from error
        if not opened:
            self._backoff.failed()
            raise DeviceError(self._device, f"{self._path}: cannot be opened")
        self._client = client
        return client

    def _filtered(self, sending: bool, packet: bytes) -> bytes:  # noqa: FBT001 - the library's
        if sending:
            self._asked = packet
            return packet
        return answer_of(self._asked, packet)

    @contextlib.contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ModbusException, *LINE_ERRORS) as error:
            self.close()
            self._backoff.failed()
            reason = f"the board (unit {self._options.unit}) does not answer ({what})"
            raise DeviceError(self._device, f"{self._path}: {reason}") from error
        self._backoff.succeeded()

    def _refused(self, answer: ModbusPDU, what: str) -> DeviceError:
        self.close()  # whatever is still under way answers nobody
        return DeviceError(
            self._device,
            f"{self._path}: the board refused {what}"
            if answer.isError()
            else f"{self._path}: the board did not confirm {what}",
        )
