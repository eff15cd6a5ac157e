"""Orders to a running lane: one JSON object a line on standard input."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from hardware_mocks.lane.condition import Condition
from hardware_mocks.lane.devices import LaneDevices
from hardware_mocks.lane.scenario import parse_visit
from hardware_mocks.outcome import BadInput
from hardware_mocks.world.plan import PlannedVisit

VISITOR: Final = {"name": "SPECIMEN, FARZANA ISLAM", "kind": "genuine", "person": "P001"}
_ORDERS: Final = "approach, device, emergency, tamper, release_button, obstruct, push"


def somebody_writes() -> bool:
    """Whether standard input can tell its end: a pipe or a socket."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


async def lines_of_standard_input() -> AsyncIterator[bytes]:
    """Give line after line until the other end closes."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    try:
        while line := await _line(reader):
            yield line
    finally:
        transport.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:  # longer than the reader's limit, and thrown away by it
        return b"too long\n"


def carry_out_line(
    line: bytes, devices: LaneDevices, approach: Callable[[PlannedVisit], None]
) -> None:
    """Carry out the order of one line; raises BadInput if it is none.

    ``{"do": "approach", ...}`` sends a traveller; the rest of the object is as in a scenario
    file, all of it optional. Every other order is one to the devices.
    """
    order = _parse(line)
    if order.get("do") == "approach":
        del order["do"]
        approach(parse_visit({**VISITOR, **order}))
    else:
        carry_out(order, devices)


def carry_out(given: Mapping[str, Any], devices: LaneDevices) -> None:
    """Carry out one order to the devices.

    ``{"do": "emergency" | "tamper" | "obstruct" | "release_button", "on": true}`` sets an
    input of the barrier board, ``{"do": "push", "on": true}`` holds the first door open by
    force. ``{"do": "device", "device": NAME, "condition": "unplugged"}`` brings a device into
    a condition, in which it stays.

    Raises:
        BadInput: it is no such order.

    """
    order = dict(given)
    lane = devices.lane
    match order.pop("do", None):
        case "emergency":
            lane.emergency = _on(order)
        case "tamper":
            lane.tamper = _on(order)
        case "release_button":
            lane.release_button = _on(order)
        case "obstruct":
            lane.obstructed = _on(order)
        case "push":
            lane.entry.pushed = _on(order)
        case "device":
            devices.set_condition(*_condition(order, devices))
        case _:
            raise BadInput(f"do: one of {_ORDERS}")


def _condition(order: Mapping[str, Any], devices: LaneDevices) -> tuple[str, Condition]:
    device, condition = order.get("device"), order.get("condition")
    if not isinstance(device, str) or device not in devices.conditions:
        raise BadInput(f"device: one of {', '.join(devices.conditions)}")
    names = [each.value for each in Condition]
    if condition not in names or len(order) > 2:
        raise BadInput(f"condition: one of {', '.join(names)}")
    return device, Condition(condition)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        order = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("no JSON") from None
    if not isinstance(order, dict):
        raise BadInput("no JSON object")
    return order


def _on(order: Mapping[str, Any]) -> bool:
    value = order.get("on", True)
    if not isinstance(value, bool) or set(order) - {"on"}:
        raise BadInput("on: true or false")
    return value
