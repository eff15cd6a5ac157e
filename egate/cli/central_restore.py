"""``egate central restore``: a centre from a backup, into empty folders."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from egate.central.backup.contents import Contents
from egate.central.backup.restoring import CannotRestore, Places, lacks, owner_around, restore
from egate.central.backup.sums import BackupDamaged, files_of
from egate.central.database import Pool
from egate.central.embedded import EmbeddedDatabaseFailed, owner_of_files
from egate.central.key_ring import KeysUnusable, key_folder
from egate.cli.byte_progress import byte_progress
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.outbox.sealing import KeyFileUnusable
from egate.settings import CentralSettings, SettingsError

if TYPE_CHECKING:
    from egate.cli.central_database import Commands


def configure(commands: "Commands") -> None:
    command = commands.add_parser(
        "restore",
        help="restore the centre from a backup",
        description="Restore database and pictures from one backup into empty folders; the keys"
        " are there before. Nothing is changed by a backup that is damaged (docs/backup.md).",
    )
    add_config(command)
    command.add_argument(
        "--from", dest="backup", type=Path, required=True, metavar="DIR", help="one backup"
    )
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="with database.dsn: the data folder of the stopped PostgreSQL, which is empty",
    )
    command.add_argument("--json", action="store_true", help="as one JSON document")
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings, backup = settings_of(arguments), arguments.backup
    try:
        places = _places(settings, arguments.data)
        size = sum((backup / name).stat().st_size for name in files_of(backup))
        with byte_progress("restore", 2 * size) as advance:
            contents = restore(backup, places, advance)
    except BackupDamaged as damage:
        raise BadInput(f"{backup}: damaged: {damage}") from damage
    except (CannotRestore, SettingsError, KeysUnusable, KeyFileUnusable) as error:
        raise BadInput(str(error)) from error
    except EmbeddedDatabaseFailed as error:
        raise Unavailable(str(error)) from error
    except OSError as error:
        raise Unavailable(f"{error.filename or backup}: {error.strerror}") from error
    if settings.database.embedded is not None:
        _see(settings, contents)
    if arguments.json:
        print_json(
            {
                "folder": str(places.database),
                "begun_at": contents.begun_at,
                "records": contents.records,
                "stations": contents.stations,
                "bytes": size,
            }
        )
        return 0
    print(f"{places.database}: all that was accepted until {contents.begun_at}")
    print("Start the centre: stations send what came later, by themselves.")
    return 0


def _places(settings: CentralSettings, data: Path | None) -> Places:
    database = settings.database
    images = settings.images.folder if settings.images else None
    if database.embedded is not None:
        if data is not None:
            raise BadInput("--data: with database.embedded the settings name the folder")
        owner = owner_of_files(database.embedded)
        return Places(database.embedded, owner, key_folder(database), images)
    if data is None:
        raise BadInput("--data: missing; the data folder of the PostgreSQL that database.dsn names")
    return Places(data, owner_around(data), key_folder(database), images)


def _see(settings: CentralSettings, contents: Contents) -> None:
    """Start the restored database once, and see that it has what the backup says."""

    async def look(pool: Pool) -> str:
        return await lacks(pool, contents)

    if lack := asked(settings, look):
        raise Unavailable(f"the restored database has not all that its backup says: {lack}")
