"""``egate trust update``: one round of what a gate does by itself, for a technician or a timer."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.cli.trust_upkeep import trust_command
from egate.trust.entry import Kind
from egate.trust.source import SourceUnavailable, source_at
from egate.trust.updating import TrustUpdate, UpdateFailed, update_from


def configure(commands: "argparse._SubParsersAction[Any]") -> None:
    summary = "take what a folder or a server has that is new"
    parser = trust_command(commands, "update", summary, _run)
    parser.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="SOURCE",
        help="a folder, or an https:// address of a file or a manifest",
    )
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="who may certify the server (PEM), not the system's"
    )


def _run(arguments: argparse.Namespace) -> int:
    source = source_at(arguments.source, arguments.ca)
    try:
        done = asyncio.run(update_from(arguments.store, source, now_utc()))
    except SourceUnavailable as error:
        raise Unavailable(str(error)) from error
    except UpdateFailed as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        print_json(_as_json(done))
    else:
        _print(done)
    return 1 if done.refused else 0


def _as_json(done: TrustUpdate) -> dict[str, object]:
    report = done.report
    return {
        "offered": done.offered,
        "read": list(done.read),
        "imported": {kind.value: report.imported[kind] for kind in Kind},
        "unchanged": report.unchanged,
        "rejected": [
            {"file": each.file, "index": each.index, "reason": each.reason}
            for each in report.rejected
        ],
        "refused": done.refused,
        "countries": sorted(report.countries - {""}),
        "store_version": done.version,
    }


def _print(done: TrustUpdate) -> None:
    new = ", ".join(f"{count} {kind}" for kind, count in done.report.imported.items() if count)
    print(f"{done.offered} files offered, {len(done.read)} read: {new or 'nothing new'}")
    print(f"version {done.version}")
    for name, reason in done.refused.items():
        print(f"{name}: refused: {reason}", file=sys.stderr)
