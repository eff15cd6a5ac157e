"""``egate central lists``: what officers propose and decide about lists, at the centre itself."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from egate.central.database import Connection
from egate.central.lists.acts import Act, Maker, Preview, Scope
from egate.central.lists.deciding import decide, withdraw
from egate.central.lists.entries import propose_entry, revoke_entry
from egate.central.lists.proposing import Proposal, Proposed, preview, propose
from egate.cli import central_lists_show
from egate.cli.central_database import add_config
from egate.cli.central_lists_show import done
from egate.cli.json_output import print_json
from egate.lists.kinds import ListKind
from egate.lists.source import read_rows

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_ROWS: Final = "rows of docs/lists.md: CSV, or a JSON array of objects"


def configure(commands: "Commands") -> None:
    """Add the command to those of ``egate central``."""
    lists = commands.add_parser(
        "lists",
        help="entries of lists: propose, approve, import, export",
        description="Entries of lists in the centre's database; the centre may run meanwhile, and"
        " publishes within seconds what was approved.",
    )
    actions = lists.add_subparsers(dest="lists_action", required=True, metavar="ACTION")
    proposing = _act(actions, "propose", "propose one entry, new or changed")
    _of_list(proposing)
    proposing.add_argument("file", type=Path, metavar="FILE", help=f"all of the entry: {_ROWS}")
    proposing.set_defaults(run=_propose)
    revoking = _act(actions, "revoke", "propose that an entry leaves its list")
    _of_list(revoking)
    revoking.add_argument("entry", metavar="ENTRY", help="its id")
    revoking.set_defaults(run=_revoke)
    for name, approved in (("approve", True), ("refuse", False)):
        deciding = _act(actions, name, f"{name} what somebody else proposed")
        deciding.add_argument("proposal", type=int, metavar="PROPOSAL", help="its number")
        deciding.set_defaults(run=_decide, approved=approved)
    withdrawing = _act(actions, "withdraw", "take back what you proposed, while it waits")
    withdrawing.add_argument("proposal", type=int, metavar="PROPOSAL", help="its number")
    withdrawing.set_defaults(run=_withdraw)
    importing = _act(actions, "import", "propose what a file says, as a whole")
    _of_list(importing)
    importing.add_argument("--preview", action="store_true", help="say what would change, and end")
    importing.add_argument(
        "--whole", action="store_true", help="what the file leaves out is taken off the list"
    )
    importing.add_argument(
        "--without-refused", action="store_true", help="propose the rows that are not refused"
    )
    importing.add_argument("file", type=Path, metavar="FILE", help=_ROWS)
    importing.set_defaults(run=_import)
    central_lists_show.configure(actions)


def _act(actions: "Commands", name: str, summary: str) -> argparse.ArgumentParser:
    command = actions.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    add_config(command)
    command.add_argument("--officer", required=True, metavar="ID", help="who acts")
    command.add_argument("--reason", required=True, metavar="TEXT", help="why")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return command


def _of_list(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--list",
        type=ListKind,
        required=True,
        dest="kind",
        metavar="LIST",
        help=f"one of {', '.join(ListKind)}",
    )


def _propose(arguments: argparse.Namespace) -> int:
    async def act(connection: Connection) -> Proposed:
        rows = list(_read(arguments))
        return await propose_entry(connection, arguments.kind, rows, _maker(arguments))

    return _print(arguments, done(arguments, act))


def _revoke(arguments: argparse.Namespace) -> int:
    async def act(connection: Connection) -> Proposed:
        return await revoke_entry(connection, arguments.kind, arguments.entry, _maker(arguments))

    return _print(arguments, done(arguments, act))


def _decide(arguments: argparse.Namespace) -> int:
    approved: bool = arguments.approved

    async def act(connection: Connection) -> None:
        await decide(connection, arguments.proposal, _maker(arguments), approved=approved)

    done(arguments, act)
    if arguments.json:
        print_json({"proposal_id": arguments.proposal, "approved": approved})
    else:
        print(f"proposal {arguments.proposal}: {'approved' if approved else 'refused'}")
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    async def act(connection: Connection) -> None:
        await withdraw(connection, arguments.proposal, _maker(arguments))

    done(arguments, act)
    if arguments.json:
        print_json({"proposal_id": arguments.proposal, "withdrawn": True})
    else:
        print(f"proposal {arguments.proposal}: withdrawn")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    scope = Scope.LIST if arguments.whole else Scope.NOTHING

    async def act(connection: Connection) -> Proposed:
        rows = _read(arguments)
        if arguments.preview:
            return Proposed(None, await preview(connection, arguments.kind, rows, scope))
        proposal = Proposal(
            arguments.kind,
            Act.IMPORT,
            _maker(arguments),
            scope,
            without_refused=arguments.without_refused,
        )
        return await propose(connection, proposal, rows)

    return _print(arguments, done(arguments, act))


def _read(arguments: argparse.Namespace) -> Any:  # noqa: ANN401 - an iterator of rows
    return read_rows(arguments.file, arguments.kind)


def _maker(arguments: argparse.Namespace) -> Maker:
    return Maker(arguments.officer, arguments.reason)


def _print(arguments: argparse.Namespace, proposed: Proposed) -> int:
    seen = proposed.preview
    if arguments.json:
        print_json({"proposal_id": proposed.proposal_id, **seen.as_json()})
    else:
        _print_preview(seen)
        number = proposed.proposal_id
        print("nothing proposed" if number is None else f"proposal {number} waits for approval")
    return 1 if seen.refused else 0


def _print_preview(seen: Preview) -> None:
    document = seen.as_json()
    for row in document.pop("refused_rows"):
        print(f"line {row['line']}: refused: {row['reason']}")
    for name, value in document.items():
        print(f"{name.replace('_', ' ')}: {value}")
