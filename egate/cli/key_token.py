"""The token that the settings of a lane name, opened by its driver."""

from collections.abc import Iterator
from contextlib import contextmanager

from drivers import catalogue
from egate.reporting.key_on_token import OnToken
from egate.settings import GateSettings


@contextmanager
def with_key_token(settings: GateSettings) -> Iterator[GateSettings]:
    """Give ``settings`` with the token of the lane's key, if it has one, and let go of it.

    Raises:
        DriverOptionError: the driver is unknown, or refuses its address or an option.

    """
    named = settings.tls.key_token
    if named is None:
        yield settings
        return
    token = catalogue.find(catalogue.KEY_TOKENS, named.driver)(named.address, named.options)
    tls = settings.tls
    held = OnToken(
        ca=tls.ca,
        certificate=tls.certificate,
        key=tls.key,
        crl=tls.crl,
        key_token=named,
        opened=token,
    )
    try:
        yield settings.model_copy(update={"tls": held})
    finally:
        token.close()
