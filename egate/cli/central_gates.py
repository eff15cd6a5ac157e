"""``egate central gates`` and ``order``: how the gates stand, and what they are asked to do."""

import argparse
import asyncio
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from egate.central.database import Pool
from egate.central.gate_orders import (
    EnrolledGate,
    Order,
    Standing,
    enrolled_gates,
    give_order,
    standing_of,
)
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.ports.commands import FROM_AFAR, OrderOutcome
from egate.ports.supervision import OfficerOrder
from egate.reporting.command_mapping import decode_outcome
from egate.reporting.gate_mapping import encode_order
from egate.wire.v1 import gate_pb2

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_POLL_SECONDS: Final = 0.2
_MAX_SECONDS: Final = 3600
_TEXT: Final = re.compile(r"[ -~]{1,200}")
_OFFICER: Final = re.compile(r"[ -~]{1,64}")
_DONE: Final = frozenset({OrderOutcome.CARRIED_OUT, OrderOutcome.MEANINGLESS})


def configure(commands: "Commands") -> None:
    gates = commands.add_parser(
        "gates",
        help="enrolled gates: last seen, mode, state, certificate",
        description="Print every enrolled gate and how it stood when it last asked for orders.",
    )
    add_config(gates)
    gates.add_argument("--json", action="store_true", help="as one JSON document")
    gates.set_defaults(run=_gates)
    order = commands.add_parser(
        "order",
        help="order a gate to close, open, feed the desk, or stop for maintenance",
        description="Give an order to a gate, and wait for what comes of it; the gate asks every"
        " five seconds. Exit code 0: carried out, or it was so already; 1: not, or not known.",
    )
    add_config(order)
    order.add_argument("--officer", required=True, metavar="ID", help="who orders")
    order.add_argument("--reason", required=True, metavar="TEXT", help="why; nothing personal")
    order.add_argument(
        "--valid-seconds", type=int, default=60, metavar="N", help="default: 60, at most 3600"
    )
    order.add_argument("gate", metavar="GATE")
    order.add_argument("order", type=OfficerOrder, choices=sorted(FROM_AFAR), metavar="ORDER")
    order.set_defaults(run=_order)


def _gates(arguments: argparse.Namespace) -> int:
    gates = [_as_json(gate) for gate in asked(settings_of(arguments), enrolled_gates)]
    if arguments.json:
        print_json({"gates": gates})
        return 0
    for gate in gates:
        stands = f"{gate['mode']} {gate['state']}" if gate["seen_at"] else "never seen"
        conditions = " ".join(gate["conditions"])
        print(
            f"{gate['gate_id']} {gate['border_crossing_point']}: {stands} {conditions}".rstrip()
            + f" (seen {gate['seen_at'] or '-'}, certificate until"
            f" {gate['certificate_until'] or '-'})"
        )
    return 0


def _as_json(gate: EnrolledGate) -> dict[str, Any]:
    status = gate_pb2.GateStatus.FromString(gate.status or b"")
    return {
        "gate_id": gate.gate_id,
        "border_crossing_point": gate.border_crossing_point,
        "enrolled_at": _time(gate.enrolled_at),
        "certificate_until": _time(gate.certificate_until),
        "seen_at": _time(gate.seen_at),
        "mode": status.mode,
        "state": status.state,
        "direction": status.direction,
        "flow": status.flow,
        "conditions": list(status.conditions),
        "findings": list(status.findings),
        "outbox_depth": status.outbox_depth,
        "software_version": status.software_version,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _order(arguments: argparse.Namespace) -> int:
    seconds: int = arguments.valid_seconds
    if not 1 <= seconds <= _MAX_SECONDS:
        raise BadInput(f"--valid-seconds: 1 to {_MAX_SECONDS}")
    if not _OFFICER.fullmatch(arguments.officer) or not _TEXT.fullmatch(arguments.reason):
        raise BadInput("--officer, --reason: printable ASCII, at most 64 and 200 characters")
    order = Order(
        arguments.gate,
        encode_order(arguments.order),
        arguments.officer,
        arguments.reason,
        timedelta(seconds=seconds),
    )

    async def give(pool: Pool) -> OrderOutcome | None:
        order_id = await give_order(pool, order)
        if order_id is None:
            raise BadInput(f"{order.gate_id}: no such gate is enrolled")
        return await _outcome(pool, order_id, seconds)

    outcome = asked(settings_of(arguments), give)
    print(outcome or "not known: the gate has it, and has not answered")
    return 0 if outcome in _DONE else 1


async def _outcome(pool: Pool, order_id: int, seconds: int) -> OrderOutcome | None:
    try:
        async with asyncio.timeout(seconds + 2 * _POLL_SECONDS):
            while True:
                found = await standing_of(pool, order_id)
                if found is not None and (said := _said(found)) is not None:
                    return said
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        return None


def _said(found: Standing) -> OrderOutcome | None:
    return decode_outcome(found.outcome) or (OrderOutcome.EXPIRED if found.expired else None)
