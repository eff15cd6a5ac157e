"""The board with as many lanes as one officer may have, as a scene of tests.console_pages."""

from typing import Any, Final

from egate.console.hall.live import Lane
from egate.domain.time import UtcSeconds
from egate.ports.supervision import (
    GateMode,
    GateState,
    GateStatus,
    ListStatus,
    TravellerMessage,
)
from tests.chromium import Screen
from tests.console_harness import Site

_LANES: Final[tuple[tuple[GateState, dict[str, Any]], ...]] = (
    (GateState.VERIFYING, {"crossing_id": "c3", "direction": "entry"}),
    (
        GateState.AWAITING_OFFICER,
        {"crossing_id": "c4", "findings": ("BIOMETRIC.PAD",), "alarms": ("presentation_attack",)},
    ),
    (
        GateState.AWAITING_OFFICER,
        {"crossing_id": "c5", "findings": ("BIOMETRIC.FACE",), "case_officer_id": "officer-2"},
    ),
    (GateState.EVACUATING, {"mode": GateMode.EMERGENCY, "alarms": ("emergency",)}),
    (GateState.OUT_OF_SERVICE, {"findings": ("barrier", "camera")}),
    (GateState.OUT_OF_SERVICE, {"mode": GateMode.MAINTENANCE}),
    (
        GateState.IDLE,
        {
            "mode": GateMode.DEGRADED,
            "conditions": ("centre_away", "lists_old"),
            "centre_reachable": False,
            "outbox_depth": 1284,
            "outbox_oldest_seconds": 7260.0,
            "lists": (ListStatus("EXIT_BAN", 41, 9200.0), ListStatus("WANTED", 7, None, "no key")),
        },
    ),
)
"""Beside the two that run; the tenth was never reached."""


async def ten_lanes(site: Site, screen: Screen) -> None:
    for number, (state, changes) in enumerate(_LANES, len(site.lanes) + 1):
        gate_id = f"BDDAC-E-{number:02}"
        status = GateStatus(gate_id, state, TravellerMessage.WELCOME, **changes)
        _put(site, number, gate_id, status)
    _put(site, 10, "BDDAC-E-10", None)
    await screen.go("/")
    await screen.until("return document.querySelectorAll('#rows .row').length === 10")


def _put(site: Site, number: int, gate_id: str, status: GateStatus | None) -> None:
    now = site.clock()
    fault = "" if status else "UNAVAILABLE: connection refused"
    since = UtcSeconds(now - 97.0 * number)
    site.console.hall._lanes[gate_id] = Lane(gate_id, number, status, fault, since, now)
