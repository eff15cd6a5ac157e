"""``egate lists build``: a signed version from CSV or JSON, and before it what it would change."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any, Final

import numpy as np

from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.lists_command import list_faults
from egate.lists.build import Collected, Comparison, collect, compare
from egate.lists.keys import ListKey, read_signing_key
from egate.lists.kinds import ListKind
from egate.lists.publishing import Publisher
from egate.lists.source import read_rows

_SHOWN_REFUSALS: Final = 1000
_MOST_HOURS: Final = 24 * 366


def configure(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser(
        "build",
        help="make a signed snapshot, and the delta to it, from CSV or JSON",
        description="Make a signed snapshot, and the delta from the version before, from CSV or"
        " JSON. If a row is refused, nothing is made.",
    )
    command.add_argument(
        "--list",
        type=ListKind,
        required=True,
        metavar="LIST",
        help=f"one of {', '.join(ListKind)}",
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="of all versions")
    command.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="list key: 32 bytes, mode 600"
    )
    command.add_argument(
        "--signing-key",
        type=Path,
        required=True,
        metavar="FILE",
        help="P-256 private key in PEM, mode 600",
    )
    command.add_argument(
        "--valid-hours", type=_hours, default=72, metavar="N", help="from now on; default 72"
    )
    command.add_argument(
        "--preview", action="store_true", help="say what would change, and make nothing"
    )
    command.add_argument(
        "--without-refused", action="store_true", help="make it of the rows that are not refused"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.add_argument("file", type=Path, metavar="FILE", help="CSV, or a JSON array of objects")
    command.set_defaults(run=_run)


def _hours(text: str) -> int:
    hours = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= hours <= _MOST_HOURS:
        raise argparse.ArgumentTypeError(f"{text}: not hours from 1 to {_MOST_HOURS}")
    return hours


def _run(arguments: argparse.Namespace) -> int:
    with list_faults():
        key = ListKey.from_file(arguments.key)
        signing_key = read_signing_key(arguments.signing_key)
        publisher = Publisher(arguments.out, arguments.list, key, signing_key)
        with publisher.locked():
            document = _made(arguments, publisher)
    if arguments.json:
        print_json(document)
    else:
        _print(document)
    return 1 if document["refused"] else 0


def _made(arguments: argparse.Namespace, publisher: Publisher) -> dict[str, Any]:
    kind = publisher.kind
    old = publisher.newest()
    collected = collect(read_rows(arguments.file, kind), kind, publisher.key)
    change = compare(old.contents, collected, kind)
    made = None
    if not arguments.preview and (arguments.without_refused or not collected.refused):
        valid_for = dt.timedelta(hours=arguments.valid_hours)
        now = now_utc().replace(microsecond=0)
        made = publisher.publish(old, change, old.version + 1, now, valid_for)
    return {
        "list": kind.value,
        "previous": old.manifest and old.manifest.version,
        "version": made and made.version,
        "valid_until": made and made.valid_until.isoformat(),
        **_preview(collected, change),
    }


def _preview(collected: Collected, change: Comparison) -> dict[str, Any]:
    return {
        "rows": collected.rows,
        "documents": len(change.contents.pairs),
        "added": len(change.added),
        "removed": len(change.removed),
        "unchanged": change.unchanged,
        "changed_entries": len(change.changed),
        "persons": len(np.unique(change.contents.names.entry)),
        "changed_persons": len(change.said),
        "stays_for_good": len(change.stays),
        "refused": len(collected.refused),
        "refused_rows": [
            {"line": each.line, "reason": each.reason}
            for each in collected.refused[:_SHOWN_REFUSALS]
        ],
    }


def _print(document: dict[str, Any]) -> None:
    for row in document.pop("refused_rows"):
        print(f"line {row['line']}: refused: {row['reason']}")
    for name, value in document.items():
        print(f"{name.replace('_', ' ')}: {'none' if value is None else value}")
