"""What must hold of a gate that is started after another one was killed."""

import asyncio
from dataclasses import dataclass
from typing import Final

from egate.cli.demo.site import GATE_ID
from egate.outbox.chain_audit import audit_of
from tests.gate_kills.killed_lane import KilledLane
from tests.gate_kills.ways import GENUINE, leave, settle, walk_out

SAFE_SECONDS: Final = 1.0
_SENT_SECONDS: Final = 20.0
_TRAVELLERS: Final = 3


@dataclass(frozen=True, slots=True)
class Restart:
    """What the gate after a kill did.

    Args:
        way: of the traveller whom the one before served.
        point: at which the one before was killed.
        safe_seconds: from its exec until the board had its first order to the doors, which
            must be a safe one.
        computed_seconds: what that took of a processor, whatever else ran on it.
        ready_seconds: from its exec until it served travellers, or the officer or the
            traveller whom it had to wait for.
        out_seconds: from its exec until the way back was told to open, None when nobody was
            between two doors. Before that the exit has to be closed.
        faults: laws that did not hold.

    """

    way: str
    point: str
    safe_seconds: float
    computed_seconds: float
    ready_seconds: float
    out_seconds: float | None
    faults: tuple[str, ...]


async def restart(lane: KilledLane, way: str, point: str) -> Restart:
    """Start a gate anew, look at what it does, and send a genuine traveller through."""
    faults: list[str] = []
    inside, evacuated = leave(lane), lane.devices.board.lane.emergency
    gate = await lane.start()
    ready_at, _ = await gate.said(event="ready")
    restarted_at, step = await gate.said(event="step", type="Restarted")
    if step["next_state"] == "Idle":
        await lane.until(lambda: lane.devices.light == "ready" or gate.state != "Idle")
        restarted_at = asyncio.get_running_loop().time() - gate.began
    evacuating = step["next_state"] == "Evacuating"
    if inside and not await walk_out(lane):
        faults.append("somebody was trapped")
    orders = list(lane.doors)
    lane.devices.board.lane.emergency = False
    await settle(lane)
    if not (evacuated or evacuating) and any(map(lane.lets_over_the_border, lane.doors)):
        faults.append("the barrier opened by itself")
    if evacuating and not (orders[0].entry and orders[0].exit):
        faults.append("an evacuation was interrupted")
    faults += await _faults_of_records(lane)
    if did := await _did_not_pass(lane):
        faults.append(f"the next traveller did not pass: {did}")
    out = next((order.at - gate.began for order in orders if inside and order.entry), None)
    safe, ready = orders[0], max(ready_at, restarted_at)
    return Restart(way, point, safe.at - gate.began, safe.computed, ready, out, tuple(faults))


async def _did_not_pass(lane: KilledLane) -> str:
    """Send genuine travellers until one passes; say what the last one did if none does.

    A machine that is too slow for its camera refers some of them.
    """
    did: list[str] = []
    for _ in range(_TRAVELLERS):
        did = await lane.receive(GENUINE)
        await settle(lane)
        if "passed" in did:
            return ""
    findings = (await lane.records())[-1].findings
    return f"{', '.join(did)} ({', '.join(findings)})"


async def _faults_of_records(lane: KilledLane) -> list[str]:
    if not await lane.until(lambda: not lane.waiting(), _SENT_SECONDS):
        return ["a record stayed in the outbox"]
    begun, delivered = lane.begun(), await lane.delivered()
    return [] if begun == delivered else [f"{delivered} records of {begun} sessions"]


async def faults_at_the_end(lane: KilledLane) -> list[str]:
    """Return what is wrong with all records together."""
    await lane.until(lambda: not lane.waiting(), _SENT_SECONDS)
    records = await lane.records()
    audit = audit_of(lane.site.folder / "journal.sqlite", GATE_ID)
    numbers = sorted(record.gate_seq for record in records)
    admitted = sum(record.verdict == "admit" for record in records)
    laws = {
        "a record twice": len({record.crossing_id for record in records}) == len(records),
        "a gap in the numbers": numbers == list(range(1, len(records) + 1)),
        "the chain is broken": audit.found is None and audit.links == len(records),
        "records are missing": len(records) == lane.begun(),
        "somebody passed who was not admitted": lane.truth.count("passed") <= admitted,
    }
    return [fault for fault, held in laws.items() if not held]
