"""``egate central lists show | search | export``: what waits, what is in force, and as a file."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from egate.central.database import Connection, Pool
from egate.central.lists.acts import ActRefused
from egate.central.lists.exporting import exported
from egate.central.lists.looking import (
    SeenEntry,
    SeenProposal,
    history,
    proposal,
    proposals,
    search,
)
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.lists.written_rows import RowFormat, written_rows

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

Answer = TypeVar("Answer")


def configure(actions: "Commands") -> None:
    """Add the commands that change nothing."""
    showing = _look(
        actions, "show", "show proposals that wait, one proposal, or an entry's history"
    )
    which = showing.add_mutually_exclusive_group()
    which.add_argument("--proposal", type=int, metavar="N", help="this one, with what it changes")
    which.add_argument("--entry", metavar="ID", help="every revision of it; needs --list")
    which.add_argument("--all", action="store_true", help="also what was decided")
    showing.add_argument("--json", action="store_true", help="print one JSON document")
    showing.set_defaults(run=_show)
    searching = _look(actions, "search", "look for entries that were ever in force")
    searching.add_argument("--entry", default="", metavar="ID", help="by its id")
    searching.add_argument(
        "--document", nargs=2, metavar=("STATE", "NUMBER"), help="that name this document"
    )
    searching.add_argument(
        "--words", default="", metavar="TEXT", help="part of a name, or of an order's reference"
    )
    searching.add_argument("--json", action="store_true", help="print one JSON document")
    searching.set_defaults(run=_search)
    exporting = _look(actions, "export", "write what is in force, as an import takes it")
    exporting.add_argument(
        "--format", type=RowFormat, default=RowFormat.CSV, metavar="FORM", help="csv or json"
    )
    exporting.set_defaults(run=_export)


def _look(actions: "Commands", name: str, summary: str) -> argparse.ArgumentParser:
    command = actions.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}. Personal."
    )
    add_config(command)
    command.add_argument(
        "--list", type=ListKind, dest="kind", metavar="LIST", help="this one; default all"
    )
    return command


def _show(arguments: argparse.Namespace) -> int:
    if arguments.entry is not None and arguments.kind is None:
        raise BadInput("--entry needs --list")

    async def look(connection: Connection) -> list[dict[str, Any]]:
        if arguments.proposal is not None:
            seen, entries = await proposal(connection, arguments.proposal)
            return [{**_proposal(seen), "entries": [_entry(each) for each in entries]}]
        if arguments.entry is not None:
            found = await history(connection, arguments.kind, arguments.entry)
            return [{**_proposal(seen), **_entry(entry)} for seen, entry in found]
        waiting = await proposals(connection, arguments.kind, decided_too=arguments.all)
        return [_proposal(each) for each in waiting]

    found = done(arguments, look)
    if arguments.json:
        print_json({"proposals": found})
        return 0
    for each in found:
        decided = each["decided"] or {"approved": None, "withdrawn": False, "officer_id": ""}
        state = {None: "waits", True: "approved by", False: "refused by"}[decided["approved"]]
        state = "withdrawn by" if decided["withdrawn"] else state
        print(
            f"{each['proposal_id']}  {each['list']} {each['act']} by {each['officer_id']}"
            f" {each['at']}: {each['reason']}; {state} {decided['officer_id']}".rstrip()
        )
        for entry in each.get("entries", [each] if "rows" in each else []):
            _print_entry(entry)
    return 0


def _search(arguments: argparse.Namespace) -> int:
    async def look(connection: Connection) -> list[dict[str, Any]]:
        document = None
        if arguments.document:
            document = ListedDocument.of("P", *arguments.document)  # any kind is found
        found = await search(
            connection,
            arguments.kind,
            entry_id=arguments.entry,
            document=document,
            words=arguments.words,
        )
        return [{"list": kind.value, **_entry(entry)} for kind, entry in found]

    found = done(arguments, look)
    if arguments.json:
        print_json({"entries": found})
    else:
        for each in found:
            _print_entry(each)
    return 0 if found else 1


def _export(arguments: argparse.Namespace) -> int:
    if arguments.kind is None:
        raise BadInput("export needs --list")

    async def write(connection: Connection) -> None:
        async for piece in exported(connection, arguments.kind, arguments.format):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()

    done(arguments, write)
    return 0


def done(arguments: argparse.Namespace, act: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Return what ``act`` returns of the centre's database.

    Raises:
        BadInput: it was refused, or the settings cannot be used.
        Unavailable: the database does not answer.

    """

    async def ask(pool: Pool) -> Answer:
        async with pool.acquire() as connection:
            return await act(connection)

    try:
        return asked(settings_of(arguments), ask)
    except (ActRefused, ListRefused) as error:
        raise BadInput(str(error)) from error


def _proposal(seen: SeenProposal) -> dict[str, Any]:
    decided = seen.decided
    return {
        "proposal_id": seen.proposal_id,
        "list": seen.kind.value,
        "act": seen.act,
        "officer_id": seen.officer_id,
        "at": seen.at.isoformat(timespec="seconds"),
        "reason": seen.reason,
        "preview": dict(seen.preview),
        "decided": decided
        and {
            "approved": decided.approved,
            "withdrawn": decided.withdrawn,
            "officer_id": decided.officer_id,
            "at": decided.at.isoformat(timespec="seconds"),
            "reason": decided.reason,
        },
    }


def _entry(entry: SeenEntry) -> dict[str, Any]:
    rows = [each for row in entry.rows for each in written_rows(row)]
    if not rows:  # neither a document nor a person is left
        rows = [entry.rows[0].entry.as_json()]
    return {
        "entry_id": entry.rows[0].entry.entry_id,
        "revision": entry.revision,
        "revoked": entry.revoked,
        "port": entry.port,
        "rows": rows,
    }


def _print_entry(entry: dict[str, Any]) -> None:
    state = "revoked" if entry["revoked"] else "listed"
    print(f"  {entry['entry_id']} revision {entry['revision']}: {state}")
    for row in entry["rows"]:
        said = (f"{name}: {value}" for name, value in row.items() if value and name != "entry_id")
        print(f"    {'; '.join(said)}")
