"""The centre's connections to PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import asyncpg

from egate.central.embedded import EmbeddedDatabaseFailed, embedded_postgresql
from egate.central.key_ring import KeyRing, KeysUnusable, key_folder
from egate.central.migration import DatabaseTooNew, migrate
from egate.settings import Database, SettingsError

Pool = Any
"""``asyncpg.Pool``; asyncpg has no types."""

Connection = Any
"""``asyncpg.Connection``; of a pool of ours also ``keys``, see `egate.central.bodies`."""

CONNECTION_FAULTS: Final = (
    *(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError),
    asyncpg.InternalClientError,  # on a connection that was lost between two messages
    KeysUnusable,  # another centre has a new key, and this machine not yet
)
"""What is raised when the database is away, overloaded or going down, or cannot be read yet."""

_CONNECTIONS: Final = 8  # up to four store and hand over; lists, pages and officers share the rest
_COMMAND_SECONDS: Final = 8.0  # below the gates' deadline of 10 s
_CONNECT_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.25
_RECOVERY_LOOKS: Final = 120


class DatabaseUnavailable(Exception):
    """The database cannot be used; says which and why in one line, without its password."""


class _KeyedConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that has the keys of what it reads and writes."""

    keys: KeyRing


@asynccontextmanager
async def open_database(database: Database) -> AsyncIterator[Pool]:
    """Give a pool of connections to ``database``, its schema up to date.

    Raises:
        SettingsError: neither or both of ``dsn`` and ``embedded`` are given, or no keys.
        DatabaseUnavailable: no connection, or a schema or keys that cannot be used.

    """
    if (database.dsn is None) == (database.embedded is None):
        raise SettingsError("database: give either dsn or embedded")
    keys = KeyRing(key_folder(database))
    async with AsyncExitStack() as stack:
        address = database.dsn or ""
        if database.embedded is not None:
            try:
                address = await stack.enter_async_context(embedded_postgresql(database.embedded))
            except EmbeddedDatabaseFailed as error:
                raise DatabaseUnavailable(f"database: {error}") from error
        pool = await _connect(address, keys)
        stack.push_async_callback(_close, pool)
        yield pool


async def _connect(address: str, keys: KeyRing) -> Pool:
    async def give_keys(connection: Connection) -> None:
        connection.keys = keys

    async def connect() -> Pool:
        return await asyncpg.create_pool(
            address,
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_CONNECT_SECONDS,
            command_timeout=_COMMAND_SECONDS,
            connection_class=_KeyedConnection,
            init=give_keys,
        )

    try:
        pool = await _when_it_has_started(connect)
    except ValueError:
        raise SettingsError("database.dsn: not a PostgreSQL address") from None
    except CONNECTION_FAULTS as error:
        raise DatabaseUnavailable(f"database: no connection: {_first_line(error)}") from error
    try:
        async with pool.acquire() as connection:
            await _recovered(connection)
            await migrate(connection)
            await keys.settle(connection)
    except DatabaseUnavailable:
        pool.terminate()
        raise
    except (DatabaseTooNew, KeysUnusable, *CONNECTION_FAULTS) as error:
        pool.terminate()
        raise DatabaseUnavailable(f"database: {_first_line(error)}") from error
    return pool


async def _when_it_has_started(connect: Callable[[], Awaitable[Pool]]) -> Pool:
    """Return what ``connect`` gives, once a database that starts or recovers takes connections.

    It does both after a power cut, and when one of its processes was killed.
    """
    for _ in range(_RECOVERY_LOOKS):
        try:
            return await connect()
        except asyncpg.CannotConnectNowError:
            await asyncio.sleep(_LOOK_SECONDS)
    return await connect()


async def _recovered(connection: Connection) -> None:
    """Wait until a database that was restored can be written."""
    for _ in range(_RECOVERY_LOOKS):
        if not await connection.fetchval("SELECT pg_is_in_recovery()"):
            return
        await asyncio.sleep(_LOOK_SECONDS)
    raise DatabaseUnavailable("database: it recovers, or it is a standby")


async def _close(pool: Pool) -> None:
    pool.terminate()
    await asyncio.sleep(0)  # sockets are closed in the next turn of the loop, which may be the last


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
