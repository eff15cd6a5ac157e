"""What the trust store is to a lane."""

from collections.abc import Callable
from typing import Protocol

from egate.ports.devices import DeviceError
from egate.ports.supervision import TrustStatus


class LaneTrust(Protocol):
    """What the lane trusts, and whether it can serve with that."""

    @property
    def status(self) -> TrustStatus: ...

    @property
    def fault(self) -> DeviceError | None:
        """Why nobody can be served, None if everybody can."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when one of the two is another."""
        ...

    async def check(self) -> None:
        """Raise what stands against serving travellers."""
        ...

    async def run(self) -> None:
        """Keep it fresh until cancelled."""
        ...
