"""A barrier behind a controller of turnstiles that speaks frames (Digicon and alike).

Known of the protocol: frames ``02 sizeLo sizeHi command... XOR``, ``06`` for yes, ``15`` for
no, and the commands ``1A`` and ``1B`` that the controller sends when a passage is done.
The rest is assumed here, and every assumption that may differ is an option:

* the line is 8N1; the size counts the command and what follows it, and not the XOR;
  the XOR begins at the size (``check_from``);
* an order is a command and one byte, answered by ``06`` or ``15``: the doors (bit 0 the
  entry open, bit 1 the exit open, else closed), the lights (bit 0 red, 1 green, 2 blue),
  the light on the face (0 or 1), and the heartbeat, without which the controller closes;
* the question for the state is answered by a frame of the same command: one byte of the
  doors as told last, then two of inputs, the lowest bit of the first byte being input 0;
* ``1A`` is a passage in walking direction and ``1B`` one against it, both are confirmed
  by ``06`` and sent again without it. Where no third light barrier is wired
  (``third_beam = "told"``), either one stands for a short break of it.

As ``06`` does not say which order it answers, the state is asked for after every order
to the doors, and must repeat it.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from drivers.barrier.controlled import ControlledBarrier, ControlledOptions
from drivers.barrier.doors import DoorsOpen
from drivers.barrier.registers import InputMap
from drivers.barrier.turnstile_frames import (
    ACKNOWLEDGEMENT,
    Acknowledged,
    Covered,
    Message,
    Payload,
    Refused,
    TurnstileDecoder,
    encode,
)
from drivers.options import OptionValues, parse_options
from drivers.transport.serial_stream import SerialStream
from egate.domain.session.barrier import LaneSignal
from egate.ports.devices import BarrierSensors, DeviceError, DeviceName, DriverOptionError

_TRIES: Final = 3
_LONGEST_PAUSE_SECONDS: Final = 1.0  # an evacuation may be waiting behind it
_STATE_BYTES: Final = 4  # command, doors, two of inputs
_INPUT_BITS: Final = 16
_PASSAGE_COMMANDS: Final = (0x1A, 0x1B)
_MOST_PASSAGES: Final = 4  # that are told before anybody asked
_LIGHTS: Final = {
    LaneSignal.STOP: 0b001,
    LaneSignal.PASS: 0b010,
    LaneSignal.READY: 0b100,
    LaneSignal.BUSY: 0b000,
}

Command = Annotated[int, Field(ge=0x01, le=0xFF)]


class TurnstileOptions(ControlledOptions, InputMap):
    """Options of the driver ``turnstile``; inputs are numbered 0 to 15."""

    baud_rate: Annotated[int, Field(ge=300, le=4_000_000)] = 9600
    answer_seconds: Annotated[float, Field(gt=0, le=5)] = 0.3
    check_from: Covered = "size"
    command_doors: Command = 0x44
    command_lights: Command = 0x4C
    command_face_light: Command = 0x46
    command_heartbeat: Command = 0x57
    command_state: Command = 0x53
    face_light: bool = False
    third_beam: Literal["wired", "told"] = "wired"

    @model_validator(mode="after")
    def _commands_differ(self) -> Self:
        named = [name for name in TurnstileOptions.model_fields if name.startswith("command_")]
        commands = [*_PASSAGE_COMMANDS, *(getattr(self, name) for name in named)]
        if len(set(commands)) < len(commands):
            raise ValueError("two commands are the same")
        if self.first_input + self.input_count > _INPUT_BITS:
            raise ValueError(f"an input has a number above {_INPUT_BITS - 1}")
        return self


class TurnstileBoard:
    """Orders and questions to one controller."""

    def __init__(self, stream: SerialStream, options: TurnstileOptions) -> None:
        self._stream = stream
        self._options = options
        self._decoder = TurnstileDecoder(options.check_from)
        self._passages = 0
        self._beam_shown = False

    @property
    def has_face_light(self) -> bool:
        return self._options.face_light

    async def move_doors(self, doors: DoorsOpen) -> None:
        told = doors.entry | doors.exit << 1
        await self._order(self._options.command_doors, told)
        if (await self._state())[1] != told:
            raise DeviceError(DeviceName.BARRIER, "the controller did not take an order")

    async def show(self, signal: LaneSignal) -> None:
        await self._order(self._options.command_lights, _LIGHTS[signal])

    async def switch_face_light(self, *, on: bool) -> None:
        await self._order(self._options.command_face_light, int(on))

    async def sound(self, *, on: bool) -> None:
        """Do nothing: no command of its is known for a sound."""

    async def beat(self, *, phase: bool) -> None:
        await self._order(self._options.command_heartbeat, int(phase))

    async def read(self) -> BarrierSensors:
        state = await self._state()
        inputs = int.from_bytes(state[2:], "little") >> self._options.first_input
        bits = [bool(inputs >> at & 1) for at in range(self._options.input_count)]
        sensors = self._options.sensors(bits)
        return self._with_told_beam(sensors) if self._options.third_beam == "told" else sensors

    def close(self) -> None:
        self._stream.close()
        self._decoder = TurnstileDecoder(self._options.check_from)
        self._passages, self._beam_shown = 0, False

    async def _order(self, command: int, argument: int) -> None:
        await self._asked(bytes((command, argument)), Acknowledged)

    async def _state(self) -> bytes:
        answer = await self._asked(bytes((self._options.command_state,)), Payload)
        return answer.content if isinstance(answer, Payload) else b""

    async def _asked(self, payload: bytes, wanted: type[Message]) -> Message:
        if not self._stream.is_open:
            self.close()  # nothing that came before the loss has an end
        refused = False
        for _ in range(_TRIES):
            await self._stream.write(encode(payload, self._options.check_from))
            try:
                async with asyncio.timeout(self._options.answer_seconds):
                    answer = await self._answer(wanted)
            except TimeoutError:
                await self._forget_late_answers()
                continue
            if not isinstance(answer, Refused):
                return answer
            refused = True
        self.close()
        fault = f"refused command {payload[0]:02X}" if refused else "does not answer"
        raise DeviceError(DeviceName.BARRIER, f"the controller of the turnstile {fault}")

    async def _answer(self, wanted: type[Message]) -> Message:
        found: Message | None = None
        while found is None:
            for message in self._decoder.feed(await self._stream.read()):
                if isinstance(message, Payload) and message.content[0] in _PASSAGE_COMMANDS:
                    await self._stream.write(ACKNOWLEDGEMENT)
                    self._passages = min(self._passages + 1, _MOST_PASSAGES)
                elif isinstance(message, Refused) or self._fits(message, wanted):
                    found = message
        return found

    def _fits(self, message: Message, wanted: type[Message]) -> bool:
        if isinstance(message, Payload):
            state = bytes((self._options.command_state,))
            whole = len(message.content) == _STATE_BYTES and message.content.startswith(state)
            return wanted is Payload and whole
        return isinstance(message, wanted)

    async def _forget_late_answers(self) -> None:
        """An answer that is late must not be taken for the next one's."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._options.answer_seconds):
                while True:
                    await self._stream.read()
        self._decoder = TurnstileDecoder(self._options.check_from)

    def _with_told_beam(self, sensors: BarrierSensors) -> BarrierSensors:
        """Show each passage as one reading with the beam broken, and one without."""
        self._beam_shown = not self._beam_shown and self._passages > 0
        self._passages -= self._beam_shown
        mouth, reader, _ = sensors.presence
        return replace(sensors, presence=(mouth, reader, self._beam_shown))


def open_turnstile(address: str, options: OptionValues) -> ControlledBarrier:
    """Make the driver ``turnstile``; ``address`` is the path of the line."""
    chosen = parse_options("turnstile", TurnstileOptions, options)
    if chosen.door == "none":
        raise DriverOptionError("driver turnstile: option door: a turnstile has one")
    stream = SerialStream(
        DeviceName.BARRIER,
        address,
        chosen.baud_rate,
        longest_pause_seconds=_LONGEST_PAUSE_SECONDS,
    )
    return ControlledBarrier(TurnstileBoard(stream, chosen), chosen)
