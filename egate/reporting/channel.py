"""How we open gRPC channels and servers: deadlines, keepalive, no shared ports."""

from dataclasses import dataclass
from typing import Final

import grpc
from grpc import aio

from egate.reporting.credentials import Credentials
from egate.reporting.identity import Role, server_name

MAX_RECORDS: Final = 200
MAX_BATCH_BYTES: Final = 1 << 20
MAX_RECORD_BYTES: Final = 64 << 10  # a record has about 1 KB; images are never in it

_GRACE_MS: Final = 10_000

_Option = tuple[str, int | str]

# A server that is pinged more often than it expects ends the connection, so both ends agree.
# A dead connection is noticed within 20 s; what was sent and not acknowledged ends it after 5 s.
_KEEPALIVE: Final[tuple[_Option, ...]] = (
    ("grpc.keepalive_time_ms", 15_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)
_CLIENT: Final[tuple[_Option, ...]] = (
    *_KEEPALIVE,
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 5_000),  # in spite of its name: how long one may take
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.enable_retries", 0),  # the outbox is the retry
)
_SERVER: Final[tuple[_Option, ...]] = (
    *_KEEPALIVE,
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.max_concurrent_streams", 100),
    ("grpc.so_reuseport", 0),  # else a busy port goes unnoticed
    # The core sheds calls beyond its default limit as CANCELLED when a country's gates return.
    ("grpc.server.max_pending_requests", 20_000),
    ("grpc.server.max_pending_requests_hard_limit", 40_000),
)

# What the TLS library says of a certificate that our authority did not sign.
_STRANGER: Final = ("CERTIFICATE_VERIFY_FAILED", "BAD_SIGNATURE", "certificate signature failure")
_PERMANENT: Final = frozenset({grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What callers may take of a server, also those who say nothing or never end.

    A handshake has 10 s, whoever makes it.

    Args:
        connections: at once; more are hung up.
        message_bytes: of one request.
        connection_seconds: after which a connection ends, its calls a little later; None: never.

    """

    connections: int = 200
    message_bytes: int = MAX_BATCH_BYTES + (64 << 10)
    connection_seconds: int | None = None

    def options(self) -> tuple[_Option, ...]:
        """Return the options of a server of ours with these bounds."""
        bounded: tuple[_Option, ...] = (
            *_SERVER,
            ("grpc.max_allowed_incoming_connections", self.connections),
            ("grpc.max_receive_message_length", self.message_bytes),
        )
        if self.connection_seconds is None:
            return bounded
        return (
            *bounded,
            ("grpc.max_connection_age_ms", 1000 * self.connection_seconds),
            ("grpc.max_connection_age_grace_ms", _GRACE_MS),
        )


OF_A_COUNTRY: Final = Bounds(connections=20_000)
"""Of a server that all gates and consoles call."""
OF_STRANGERS: Final = Bounds(connections=100, message_bytes=16 << 10, connection_seconds=30)
"""Of a server that asks nobody who they are."""


def open_channel(address: str, credentials: Credentials, role: Role | str) -> aio.Channel:
    """Return a channel to ``address``, whose certificate is for ``role``, or has that name."""
    name = server_name(role) if isinstance(role, Role) else role
    options = (*_CLIENT, ("grpc.ssl_target_name_override", name))
    return aio.secure_channel(address, credentials.for_client(), options=options)


def explain(error: aio.AioRpcError, address: str, role: Role | str) -> str:
    """Return in one line what went wrong with a call, and what to mend if it will not pass."""
    details = error.details() or ""
    if any(fault in details for fault in _STRANGER):
        return f"{address}: its certificate is not from our authority; compare tls.ca of both ends"
    if "Hostname Verification Check failed" in details or "Peer name" in details:
        return f"{address}: the server there is not a {role}"
    if "alert" in details.lower():
        return f"{address}: our certificate was refused; renew tls.certificate ({details[-120:]})"
    if error.code() in _PERMANENT:
        return f"{address}: refused our certificate: {details[:200]}; check tls.certificate"
    return f"{address}: {error.code().name}: {details[:200]}"
