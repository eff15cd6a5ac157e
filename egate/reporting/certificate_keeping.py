"""Keeps our certificate valid: asks the centre for the next one in time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from egate.domain.time import UtcSeconds
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.ports.signing import SignerUnavailable
from egate.reporting.enrolment_client import EnrolmentRefused
from egate.settings import SettingsError

_LOOK_SECONDS: Final = 600.0


class Renewal(Protocol):
    async def renew_if_due(self, now: datetime) -> datetime | None: ...


class CertificateKeeping:
    """Looks every ten minutes; a third of the certificate's time is left to succeed.

    Args:
        renewal: of the certificate.
        utc_now: the wall clock.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        renewal: Renewal,
        utc_now: Callable[[], UtcSeconds],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._renewal = renewal
        self._utc_now = utc_now
        self._sleep = sleep

    async def run(self) -> None:
        """Look and renew until cancelled."""
        while True:
            now = datetime.fromtimestamp(self._utc_now(), UTC)
            try:
                until = await self._renewal.renew_if_due(now)
            except (
                CentreUnavailable,
                EnrolmentRefused,
                SettingsError,
                SignerUnavailable,
            ) as error:
                logger().warning("certificate not renewed", reason=str(error))
            else:
                if until is not None:
                    logger().info("certificate renewed", reason=f"until {until:%Y-%m-%d}")
            await self._sleep(_LOOK_SECONDS)
