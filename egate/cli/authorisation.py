"""``egate authorisation check``: what the rules say of a traveller, without a gate."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli.authorisation_request import traveller_and_known
from egate.cli.input_file import read_file
from egate.cli.json_output import (
    MAX_LINE_BYTES,
    answer_lines,
    check_as_json,
    parse_request,
    print_json,
)
from egate.cli.outcome import BadInput
from egate.domain.authorisation.background import BackgroundAnswer, check_background
from egate.domain.authorisation.rules import AuthorisationRules
from egate.emrtd.checks import Outcome
from egate.settings import SettingsError, read_authorisation_rules

_WORST_FIRST: Final = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.NOT_SUPPORTED)


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="authorisation_command", required=True, metavar="COMMAND")
    checking = commands.add_parser(
        "check",
        help="say what the rules say of a traveller",
        description="Check a traveller's authorisations, clearance and stay by dated rules.",
    )
    checking.add_argument(
        "--rules", type=Path, required=True, metavar="RULES", help="the dated rules, TOML"
    )
    checking.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="the traveller and what is known, JSON"
    )
    output = checking.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON document")
    output.add_argument(
        "--jsonl", action="store_true", help="answer requests, one a line of standard input"
    )
    checking.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    rules = _read_rules(arguments.rules)
    if arguments.jsonl:
        if arguments.file:
            raise BadInput(f"{arguments.file}: --jsonl takes requests from standard input")
        return answer_lines(lambda request: _as_json(_answer(request, rules), rules))
    if arguments.file is None:
        raise BadInput("FILE is missing")
    content = read_file(arguments.file, MAX_LINE_BYTES)
    try:
        answer = _answer(parse_request(content), rules)
    except BadInput as error:
        raise BadInput(f"{arguments.file}: {error}") from error
    document = _as_json(answer, rules)
    if arguments.json:
        print_json(document)
    else:
        _print(document)
    return 0 if _result(answer) is Outcome.SUCCESSFUL else 1


def _read_rules(file: Path) -> AuthorisationRules:
    try:
        return read_authorisation_rules(file)
    except SettingsError as error:
        raise BadInput(str(error)) from error


def _answer(request: Mapping[str, Any], rules: AuthorisationRules) -> BackgroundAnswer:
    return check_background(*traveller_and_known(request), rules)


def _result(answer: BackgroundAnswer) -> Outcome:
    """Return the worst outcome; unlike at passive authentication, what nobody asked is worse."""
    outcomes = {check.outcome for check in answer.checks}
    return next((each for each in _WORST_FIRST if each in outcomes), Outcome.SUCCESSFUL)


def _as_json(answer: BackgroundAnswer, rules: AuthorisationRules) -> dict[str, Any]:
    grant, stay = answer.grant, answer.stay
    return {
        "ok": True,
        "result": _result(answer).value,
        "checks": [check_as_json(check) for check in answer.checks],
        "grant": grant
        and {
            "kind": grant.kind.value,
            "stay_days": grant.limit.days,
            "authorised_until": answer.authorised_until and answer.authorised_until.isoformat(),
        },
        "stay": stay
        and {
            "authorised_until": stay.allowed_until and stay.allowed_until.isoformat(),
            "days_used": stay.days_used,
            "overstay_days": stay.overstay_days,
        },
        "rules_version": rules.version,
    }


def _print(document: Mapping[str, Any]) -> None:
    table = Table("Check", "Result", "Detail")
    for check in document["checks"]:
        table.add_row(check["check_id"], check["result"], check["detail"])
    console = Console()
    console.print(table)
    if grant := document["grant"]:
        until = grant["authorised_until"] or "without a limit"
        console.print(f"enters by {grant['kind']}, until {until}")
    if stay := document["stay"]:
        console.print(f"stayed {stay['days_used']} days, {stay['overstay_days']} too many")
    console.print(f"rules {document['rules_version']}: {document['result']}")
