"""``egate lists match``, and the other commands of ``egate lists`` beside it."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli import lists_build, lists_store
from egate.cli.clock import now_utc
from egate.cli.json_output import answer_lines, print_json
from egate.cli.lists_command import list_faults, lists_command
from egate.cli.lists_request import parse_request, read_request
from egate.cli.outcome import BadInput
from egate.lists.keeper import Kept
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.person_search import find_persons
from egate.lists.store import ListStore, find_document

_EXACT: Final = 1.0


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="lists_command", required=True, metavar="COMMAND")
    matching = lists_command(commands, "match", "look a document and a person up in the lists")
    matching.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help='one JSON request {"document": {"document_type", "issuing_state",'
        ' "document_number"}, "person": {"names": [], "date_of_birth", "nationality"},'
        ' "direction": "entry", "at": "2026-11-30"}; default standard input',
    )
    matching.add_argument(
        "--mrz-file",
        type=Path,
        metavar="F",
        help="MRZ lines, of which the document and its holder are looked up",
    )
    matching.add_argument(
        "--jsonl", action="store_true", help="one such request a line on standard input"
    )
    matching.set_defaults(run=_match)
    lists_store.configure(commands)
    lists_build.configure(commands)


def _match(arguments: argparse.Namespace) -> int:
    given = [each for each in (arguments.file, arguments.mrz_file) if each is not None]
    if len(given) > bool(not arguments.jsonl):
        raise BadInput("one of FILE, --mrz-file and --jsonl")
    if arguments.json and arguments.jsonl:
        raise BadInput("--json is not allowed with --jsonl")
    with list_faults():
        store = ListStore.at(arguments.store)
        with store.opened() as lists:
            if arguments.jsonl:
                return answer_lines(lambda request: _answer(store, lists, request))
            answer = _answer(store, lists, read_request(arguments))
    if arguments.json:
        print_json(answer)
    else:
        _print_hits(answer["hits"])
    return 0 if answer["hits"] else 1


def _answer(
    store: ListStore, lists: Mapping[ListKind, Kept], request: Mapping[str, Any]
) -> dict[str, Any]:
    now, key = now_utc(), store.pinned.key
    with list_faults():
        query = parse_request(request)
        hits = []
        if (document := query.document) is not None:
            named = find_document(document, lists, key, query.direction, query.at, now)
            hits = [_hit(entry, entry.action, _EXACT, "document") for entry in named]
        for found in find_persons(query, lists, key, now):
            hits.append(_hit(found.entry, found.action, round(found.score, 4), found.kind.value))
    return {"hits": hits}


def _hit(entry: ListEntry, action: ListAction, score: float, kind: str) -> dict[str, Any]:
    shown = {**entry.as_json(), "revision": entry.revision, "action": action.value}
    return {**shown, "score": score, "kind": kind}


def _print_hits(hits: list[dict[str, Any]]) -> None:
    # An officer's instruction was typed by somebody: it may not write the terminal's commands.
    console = Console(markup=False, highlight=False)
    if not hits:
        console.print("no hit")
        return
    names = ("list", "entry_id", "kind", "action", "legal_basis", "order_reference", "authority")
    heads = ("List", "Entry", "Kind", "Action", "Legal basis", "Order", "Authority", "Instruction")
    table = Table(*heads)
    for hit in hits:
        table.add_row(*(hit[name] for name in (*names, "instruction")))
    console.print(table)
