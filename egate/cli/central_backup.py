"""``egate central backup``: make one beside the running centre, or prove one."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from egate.central.backup.contents import Contents
from egate.central.backup.making import Backup, BackupFailed, Source, make_backup, remove_old
from egate.central.backup.sums import BackupDamaged, check_sums, files_of
from egate.central.database import Pool
from egate.central.embedded import EmbeddedDatabaseFailed, running_address
from egate.cli.byte_progress import byte_progress
from egate.cli.central_database import asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.outbox.sealing import KeyFileUnusable
from egate.settings import CentralSettings

if TYPE_CHECKING:
    from egate.cli.central_database import Commands


def configure(commands: "Commands") -> None:
    backup = commands.add_parser(
        "backup",
        help="make a backup of the centre, or prove one",
        description="Make a backup of database and pictures, while the centre goes on; or prove"
        " that one is what was written. The keys are never in it (docs/backup.md).",
    )
    what = backup.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", type=Path, metavar="DIR", help="folder of backups; one is made in it")
    what.add_argument("--verify", type=Path, metavar="DIR", help="one backup, to be proven")
    backup.add_argument("--config", type=Path, metavar="FILE", help="as config/central.toml")
    backup.add_argument("--keep", type=_count, metavar="N", help="remove all but the newest N")
    backup.add_argument(
        "--keep-days", type=_count, metavar="N", help="remove those that are older than N days"
    )
    backup.add_argument("--json", action="store_true", help="as one JSON document")
    backup.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    return _verify(arguments) if arguments.verify else _make(arguments)


def _make(arguments: argparse.Namespace) -> int:
    if arguments.config is None:
        raise BadInput("--config: missing; the settings of the centre that is backed up")
    settings, to = settings_of(arguments), arguments.to
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _made(settings, to)
        gone = remove_old(to, made.folder, arguments.keep, arguments.keep_days)
    except KeyFileUnusable as error:
        raise BadInput(str(error)) from error
    except (BackupFailed, BackupDamaged, EmbeddedDatabaseFailed) as error:
        raise Unavailable(str(error)) from error
    except OSError as error:
        raise Unavailable(f"{error.filename or to}: {error.strerror}") from error
    if arguments.json:
        print_json(_as_json(made, gone))
        return 0
    print(f"{made.folder}: {made.contents.records} records, {made.files} files, {made.bytes} bytes")
    for each in gone:
        print(f"removed: {each}")
    return 0


def _made(settings: CentralSettings, to: Path) -> Backup:
    database, images = settings.database, settings.images

    async def make(pool: Pool) -> Backup:
        address = database.dsn or running_address(database.embedded or Path()) or ""
        source = Source(address, images.folder if images else None)
        with byte_progress("backup") as advance:
            return await make_backup(pool, source, to, advance)

    return asked(settings, make)


def _verify(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.verify
    faults: tuple[str, ...] = ()
    files = size = 0
    begun_at = None
    try:
        names = list(files_of(folder))
        files, size = len(names), sum((folder / name).stat().st_size for name in names)
        with byte_progress("verify", size) as advance:
            check_sums(folder, advance)
        begun_at = Contents.from_file(folder).begun_at
    except BackupDamaged as damage:
        faults = damage.faults
    except OSError as error:
        raise BadInput(f"{error.filename or folder}: {error.strerror}") from error
    if arguments.json:
        found = {"whole": not faults, "faults": list(faults), "begun_at": begun_at}
        print_json({**found, "files": files, "bytes": size})
    elif faults:
        for fault in faults:
            print(f"DAMAGED: {fault}")
    else:
        print(f"whole: begun at {begun_at}, {files} files, {size} bytes")
    return 1 if faults else 0


def _as_json(made: Backup, gone: list[Path]) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "begun_at": made.contents.begun_at,
        "records": made.contents.records,
        "stations": made.contents.stations,
        "files": made.files,
        "bytes": made.bytes,
        "seconds": round(made.seconds, 3),
        "removed": [str(each) for each in gone],
    }


def _count(text: str) -> int:
    count = int(text) if text.isdecimal() else 0
    if not 1 <= count <= 100_000:  # noqa: PLR2004 - more is a slip
        raise argparse.ArgumentTypeError(f"{text}: not 1, 2, 3...")
    return count
