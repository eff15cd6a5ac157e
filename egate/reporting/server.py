"""A gRPC server with mutual TLS on one address that nobody else has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from grpc import aio

from egate.reporting import credentials
from egate.reporting.channel import Bounds
from egate.reporting.guard import Admission, Guard
from egate.reporting.identity import Role
from egate.settings import Tls

_GRACE_SECONDS: Final = 0.5
_OF_A_HALL: Final = Bounds()


class CannotListen(Exception):
    """The address is taken or is not ours; the message names it."""


@asynccontextmanager
async def serving(
    server: aio.Server, listen: str, tls: Tls, role: Role, *, known_clients: bool = True
) -> AsyncIterator[str]:
    """Serve inside the block and give the address as bound (port 0 chooses a free one).

    Args:
        server: made by `new_server`, its services added.
        listen: ``host:port``.
        tls: our certificate and the authority of the clients'.
        role: what our certificate must make us.
        known_clients: every client must have a certificate of our authority.

    Raises:
        SettingsError: the certificate files cannot be used.
        CannotListen: the address cannot be bound.

    """
    secret = credentials.for_server(tls, role, known_clients=known_clients)
    try:
        port = server.add_secure_port(listen, secret)
    except RuntimeError as error:
        raise CannotListen(f"{listen}: in use, or not an address of this machine") from error
    await server.start()
    try:
        yield f"{listen.rpartition(':')[0]}:{port}"
    finally:
        await server.stop(_GRACE_SECONDS)


def new_server(admission: Admission | None = None, bounds: Bounds = _OF_A_HALL) -> aio.Server:
    """Return a server with our limits and keepalive, still without services.

    Args:
        admission: whom of those with a certificate of our authority we admit; None: everybody.
        bounds: what callers may take of it.

    """
    guards = () if admission is None else (Guard(admission),)
    return aio.server(interceptors=guards, options=bounds.options())
