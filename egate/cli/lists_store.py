"""``egate lists show | pin | take``: the gate's folder of lists."""

import argparse
import datetime as dt
import os
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli.clock import now_utc
from egate.cli.input_file import read_file
from egate.cli.json_output import print_json
from egate.cli.lists_command import list_faults, lists_command
from egate.cli.outcome import BadInput
from egate.lists.errors import ListRefused
from egate.lists.incoming import take_in
from egate.lists.keeper import Kept, ListKeeper, read_manifest
from egate.lists.keys import MAX_KEY_FILE_BYTES, parse_signer, read_list_key
from egate.lists.kinds import ListKind
from egate.lists.manifest import verified_manifest
from egate.lists.reception import PartWanted
from egate.lists.store import KEY_FILE, SIGNER_FILE, ListStore

_COLUMNS: Final = {
    "List": "list",
    "Version": "version",
    "Made": "made_at",
    "Age (s)": "age_seconds",
    "Documents": "documents",
    "Persons": "persons",
    "Deltas": "deltas",
    "Faults": "faults",
}


def configure(commands: "argparse._SubParsersAction[Any]") -> None:
    showing = lists_command(commands, "show", "show each list: version, age, how many documents")
    showing.set_defaults(run=_show)
    pinning = lists_command(commands, "pin", "say whose lists a gate believes, and the list key")
    pinning.add_argument(
        "--signer", type=Path, required=True, metavar="FILE", help="P-256 public key in PEM"
    )
    pinning.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="list key: 32 bytes, mode 600"
    )
    pinning.add_argument(
        "--list",
        type=ListKind,
        action="append",
        required=True,
        dest="kinds",
        metavar="LIST",
        help="without which nobody is looked up; may be given again",
    )
    pinning.set_defaults(run=_pin)
    taking = lists_command(commands, "take", "verify snapshots and deltas, and put them in force")
    taking.add_argument(
        "folders", type=Path, nargs="+", metavar="DIR", help="of a snapshot or a delta"
    )
    taking.set_defaults(run=_take)


def _show(arguments: argparse.Namespace) -> int:
    now = now_utc()
    with list_faults():
        store = ListStore.at(arguments.store)
        with store.opened() as lists:
            rows = [_row(kind, kept, now) for kind, kept in lists.items()]
    if arguments.json:
        print_json({"lists": rows})
    else:
        table = Table(*_COLUMNS)
        for row in rows:
            table.add_row(*(_shown(row[name]) for name in _COLUMNS.values()))
        Console(markup=False).print(table)
    return 0 if rows and all(row["usable"] and not row["behind"] for row in rows) else 1


def _row(kind: ListKind, kept: Kept, now: dt.datetime) -> dict[str, Any]:
    used, faults = kept.version, list(kept.faults)
    try:
        kept.usable(now)
        is_usable = True
    except ListRefused as fault:
        is_usable = False
        faults = faults or [str(fault)]
    return {
        "list": kind.value,
        "usable": is_usable,
        "behind": kept.is_behind,
        "version": used and used.manifest.version,
        "newest": kept.newest,
        "made_at": used and used.manifest.made_at.isoformat(),
        "valid_until": used and used.manifest.valid_until.isoformat(),
        "age_seconds": used and int(used.age_at(now).total_seconds()),
        "documents": used and used.documents,
        "persons": used and used.persons,
        "deltas": used and used.deltas,
        "faults": faults,
    }


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


def _pin(arguments: argparse.Namespace) -> int:
    signer = read_file(arguments.signer, MAX_KEY_FILE_BYTES)
    with list_faults():
        parse_signer(signer, str(arguments.signer))
        key = read_list_key(arguments.key)
    try:
        arguments.store.mkdir(parents=True, exist_ok=True)
        for name, content in ((KEY_FILE, key), (SIGNER_FILE, signer)):
            _write_new(arguments.store / name, content)
        for kind in arguments.kinds:
            (arguments.store / kind).mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error
    if arguments.json:
        print_json({"pinned": str(arguments.store)})
    else:
        print(f"{arguments.store}: pinned")
    return 0


def _write_new(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read; what is pinned already is not replaced."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def _take(arguments: argparse.Namespace) -> int:
    taken = []
    with list_faults():
        store = ListStore.at(arguments.store)
        for folder in arguments.folders:
            manifest = verified_manifest(read_manifest(folder), store.pinned.signer)
            _take_in(store.keeper(manifest.kind), folder)
            taken.append({"list": manifest.kind.value, "version": manifest.version})
    if arguments.json:
        print_json({"taken": taken})
    else:
        for each in taken:
            print(f"{each['list']}: version {each['version']} is in force")
    return 0


def _take_in(keeper: ListKeeper, folder: Path) -> None:
    """Take a version from a folder as it would come over a wire: part by part."""
    now = now_utc()
    with keeper.locked():
        kept = keeper.open()
        try:
            raw = read_manifest(folder)
            kept = take_in(keeper, kept, raw, lambda part: _piece(folder / part.name, part), now)
        finally:
            kept.close()


def _piece(file: Path, part: PartWanted) -> bytes:
    try:
        with file.open("rb") as stream:
            stream.seek(part.offset)
            return stream.read(part.length)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
