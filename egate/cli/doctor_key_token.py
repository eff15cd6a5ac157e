"""What ``egate doctor`` says of the token that has the lane's key."""

from collections.abc import Iterator

from egate.ports.signing import SignerUnavailable
from egate.reporting.key_on_token import OnToken
from egate.reporting.station_key import StationKey
from egate.settings import GateTls, SettingsError


def look_at_key_token(tls: GateTls) -> Iterator[tuple[str, bool, str]]:
    """Give name, whether all is well, and what is so or is to mend; nothing without a token.

    Its certificate's key must be there, sign, and have been nowhere else.
    """
    if not isinstance(tls, OnToken):
        return
    file = tls.key_token.certificate
    try:
        tls.opened.check(StationKey(tls).public_key)
    except (SettingsError, SignerUnavailable) as error:
        yield "key_token", False, str(error)
    else:
        yield "key_token", True, f"has the key of {file}, which never leaves it"
