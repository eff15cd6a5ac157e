"""``egate console audit``: verify the chain of the audit log, and export it."""

import argparse
import asyncio
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from egate.central.alarms import AlarmKind
from egate.cli.clock import now_utc
from egate.cli.outcome import BadInput, Unavailable
from egate.console.audit.acts import AuditAct
from egate.console.audit.chain import verify
from egate.console.audit.log import FILE_NAME, AuditLog, AuditUnusable, reading
from egate.console.audit.reading import AuditQuery, LogFormat, exported
from egate.domain.time import UtcSeconds
from egate.observability.logging import configure_logging
from egate.ports.reporting import CentreUnavailable
from egate.reporting.audit_head_client import AuditHeadClient, KeptHeads
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.station_key import StationKey
from egate.settings import ConsoleSettings, SettingsError, Tls, load

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_HASH: Final = re.compile("[0-9a-f]{64}")
_WHO: Final = "command line"


def configure(commands: "Commands") -> None:
    audit = commands.add_parser(
        "audit",
        help="verify and export the audit log",
        description="Verify and export the audit log of a console; it may run meanwhile.",
    ).add_subparsers(dest="audit_command", required=True, metavar="COMMAND")
    verifying = audit.add_parser(
        "verify",
        help="whether the log is whole",
        description="Go through the whole log and say whether nothing in it was changed, and where"
        " the first change is, also by the heads that the centre has of it. Exit code 1: it was"
        " changed; 3: it is whole in itself, and the centre could not be asked.",
    )
    _add_config(verifying)
    verifying.add_argument(
        "--head",
        type=_head,
        metavar="ROW:HASH",
        help="a row and its hash, as 'audit head' in the console's log has them: tells another"
        " chain, and one that was cut short",
    )
    verifying.set_defaults(run=_verify)
    exporting = audit.add_parser(
        "export",
        help="print every row, the oldest first",
        description="Print every row, the oldest first; that it was done is noted in the log.",
    )
    _add_config(exporting)
    exporting.add_argument(
        "--format", type=LogFormat, choices=list(LogFormat), default=LogFormat.JSON_LINES
    )
    exporting.set_defaults(run=_export)


def _verify(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    file = settings.state / FILE_NAME
    kept, away = _kept_at_centre(settings)
    expected = dict(kept.as_expected()) | dict([arguments.head] if arguments.head else [])
    try:
        with reading(file) as database:
            state = verify(database, expected)
    except sqlite3.Error as error:
        raise BadInput(f"{file}: {error}") from error
    if state.fault:
        print(f"BROKEN: {state.fault}")
        return 1
    print(f"whole: rows {state.first} to {state.last}, head {state.last}:{state.head}")
    if kept.log > 1:
        print(f"an earlier log of this console broke off: {AlarmKind.AUDIT_LOG_REWRITTEN}")
    if away:
        raise Unavailable(f"not compared with the centre: {away}")
    return 0


def _kept_at_centre(settings: ConsoleSettings) -> tuple[KeptHeads, str]:
    """Return what the centre has of the log, and why it could not be asked, "" if it could."""
    if settings.centre is None:
        return KeptHeads(), ""
    try:
        return asyncio.run(_asked(settings.centre.address, settings.tls)), ""
    except (CentreUnavailable, SettingsError) as error:
        return KeptHeads(), str(error)


async def _asked(address: str, tls: Tls) -> KeptHeads:
    link = Link(address, tls, Role.CENTRE)
    try:
        return await AuditHeadClient(link, StationKey(tls)).kept()
    finally:
        await link.close()


def _export(arguments: argparse.Namespace) -> int:
    configure_logging()  # what the log says of itself is no part of what is exported
    file = _settings(arguments).state / FILE_NAME
    if not file.is_file():
        raise BadInput(f"{file}: there is no audit log")
    try:
        with closing(AuditLog(file, lambda: UtcSeconds(now_utc().timestamp()))) as log:
            log.note(_WHO, AuditAct.LOG_EXPORTED, detail=arguments.format)
        for piece in exported(file, AuditQuery(), arguments.format):
            sys.stdout.write(piece)
    except (sqlite3.Error, AuditUnusable) as error:
        raise BadInput(str(error)) from error
    return 0


def _settings(arguments: argparse.Namespace) -> ConsoleSettings:
    try:
        return load(ConsoleSettings, arguments.config)
    except SettingsError as error:
        raise BadInput(str(error)) from error


def _head(text: str) -> tuple[int, str]:
    number, _, digits = text.partition(":")
    if not (number.isascii() and number.isdecimal() and _HASH.fullmatch(digits)):
        raise argparse.ArgumentTypeError("as 101:0f3a..., with 64 hexadecimal digits")
    return int(number), digits


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/console.toml"
    )
