"""Tells the centre when this gate was in service: one look a minute."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from egate.domain.service_span import ServiceSpan, looked_again
from egate.gate.clocks import Clocks
from egate.ports.reporting import CentreUnavailable
from egate.ports.reporting import ServiceReports as Reports
from egate.ports.supervision import GateMode, GateState, GateStatus

_LOOK_SECONDS: Final = 60.0
_SERVING_MODES: Final = frozenset({GateMode.ENABLED, GateMode.DEGRADED})
_NOT_SERVING: Final = frozenset({GateState.OUT_OF_SERVICE, GateState.EVACUATING})


class ServiceReporter:
    """Keeps what the centre has not taken yet, in memory: an outage of days, not a restart.

    Args:
        status: of the lane now.
        reports: the centre.
        clocks: of this machine.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        status: Callable[[], GateStatus],
        reports: Reports,
        clocks: Clocks,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._status = status
        self._reports = reports
        self._clocks = clocks
        self._sleep = sleep
        self._spans: tuple[ServiceSpan, ...] = ()

    async def run(self) -> None:
        """Look and report until cancelled."""
        while True:
            self._spans = looked_again(self._spans, self._look())
            try:
                await self._reports.report(self._spans)
                self._spans = self._spans[-1:]  # it may go on
            except CentreUnavailable:
                pass  # the forwarder has said so
            await self._sleep(_LOOK_SECONDS)

    def _look(self) -> ServiceSpan:
        status, now = self._status(), self._clocks.utc_now()
        return ServiceSpan(
            since=now,
            until=now,
            in_service=status.mode in _SERVING_MODES and status.state not in _NOT_SERVING,
            mode=status.mode,
            conditions=status.conditions,
            software_version=status.software_version,
        )
