"""What ``egate doctor`` says of the way to the centre."""

from typing import Final

from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.settings import GateSettings, SettingsError

_SECONDS: Final = 5.0
_MEANWHILE: Final = "see that the centre runs, and the network; records wait at the gate meanwhile"


async def look_at_centre(settings: GateSettings) -> tuple[bool, str]:
    """Say whether the centre answers and takes the gate's certificate, and what to mend."""
    try:
        client = CentreClient(settings.centre.address, settings.tls)
    except SettingsError as error:
        return False, f"cannot be asked: {error}"
    try:
        await client.reach(_SECONDS)
    except CentreUnavailable as error:
        return False, f"{error}; {_MEANWHILE}"
    finally:
        await client.close()
    return True, f"{settings.centre.address}: answers, and takes our certificate"
