"""``egate central authorisations`` and ``successions``: imports, approvals, exports."""

import argparse
import csv
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from egate.central.authorisations.acts import (
    ActRefused,
    Origin,
    Preview,
    approve,
    decline,
    examine,
    file_act,
    preview,
    waiting_acts,
)
from egate.central.authorisations.reading import in_force, said_of
from egate.central.authorisations.rows import ROWS, SuccessionRow
from egate.central.database import Pool
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.lists.errors import ListRefused
from egate.lists.row_files import rows_in

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_SHOWN: Final = 1000
_MOST_ROWS: Final = 1_000_000
_OFFICER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_WORDS: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_DOCUMENT: Final = re.compile(r"([A-Z]{1,3}):([A-Z0-9<]{1,40})")


def configure(commands: "Commands") -> None:
    """Add both groups of commands."""
    subjects = [name for name in ROWS if name != SuccessionRow.subject]
    authorisations = commands.add_parser(
        "authorisations",
        help="visas, clearances, extensions of stay, and the systems that issue them",
        description="Visas, clearances, extensions of stay, and the systems that issue them.",
    )
    actions = authorisations.add_subparsers(dest="matter", required=True, metavar="ACTION")
    _add_files(actions, subjects)
    _add_approval(actions)
    showing = actions.add_parser("show", help="what is and was known of a document's holder")
    add_config(showing)
    showing.add_argument("document", metavar="STATE:NUMBER", help="such as SRB:012345678")
    showing.set_defaults(run=_show)
    successions = commands.add_parser(
        "successions",
        help="documents that are one holder's",
        description="Documents that came after one another, or are held beside one another."
        " What a person files waits: see authorisations waiting.",
    )
    _add_files(
        successions.add_subparsers(dest="matter", required=True, metavar="ACTION"),
        [SuccessionRow.subject],
    )


def _add_files(actions: "Commands", subjects: list[str]) -> None:
    importing = actions.add_parser(
        "import",
        help="take a file, or say what it would change",
        description="Take CSV or a JSON array. A system's file holds at once; what a person"
        " files waits until another approves it. If a row is refused, nothing is taken."
        " Exit code 1: a row was refused.",
    )
    exporting = actions.add_parser("export", help="write what is in force to standard output")
    for command in (importing, exporting):
        add_config(command)
        command.add_argument("--subject", choices=subjects, default=subjects[0])
    importing.add_argument("--by", required=True, metavar="OFFICER", help="who imports it")
    importing.add_argument(
        "--legal-basis", required=True, metavar="TEXT", help="law, circular or order"
    )
    importing.add_argument(
        "--system", default="", metavar="NAME", help="whose file it is; without it, the officer's"
    )
    importing.add_argument(
        "--preview", action="store_true", help="say what would change, and change nothing"
    )
    importing.add_argument(
        "--without-refused", action="store_true", help="take the rows that are not refused"
    )
    importing.add_argument(
        "file", type=Path, metavar="FILE", help="CSV, or a JSON array of objects"
    )
    importing.set_defaults(run=_import)
    exporting.add_argument("--format", choices=("csv", "json"), default="csv")
    exporting.set_defaults(run=_export)


def _add_approval(actions: "Commands") -> None:
    waiting = actions.add_parser("waiting", help="what nobody has approved yet")
    add_config(waiting)
    waiting.set_defaults(run=_waiting)
    for name, run, meaning in (
        ("approve", _approve, "bring into force what somebody else filed"),
        ("decline", _decline, "drop what was filed"),
    ):
        command = actions.add_parser(name, help=meaning)
        add_config(command)
        command.add_argument("--by", required=True, metavar="OFFICER", help="who decides")
        command.add_argument("act", metavar="ACT", help="as printed by import and waiting")
        command.set_defaults(run=run)


def _import(arguments: argparse.Namespace) -> int:
    origin = Origin(
        _fitting(_OFFICER, "--by", arguments.by),
        _fitting(_WORDS, "--legal-basis", arguments.legal_basis),
        arguments.system and _fitting(_WORDS, "--system", arguments.system),
    )
    settings = settings_of(arguments)
    document = asked(settings, lambda pool: _take(pool, arguments, origin))
    print_json(document)
    return 1 if document["refused"] else 0


async def _take(pool: Pool, arguments: argparse.Namespace, origin: Origin) -> dict[str, Any]:
    kind = ROWS[arguments.subject]
    try:
        needed = [name for name, column in kind.model_fields.items() if column.is_required()]
        numbered = rows_in(arguments.file, needed)
        sound, refused = examine(numbered, kind, _MOST_ROWS)
    except ListRefused as error:
        raise BadInput(str(error)) from error
    async with pool.acquire() as connection:
        found = await preview(connection, sound, refused)
    document = _as_json(arguments.subject, found)
    is_stopped = bool(refused) and not arguments.without_refused
    if arguments.preview or is_stopped or not found.rows:
        return document
    try:
        act_id, holds = await file_act(pool, found.rows, origin)
    except ActRefused as error:
        raise BadInput(str(error)) from error
    return document | {"act_id": str(act_id), "in_force": holds}


def _as_json(subject: str, found: Preview) -> dict[str, Any]:
    return {
        "subject": subject,
        "new": len(found.new),
        "new_lines": [line for line, _ in found.new[:_SHOWN]],
        "changed": len(found.changed),
        "changed_lines": [line for line, _ in found.changed[:_SHOWN]],
        "unchanged": found.unchanged,
        "refused": len(found.refused),
        "refused_lines": [asdict(each) for each in found.refused[:_SHOWN]],
        "act_id": None,
        "in_force": False,
    }


def _export(arguments: argparse.Namespace) -> int:
    async def write(pool: Pool) -> None:
        async with pool.acquire() as connection, connection.transaction():
            rows = [row async for row in in_force(connection, arguments.subject)]
        if arguments.format == "json":
            print_json(rows)
            return
        columns = list(ROWS[arguments.subject].model_fields)
        table = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        sys.stdout.flush()

    asked(settings_of(arguments), write)
    return 0


def _waiting(arguments: argparse.Namespace) -> int:
    acts = asked(settings_of(arguments), waiting_acts)
    print_json([_plain(asdict(act)) for act in acts])
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    return _decide(arguments, approve)


def _decline(arguments: argparse.Namespace) -> int:
    return _decide(arguments, decline)


def _decide(arguments: argparse.Namespace, decide: Any) -> int:  # noqa: ANN401 - approve or decline
    officer = _fitting(_OFFICER, "--by", arguments.by)
    try:
        act_id = UUID(arguments.act)
    except ValueError:
        raise BadInput("ACT: not an id of an act") from None
    try:
        asked(settings_of(arguments), lambda pool: decide(pool, act_id, officer))
    except ActRefused as error:
        raise BadInput(str(error)) from error
    return 0


def _show(arguments: argparse.Namespace) -> int:
    named = _DOCUMENT.fullmatch(arguments.document)
    if named is None:
        raise BadInput("STATE:NUMBER: such as SRB:012345678")
    document = DocumentKey(named[1], named[2])
    found = asked(settings_of(arguments), lambda pool: said_of(pool, document))
    print_json([_plain(asdict(each)) for each in found])
    return 0 if found else 1


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, (int, dict)) else str(value)
        for name, value in columns.items()
    }


def _fitting(pattern: re.Pattern[str], name: str, text: str) -> str:
    if not pattern.fullmatch(text):
        raise BadInput(f"{name}: empty, too long, or with characters that it cannot have")
    return text
