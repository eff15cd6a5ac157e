"""The serial MRZ readers by name: what each can be told, and the shell around its framing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from drivers.mrz_reader.elyctis import CONTINUOUS_OFF, CONTINUOUS_ON, INQUIRE, ElyctisDecoder
from drivers.mrz_reader.line_push import LinePushDecoder
from drivers.mrz_reader.message import Decoder
from drivers.mrz_reader.rte_native import CheckFrom, RteDecoder
from drivers.mrz_reader.serial_reader import Dialogue, SerialMrzReader
from drivers.mrz_reader.syn_imager import RELEASE, TRIGGER, SynImagerDecoder, menu_command
from drivers.options import DriverOptions, OptionValues, parse_options
from drivers.transport.serial_stream import SerialStream
from egate.ports.devices import DeviceName, DriverOptionError

Byte = Annotated[int, Field(ge=0, le=0x1F)]  # a control character: no line holds one
BaudRate = Annotated[int, Field(ge=300, le=4_000_000)]


class SerialOptions(DriverOptions):
    """Options of every serial MRZ reader."""

    baud_rate: BaudRate = 9600
    debounce_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0


class LinePushOptions(SerialOptions):
    """Options of the driver ``line_push``."""

    start: Byte = 0x02
    end: Byte = 0x03


class ElyctisOptions(SerialOptions):
    """Options of the driver ``elyctis``."""

    mode: Literal["continuous", "inquire"] = "continuous"
    poll_seconds: Annotated[float, Field(gt=0, le=10)] = 0.3


class SynImagerOptions(SerialOptions):
    """Options of the driver ``syn_imager``.

    Args:
        mode: ``trigger``: told again and again to read; ``presentation``: reads by itself.
        poll_seconds: between two triggers.
        question: a command of the menu that changes nothing and is answered.

    """

    mode: Literal["trigger", "presentation"] = "trigger"
    poll_seconds: Annotated[float, Field(gt=0, le=10)] = 0.5
    question: Annotated[str, Field(pattern=r"^[A-Z0-9?^*]{3,16}[.!]$")] = "REVINF."


class RteOptions(SerialOptions):
    """Options of the driver ``rte_native``."""

    check_from: CheckFrom = "length"


def open_line_push(
    address: str, options: OptionValues, clock: Callable[[], float]
) -> SerialMrzReader:
    """Make the driver ``line_push``; ``address`` is the path of the line."""
    chosen = parse_options("line_push", LinePushOptions, options)
    if chosen.start == chosen.end:
        raise DriverOptionError("driver line_push: option end: must differ from start")

    def decoder() -> Decoder:
        return LinePushDecoder(start=chosen.start, end=chosen.end)

    return _on_line(address, decoder, Dialogue(), chosen, clock)


def open_elyctis(
    address: str, options: OptionValues, clock: Callable[[], float]
) -> SerialMrzReader:
    """Make the driver ``elyctis``; ``address`` is the path of the line."""
    chosen = parse_options("elyctis", ElyctisOptions, options)
    continuous = chosen.mode == "continuous"
    dialogue = Dialogue(
        greeting=CONTINUOUS_ON if continuous else CONTINUOUS_OFF,
        question=INQUIRE,
        poll_seconds=None if continuous else chosen.poll_seconds,
        sees=True,
    )
    return _on_line(address, ElyctisDecoder, dialogue, chosen, clock)


def open_syn_imager(
    address: str, options: OptionValues, clock: Callable[[], float]
) -> SerialMrzReader:
    """Make the driver ``syn_imager``; ``address`` is the path of the line."""
    chosen = parse_options("syn_imager", SynImagerOptions, options)
    dialogue = Dialogue(question=menu_command(chosen.question))
    if chosen.mode == "trigger":
        dialogue = replace(
            dialogue, trigger=TRIGGER, farewell=RELEASE, poll_seconds=chosen.poll_seconds
        )
    return _on_line(address, SynImagerDecoder, dialogue, chosen, clock)


def open_rte_native(
    address: str, options: OptionValues, clock: Callable[[], float]
) -> SerialMrzReader:
    """Make the driver ``rte_native``; ``address`` is the path of the line."""
    chosen = parse_options("rte_native", RteOptions, options)

    def decoder() -> Decoder:
        return RteDecoder(chosen.check_from)

    return _on_line(address, decoder, Dialogue(), chosen, clock)


def _on_line(
    address: str,
    decoder: Callable[[], Decoder],
    dialogue: Dialogue,
    options: SerialOptions,
    clock: Callable[[], float],
) -> SerialMrzReader:
    stream = SerialStream(DeviceName.MRZ_READER, address, options.baud_rate)
    return SerialMrzReader(stream, decoder, dialogue, options.debounce_seconds, clock)
