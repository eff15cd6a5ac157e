"""``egate lists match``, and the other commands of ``egate lists`` beside it."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli import lists_build, lists_store
from egate.cli.clock import now_utc
from egate.cli.day import parse_day
from egate.cli.input_file import read_file
from egate.cli.json_output import answer_lines, print_json
from egate.cli.lists_command import list_faults, lists_command
from egate.cli.mrz import parse_lines, read_lines
from egate.cli.outcome import BadInput
from egate.domain.record import Direction
from egate.lists.keeper import Kept
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.store import ListStore, find_document

_MAX_REQUEST_BYTES: Final = 1 << 16
_EXACT: Final = 1.0


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="lists_command", required=True, metavar="COMMAND")
    matching = lists_command(commands, "match", "look a document up in the lists")
    matching.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help='one JSON request {"document": {"document_type", "issuing_state",'
        ' "document_number"}, "direction": "entry", "at": "2026-11-30"}; default standard input',
    )
    matching.add_argument("--mrz-file", type=Path, metavar="F", help="MRZ lines of the document")
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
            answer = _answer(store, lists, _request(arguments))
    if arguments.json:
        print_json(answer)
    else:
        _print_hits(answer["hits"])
    return 0 if answer["hits"] else 1


def _request(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.mrz_file is not None:
        mrz = parse_lines(read_lines(arguments.mrz_file), str(arguments.mrz_file))
        if not mrz.is_valid:
            raise BadInput(f"{arguments.mrz_file}: a check digit is wrong, or a field malformed")
        document = {
            "document_type": mrz.document_code,
            "issuing_state": mrz.issuing_state,
            "document_number": mrz.document_number,
        }
        return {"document": document}
    if arguments.file is None:
        raw, name = sys.stdin.buffer.read(_MAX_REQUEST_BYTES + 1), "standard input"
    else:
        raw, name = read_file(arguments.file, _MAX_REQUEST_BYTES), str(arguments.file)
    try:
        request = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name}: not JSON") from error
    if not isinstance(request, dict):
        raise BadInput(f"{name}: a request is a JSON object")
    return request


def _answer(
    store: ListStore, lists: Mapping[ListKind, Kept], request: Mapping[str, Any]
) -> dict[str, Any]:
    document = request.get("document")
    if unknown := set(request) - {"document", "direction", "at"}:
        raise BadInput(f"{min(unknown)}: not in a request")
    if not isinstance(document, dict):
        raise BadInput("document: not a JSON object")
    names = ("document_type", "issuing_state", "document_number")
    if set(document) != set(names) or not all(isinstance(document[name], str) for name in names):
        raise BadInput(f"document: not the texts {', '.join(names)}")
    with list_faults():
        hits = find_document(
            ListedDocument.of(*(document[name] for name in names)),
            lists,
            store.pinned.key,
            _direction(request.get("direction")),
            parse_day(request.get("at")),
            now_utc(),
        )
    return {"hits": [_hit(each) for each in hits]}


def _direction(text: object) -> Direction | None:
    try:
        return None if text is None else Direction(str(text))
    except ValueError:
        raise BadInput("direction: not entry or exit") from None


def _hit(entry: ListEntry) -> dict[str, Any]:
    return {**entry.as_json(), "score": _EXACT, "kind": "document"}


def _print_hits(hits: list[dict[str, Any]]) -> None:
    # An officer's instruction was typed by somebody: it may not write the terminal's commands.
    console = Console(markup=False, highlight=False)
    if not hits:
        console.print("no hit")
        return
    table = Table("List", "Entry", "Action", "Legal basis", "Order", "Authority", "Instruction")
    names = ("list", "entry_id", "action", "legal_basis", "order_reference", "authority")
    for hit in hits:
        table.add_row(*(hit[name] for name in (*names, "instruction")))
    console.print(table)
