"""``egate names score``: how alike two names of persons are."""

import argparse
from collections.abc import Mapping
from typing import Any

from egate.cli.json_output import answer_lines, print_json
from egate.cli.outcome import BadInput
from egate.lists.names.folding import UnusableName
from egate.lists.names.score import names_score


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="names_command", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "score",
        help="how alike two names are, from 0 to 1",
        description="Compare two names of persons, however each is spelt: 1 for the same name.",
    )
    command.add_argument("left", nargs="?", metavar="LEFT", help="one name")
    command.add_argument("right", nargs="?", metavar="RIGHT", help="the other")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument(
        "--jsonl",
        action="store_true",
        help='one request {"left": .., "right": ..} a line on standard input',
    )
    command.set_defaults(run=_run_score)


def _run_score(arguments: argparse.Namespace) -> int:
    given = arguments.left, arguments.right
    if arguments.jsonl:
        if any(given):
            raise BadInput("--jsonl takes its names from standard input")
        return answer_lines(_answer)
    if None in given:
        raise BadInput("names score needs LEFT and RIGHT, or --jsonl")
    answer = _answer({"left": arguments.left, "right": arguments.right})
    if arguments.json:
        print_json(answer)
    else:
        print(f"score {answer['score']:.3f}")
    return 0


def _answer(request: dict[str, Any]) -> Mapping[str, Any]:
    left, right = request.get("left"), request.get("right")
    if not isinstance(left, str) or not isinstance(right, str):
        raise BadInput("left, right: two names")
    try:
        return {"ok": True, "score": round(names_score(left, right), 4)}
    except UnusableName as error:
        raise BadInput(f"left, right: {error}") from None
