"""``egate console audit``: verify the chain of the audit log, and export it."""

import argparse
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from egate.cli.clock import now_utc
from egate.cli.outcome import BadInput
from egate.console.audit.chain import verify
from egate.console.audit.log import FILE_NAME, AuditAct, AuditLog, AuditUnusable, reading
from egate.console.audit.reading import AuditQuery, LogFormat, exported
from egate.domain.time import UtcSeconds
from egate.observability.logging import configure_logging
from egate.settings import ConsoleSettings, SettingsError, load

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
        " the first change is. Exit code 1: it was changed.",
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
    file = _file(arguments)
    try:
        with reading(file) as database:
            state = verify(database, arguments.head)
    except sqlite3.Error as error:
        raise BadInput(f"{file}: {error}") from error
    if state.fault:
        print(f"BROKEN: {state.fault}")
        return 1
    print(f"whole: rows {state.first} to {state.last}, head {state.last}:{state.head}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    configure_logging()  # what the log says of itself is no part of what is exported
    file = _file(arguments)
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


def _file(arguments: argparse.Namespace) -> Path:
    try:
        return load(ConsoleSettings, arguments.config).state / FILE_NAME
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
