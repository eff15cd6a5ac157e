"""Keeps our list of revoked certificates as new as the centre's, for the time without it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from egate.domain.time import UtcSeconds
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.reporting.link import Link, found
from egate.reporting.revocation import Revocations
from egate.settings import SettingsError
from egate.wire.v1 import revocation_pb2 as wire
from egate.wire.v1 import revocation_pb2_grpc as wire_grpc

_LOOK_SECONDS: Final = 10.0
_DEADLINE_SECONDS: Final = 10.0
_MAX_NUMBER: Final = (1 << 64) - 1


class RevocationKeeping:
    """Asks every ten seconds. What is forged or older is told, and the list before is used on.

    Args:
        link: to the centre.
        revocations: what is kept here.
        utc_now: the wall clock.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        link: Link,
        revocations: Revocations,
        utc_now: Callable[[], UtcSeconds],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._link = link
        self._revocations = revocations
        self._utc_now = utc_now
        self._sleep = sleep
        self._told = ""

    async def run(self) -> None:
        """Ask until cancelled."""
        if self._revocations.is_awaited:
            logger().info("no list of revoked certificates yet", reason="the centre is asked")
        while True:
            try:
                refused = await self._ask()
            except CentreUnavailable:
                refused = ""  # the forwarder says so
            now = datetime.fromtimestamp(self._utc_now(), UTC)
            self._tell(refused or self._revocations.fault(now))
            await self._sleep(_LOOK_SECONDS)

    async def _ask(self) -> str:
        """Take in a newer list if there is one; return why it is refused, "" if it is not."""
        number = self._revocations.number
        has = None if number < 0 else min(number, _MAX_NUMBER)
        request = wire.GetRevocationsRequest(number=has)
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.RevocationServiceStub(await self._link.channel())
            answer = await found(stub.GetRevocations(request, timeout=_DEADLINE_SECONDS))
        if answer is None or not answer.revocation_list:
            return ""
        try:
            self._revocations.take(answer.revocation_list)
        except SettingsError as error:
            return f"from the centre: {error}"
        logger().warning("list of revoked certificates", version=self._revocations.number)
        return ""

    def _tell(self, fault: str) -> None:
        if fault and fault != self._told:
            logger().error("list of revoked certificates", reason=fault)
        self._told = fault
