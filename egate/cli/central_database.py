"""The centre's database for commands beside a centre that may run meanwhile."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from egate.central.database import CONNECTION_FAULTS, DatabaseUnavailable, Pool, open_database
from egate.central.embedded import running_address
from egate.central.key_ring import key_folder
from egate.cli.outcome import BadInput, Unavailable
from egate.settings import CentralSettings, Database, SettingsError, load

if TYPE_CHECKING:
    # argparse keeps the class of what add_subparsers returns to itself.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

Answer = TypeVar("Answer")


def add_config(parser: argparse.ArgumentParser) -> None:
    """Let the command name the centre's settings."""
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/central.toml"
    )


def settings_of(arguments: argparse.Namespace) -> CentralSettings:
    """Return the settings that ``--config`` names.

    Raises:
        BadInput: they cannot be used.

    """
    try:
        return load(CentralSettings, arguments.config)
    except SettingsError as error:
        raise BadInput(str(error)) from error


def asked(settings: CentralSettings, ask: Callable[[Pool], Awaitable[Answer]]) -> Answer:
    """Return what ``ask`` finds in the centre's database.

    Raises:
        BadInput: the settings of the database cannot be used.
        Unavailable: it does not answer.

    """
    try:
        return asyncio.run(_ask(_database(settings.database), ask))
    except SettingsError as error:
        raise BadInput(str(error)) from error
    except DatabaseUnavailable as error:
        raise Unavailable(str(error)) from error
    except CONNECTION_FAULTS as error:
        raise Unavailable(f"database: {type(error).__name__}") from error


async def _ask(database: Database, ask: Callable[[Pool], Awaitable[Answer]]) -> Answer:
    async with open_database(database) as pool:
        return await ask(pool)


def _database(named: Database) -> Database:
    """Return ``named``, or the address of the embedded one that a centre runs already."""
    address = running_address(named.embedded) if named.embedded else None
    return named if address is None else Database(dsn=address, keys=key_folder(named))
