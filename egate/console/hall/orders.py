"""Which orders a lane can be given, which mean something now, and who may give them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from egate.console.access.officer import Officer, Permission
from egate.domain.session.flow import Flow
from egate.ports.supervision import GateMode, GateState, GateStatus, OfficerOrder

KEYS: Final = {
    OfficerOrder.RESET: "R",
    OfficerOrder.RELEASE: "L",
    OfficerOrder.CLOSE_LANE: "C",
    OfficerOrder.OPEN_LANE: "O",
    OfficerOrder.SERVE_ENTRY: "I",
    OfficerOrder.SERVE_EXIT: "X",
    OfficerOrder.SERVE_BY_HOUR: "H",
    OfficerOrder.MAINTENANCE: "M",
    OfficerOrder.FEEDER: "F",
    OfficerOrder.EVACUATE: "E",
}
"""By their place on the keyboard, so that a Bangla layout gives the same orders."""

_BY_TECHNICIANS: Final = frozenset(
    {
        OfficerOrder.CLOSE_LANE,
        OfficerOrder.OPEN_LANE,
        OfficerOrder.MAINTENANCE,
        OfficerOrder.EVACUATE,
    }
)
_NEEDS_RESET: Final = {GateState.AWAITING_OFFICER, GateState.RELEASING, GateState.EVACUATING}
_MAY_BE_INSIDE: Final = {
    GateState.ENTERING,
    GateState.VERIFYING,
    GateState.PASSING,
    GateState.AWAITING_OFFICER,
}
_ORDERED: Final = {GateMode.DISABLED, GateMode.MAINTENANCE, GateMode.FEEDER}


@dataclass(frozen=True, slots=True)
class Offer:
    order: OfficerOrder
    means_something: bool


def may_order(officer: Officer, order: OfficerOrder) -> bool:
    """Return whether ``officer`` may give ``order``: a technician settles no traveller."""
    return officer.may(Permission.GIVE_ORDERS) or (
        order in _BY_TECHNICIANS and officer.may(Permission.MAINTAIN)
    )


def offers(status: GateStatus | None) -> tuple[Offer, ...]:
    """Return the orders that a lane can be given at all, in the order of its buttons.

    Evacuating is offered whatever is known of the lane, and where nothing is.
    """
    known = dict(_offers(status))
    return tuple(Offer(order, known[order]) for order in KEYS if order in known)


def _offers(status: GateStatus | None) -> Iterator[tuple[OfficerOrder, bool]]:
    state, mode = (status.state, status.mode) if status else (None, "")
    can_be_ordered = state not in {None, GateState.EVACUATING}
    yield OfficerOrder.EVACUATE, state is not GateState.EVACUATING
    if status is None:
        return
    is_shut = state is GateState.OUT_OF_SERVICE
    yield OfficerOrder.RESET, state in _NEEDS_RESET
    is_closed = mode == GateMode.DISABLED if mode else is_shut
    yield OfficerOrder.CLOSE_LANE, can_be_ordered and not is_closed
    yield OfficerOrder.OPEN_LANE, can_be_ordered and (mode in _ORDERED if mode else is_shut)
    if mode:  # a gate of before modes takes no orders about them
        yield OfficerOrder.MAINTENANCE, can_be_ordered and mode != GateMode.MAINTENANCE
        yield OfficerOrder.FEEDER, can_be_ordered and mode != GateMode.FEEDER
    if status.flow == Flow.TWO_STEP:
        yield OfficerOrder.RELEASE, state in _MAY_BE_INSIDE
    if status.since is not None:  # a gate of before ordered directions takes none
        yield from _directions(status)


def _directions(status: GateStatus) -> Iterator[tuple[OfficerOrder, bool]]:
    for order, direction in (
        (OfficerOrder.SERVE_ENTRY, "entry"),
        (OfficerOrder.SERVE_EXIT, "exit"),
    ):
        yield order, not (status.direction_ordered and status.direction == direction)
    yield OfficerOrder.SERVE_BY_HOUR, status.direction_ordered
