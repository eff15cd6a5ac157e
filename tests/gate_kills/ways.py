"""What happens in a lane while its gate is killed, and how people come out of it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from egate.domain.session.flow import Flow
from egate.ports.supervision import OfficerOrder
from egate.reporting.gate_client import GateUnavailable
from hardware_mocks.lane.orders import VISITOR
from hardware_mocks.lane.scenario import parse_traveller
from tests.gate_kills.killed_lane import PATIENCE_SECONDS, KilledLane

GENUINE: Final = parse_traveller(VISITOR)
IMPOSTOR: Final = parse_traveller({**VISITOR, "kind": "other_persons_passport", "face": "P005"})
FOLLOWED: Final = parse_traveller({**VISITOR, "kind": "tailgating"})

_LOOK_SECONDS: Final = 0.05
_STEP_SECONDS: Final = 0.2
_TRAPPED_SECONDS: Final = 15.0  # longer than that nobody may be, on any machine
_DEATH_SECONDS: Final = 2.0  # from the kill until we know of it
_WAIT_FOR_OFFICER: Final = frozenset(("AwaitingOfficer", "Evacuating"))
_INSIDE: Final = 1  # the beam between the two barriers


@dataclass(frozen=True)
class Way:
    """One way through the lane.

    Args:
        name: for the report.
        flow: the layout of the lane.
        take: plays it on a lane that waits for travellers.
        before: brings a lane, whose gate waits for travellers, to where ``take`` begins.

    """

    name: str
    flow: Flow
    take: Callable[[KilledLane], Awaitable[None]]
    before: Callable[[KilledLane], Awaitable[None]] | None = None


async def settle(lane: KilledLane) -> None:
    """Wait until the lane waits for travellers; an officer settles what was left to one."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (lane.running.state == "Idle" and lane.devices.light == "ready"):
            assert lane.running.alive, f"the gate ended: {lane.running.last_words}"
            if lane.running.state in _WAIT_FOR_OFFICER:
                with contextlib.suppress(GateUnavailable):  # or it just dies, which is seen above
                    await lane.order(OfficerOrder.RESET)
            await asyncio.sleep(_LOOK_SECONDS)


async def kill_at(lane: KilledLane, way: Way, point: str) -> bool:
    """Let ``way`` be taken by a gate that dies at ``point``; False if it was not reached."""
    if way.before is not None:
        await way.before(lane)
    lane.arm(point)
    try:
        async with asyncio.TaskGroup() as tasks:
            taking = tasks.create_task(_take(lane, way))
            await lane.until(lambda: taking.done() or not lane.running.alive)
            taking.cancel()
    finally:
        lane.arm(None)
    return not lane.running.alive


async def _take(lane: KilledLane, way: Way) -> None:
    try:
        await way.take(lane)
        await settle(lane)
    except (GateUnavailable, AssertionError, ExceptionGroup):
        if not await lane.until(lambda: not lane.running.alive, _DEATH_SECONDS):
            raise


def leave(lane: KilledLane) -> bool:
    """Let everybody walk out whom no door holds; say whether somebody is between two doors."""
    devices = lane.devices
    devices.lift()
    devices.show(None)
    inside = lane.flow is Flow.TWO_STEP and devices.board.lane.presence[_INSIDE]
    devices.board.lane.presence[:] = [False, inside, False]
    return inside


async def walk_out(lane: KilledLane) -> bool:
    """Let who is between two doors go back where they came from; False if they cannot."""
    beams = lane.devices.board.lane.presence
    freed = await lane.until(lambda: lane.devices.door_open, _TRAPPED_SECONDS)
    beams[_INSIDE] = False
    if not freed:
        return False
    beams[0] = True
    await asyncio.sleep(_STEP_SECONDS)
    beams[0] = False
    return True


async def pass_through(lane: KilledLane) -> None:
    await lane.receive(GENUINE)


async def be_followed(lane: KilledLane) -> None:
    """Somebody comes in behind a traveller; both are left to an officer."""
    await lane.receive(FOLLOWED)


async def be_refused_inside(lane: KilledLane) -> None:
    """The face is another one's: an officer looks, and lets the traveller out."""
    async with asyncio.TaskGroup() as tasks:
        visit = tasks.create_task(lane.receive(IMPOSTOR))
        await lane.until(lambda: lane.running.state == "AwaitingOfficer" or visit.done())
        await lane.order(OfficerOrder.RELEASE)


async def be_evacuated(lane: KilledLane) -> None:
    """The emergency input comes while a traveller is served; an officer ends it."""
    board = lane.devices.board.lane
    async with asyncio.TaskGroup() as tasks:
        visit = tasks.create_task(lane.receive(GENUINE))
        served = ("Inspecting", "Verifying")
        await lane.until(lambda: lane.running.state == served[lane.flow is Flow.TWO_STEP])
        board.emergency = True
        await lane.until(lambda: lane.running.state == "Evacuating")
        visit.cancel()
    leave(lane)
    board.presence[:] = [False] * 3
    await asyncio.sleep(_STEP_SECONDS)
    board.emergency = False


async def start(lane: KilledLane) -> None:
    """Start a gate where the one before died."""
    gate = await lane.start()
    await lane.until(lambda: bool(gate.state) or not gate.alive)
    if gate.alive:
        await walk_out_if_inside(lane)


async def walk_out_if_inside(lane: KilledLane) -> None:
    if leave(lane):
        await walk_out(lane)


def after(way: Way, point: str) -> Callable[[KilledLane], Awaitable[None]]:
    """Return what kills the gate at ``point`` of ``way``."""

    async def kill(lane: KilledLane) -> None:
        while not await kill_at(lane, way, point):
            await settle(lane)  # the machine was too slow for a face
        leave(lane)

    return kill


ONE_STEP: Final = Way("one-step", Flow.ONE_STEP, pass_through)
TWO_STEP: Final = Way("two-step", Flow.TWO_STEP, pass_through)
WAYS: Final = (
    ONE_STEP,
    Way("one-step, followed", Flow.ONE_STEP, be_followed),
    Way("one-step, evacuated", Flow.ONE_STEP, be_evacuated),
    Way(
        "one-step, start after a kill with the barrier open",
        Flow.ONE_STEP,
        start,
        after(ONE_STEP, "FaceCompared>Passing end SetBarrier exit_open"),
    ),
    TWO_STEP,
    Way("two-step, refused inside", Flow.TWO_STEP, be_refused_inside),
    Way("two-step, evacuated", Flow.TWO_STEP, be_evacuated),
    Way(
        "two-step, start after a kill with somebody inside",
        Flow.TWO_STEP,
        start,
        after(TWO_STEP, "EntryClosed>Verifying committed"),
    ),
)
