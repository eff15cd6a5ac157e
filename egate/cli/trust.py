"""``egate trust import`` and ``egate trust list``."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from egate.cli.clock import now_utc
from egate.cli.input_file import read_file
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.public_key import EcPublicKey, RsaPublicKey
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication import distinguished_name
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.audit import Occasion
from egate.trust.content import MAX_FILE_BYTES, ContentKind, UnknownContent, items_of
from egate.trust.entry import ANCHORS, Entry, Kind
from egate.trust.importing import TrustImport
from egate.trust.report import ImportReport
from egate.trust.store import TrustStore, TrustStoreError, update

_MAX_ANCHOR_BYTES: Final = 1 << 20


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="trust_command", required=True, metavar="COMMAND")
    importing = commands.add_parser(
        "import",
        help="take in lists, certificates and CRLs",
        description="Take in master lists, LDIF files, certificates, CRLs and deviation lists.",
    )
    importing.add_argument("--store", type=Path, required=True, metavar="DIR", help="trust store")
    importing.add_argument(
        "--anchor",
        type=Path,
        action="append",
        default=[],
        metavar="CERT",
        help="a CSCA certificate you vouch for; may be given again",
    )
    importing.add_argument(
        "--accept-unanchored",
        action="store_true",
        help="take also what chains to nothing, and write that on all it brings",
    )
    importing.add_argument("--json", action="store_true", help="print one JSON document")
    importing.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="its kind is found by its content"
    )
    importing.set_defaults(run=_import)
    listing = commands.add_parser(
        "list", help="show what is trusted, by State", description="Show what is trusted, by State."
    )
    listing.add_argument("--store", type=Path, required=True, metavar="DIR", help="trust store")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    listing.set_defaults(run=_list)


def _import(arguments: argparse.Namespace) -> int:
    anchors = [_anchor(file) for file in arguments.anchor]
    files = [(file.name, read_file(file, MAX_FILE_BYTES)) for file in arguments.files]
    _check_contents(files)
    try:
        with update(arguments.store) as store, _progress(visible=not arguments.json) as advance:
            importing = TrustImport(
                store,
                occasion=Occasion(now_utc()),
                anchors=anchors,
                accept_unanchored=arguments.accept_unanchored,
                progress=advance,
            )
            report = importing.add_files(files)
            store.commit()
    except TrustStoreError as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        print_json(_report_as_json(report))
    else:
        _print_report(report)
    return 0 if report.is_complete else 1


def _list(arguments: argparse.Namespace) -> int:
    try:
        store = TrustStore.open(arguments.store)
    except TrustStoreError as error:
        raise BadInput(str(error)) from error
    anchors = sorted(
        (entry for entry in store if entry.kind in ANCHORS),
        key=lambda entry: (entry.country, entry.certificate().not_after, entry.fingerprint),
    )
    if arguments.json:
        print_json([_entry_as_json(entry) for entry in anchors])
        return 0
    table = Table("State", "Kind", "Subject", "Key identifier", "Until", "Key", "From")
    for entry in anchors:
        row = _entry_as_json(entry)
        names = ("country", "kind", "subject", "ski", "not_after", "key", "source")
        table.add_row(*(row[name] for name in names))
    Console().print(table)
    return 0


def _check_contents(files: list[tuple[str, bytes]]) -> None:
    """Refuse the whole import if one file is nothing we know: nothing is half done."""
    for name, content in files:
        try:
            items_of(content)
        except UnknownContent as error:
            raise BadInput(f"{name}: {error}") from error


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
    }


def _print_report(report: ImportReport) -> None:
    table = Table("Kind", "Imported")
    for kind in Kind:
        table.add_row(kind.value, str(report.imported[kind]))
    table.add_row("unchanged", str(report.unchanged))
    Console().print(table)
    print(f"{len(report.countries - {''})} States")
    for each in report.rejected:
        place = "" if each.index is None else f", entry {each.index}"
        print(f"{each.file}{place}: refused: {each.reason}", file=sys.stderr)


def _entry_as_json(entry: Entry) -> dict[str, str]:
    certificate = entry.certificate()
    return {
        "country": entry.country,
        "subject": distinguished_name.shown(certificate.subject),
        "ski": (entry.ski or b"").hex(),
        "not_after": certificate.not_after.date().isoformat(),
        "key": _key(certificate),
        "source": entry.provenance.source,
        "kind": entry.kind.value,
        "fingerprint": entry.fingerprint,
        "source_sha256": entry.provenance.source_sha256,
        "trusted_by": entry.provenance.trusted_by,
    }


def _key(certificate: Certificate) -> str:
    try:
        match certificate.public_key():
            case RsaPublicKey() as key:
                return f"RSA {key.modulus.bit_length()}"
            case EcPublicKey() as key:
                return f"EC {key.curve.name}"
    except DocumentRejected as error:
        return str(error)
