"""What ``egate doctor`` says of the way to the centre."""

from typing import Final

from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.settings import SettingsError, Tls

_SECONDS: Final = 5.0


async def look_at_centre(address: str, tls: Tls, station: str) -> tuple[bool, str]:
    """Say whether the centre answers and takes our certificate, and what to mend.

    Args:
        address: of the centre, as ``host:port``.
        tls: our files.
        station: where records wait while it is away: the gate, the desk.

    """
    try:
        client = CentreClient(address, tls)
    except SettingsError as error:
        return False, f"cannot be asked: {error}"
    try:
        await client.reach(_SECONDS)
    except CentreUnavailable as error:
        mend = "see that the centre runs, and the network"
        return False, f"{error}; {mend}; records wait at {station} meanwhile"
    finally:
        await client.close()
    return True, f"{address}: answers, and takes our certificate"
