"""``egate trust``: taking in and listing; what else is done to a store is in ``trust_upkeep``."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from egate.cli import trust_update, trust_upkeep
from egate.cli.clock import now_utc
from egate.cli.input_file import read_file
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.cli.trust_output import entry_as_json, pending_as_json
from egate.cli.trust_upkeep import officer, store_faults, trust_command, words
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.audit import Occasion
from egate.trust.content import MAX_FILE_BYTES, ContentKind, UnknownContent, items_of
from egate.trust.entry import ANCHORS, Entry, Kind
from egate.trust.importing import TrustImport
from egate.trust.report import ImportReport
from egate.trust.store import TrustStore, TrustStoreError, pending_in, update

_MAX_ANCHOR_BYTES: Final = 1 << 20
_COLUMNS: Final = {
    "State": "country",
    "Kind": "kind",
    "Subject": "subject",
    "Key identifier": "ski",
    "Until": "not_after",
    "Key": "key",
    "From": "source",
}
_PENDING_COLUMNS: Final = {
    "State": "country",
    "Subject": "subject",
    "Key": "key",
    "Until": "not_after",
    "Taken in by": "officer",
    "Received": "provenance",
}


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="trust_command", required=True, metavar="COMMAND")
    importing = trust_command(commands, "import", "take in lists, certificates and CRLs", _import)
    importing.add_argument(
        "--anchor",
        type=Path,
        action="append",
        default=[],
        metavar="CERT",
        help="a CSCA certificate you vouch for; may be given again",
    )
    otherwise = importing.add_mutually_exclusive_group()
    otherwise.add_argument(
        "--accept-unanchored",
        action="store_true",
        help="take also what chains to nothing, and write that on all it brings",
    )
    otherwise.add_argument(
        "--provenance",
        type=words,
        metavar="TEXT",
        help="where a single certificate was received; another officer must approve it",
    )
    importing.add_argument(
        "--officer", type=officer, metavar="ID", help="who imports; for the trail"
    )
    importing.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="its kind is found by its content"
    )
    listing = trust_command(commands, "list", "show what is trusted, by State", _list)
    listing.add_argument(
        "--pending", action="store_true", help="show what waits for a second officer instead"
    )
    trust_update.configure(commands)
    trust_upkeep.configure(commands)


def _import(arguments: argparse.Namespace) -> int:
    if arguments.provenance and not arguments.officer:
        raise BadInput("--provenance needs --officer")
    anchors = [_anchor(file) for file in arguments.anchor]
    files = [(file.name, read_file(file, MAX_FILE_BYTES)) for file in arguments.files]
    occasion = Occasion(now_utc(), arguments.officer or "", arguments.provenance or "")
    try:
        with update(arguments.store) as store, _progress(visible=not arguments.json) as advance:
            importing = TrustImport(
                store,
                occasion=occasion,
                anchors=anchors,
                accept_unanchored=arguments.accept_unanchored,
                progress=advance,
            )
            report = importing.add_files(files)
            store.commit()
            version = store.trusted.version
    except (TrustStoreError, UnknownContent) as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        print_json(_report_as_json(report) | {"store_version": version})
    else:
        _print_report(report)
    return 0 if report.is_complete else 1


def _list(arguments: argparse.Namespace) -> int:
    with store_faults():
        if arguments.pending:
            rows = [pending_as_json(each) for each in pending_in(arguments.store)]
        else:
            store = TrustStore.open(arguments.store)
            anchors = sorted((entry for entry in store if entry.kind in ANCHORS), key=_by_state)
            rows = [entry_as_json(entry) for entry in anchors]
    columns = _PENDING_COLUMNS if arguments.pending else _COLUMNS
    if arguments.json:
        print_json(rows)
        return 0
    table = Table(*columns)
    for row in rows:
        table.add_row(*(row[name] for name in columns.values()))
    Console().print(table)
    if arguments.pending:
        for row in rows:  # whole, so that it can be compared and copied
            print(f"{row['country']} {row['fingerprint']}")
    return 0


def _by_state(entry: Entry) -> tuple[str, datetime, str]:
    return entry.country, entry.certificate().not_after, entry.fingerprint


def _anchor(file: Path) -> Certificate:
    try:
        item, *others = items_of(read_file(file, _MAX_ANCHOR_BYTES))
        if item.kind is not ContentKind.CERTIFICATE or item.index is not None or others:
            raise BadInput(f"{file}: an anchor is one certificate")
        return Certificate.parse(item.der)
    except (UnknownContent, Asn1Malformed, ValueError) as error:
        raise BadInput(f"{file}: {error}") from error


@contextmanager
def _progress(*, visible: bool) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    if not visible or not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("certificates", total=None)
        yield lambda count: bar.advance(task, count)


def _report_as_json(report: ImportReport) -> dict[str, object]:
    return {
        "imported": {kind.value: report.imported[kind] for kind in Kind},
        "unchanged": report.unchanged,
        "rejected": [
            {"file": each.file, "index": each.index, "reason": each.reason}
            for each in report.rejected
        ],
        "countries": sorted(report.countries - {""}),
        "pending": [entry_as_json(entry) for entry in report.pending],
        "notes": [
            {"file": each.file, "index": each.index, "note": each.note} for each in report.notes
        ],
    }


def _print_report(report: ImportReport) -> None:
    table = Table("Kind", "Imported")
    for kind in Kind:
        table.add_row(kind.value, str(report.imported[kind]))
    table.add_row("unchanged", str(report.unchanged))
    Console().print(table)
    print(f"{len(report.countries - {''})} States")
    for entry in report.pending:
        print(f"pending until another officer approves it: {entry.country} {entry.fingerprint}")
    for note in report.notes:
        print(f"{_place(note.file, note.index)}: {note.note}", file=sys.stderr)
    for each in report.rejected:
        print(f"{_place(each.file, each.index)}: refused: {each.reason}", file=sys.stderr)


def _place(file: str, index: int | None) -> str:
    return file if index is None else f"{file}, entry {index}"
