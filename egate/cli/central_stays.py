"""``egate central stays``: who is over the allowed stay, and what belongs to no stay."""

import argparse
import csv
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from egate.central.authorisations.limits import RulesInForce, judge_some
from egate.central.authorisations.work_lists import (
    PortStays,
    WorkItem,
    open_stays,
    overdue,
    unmatched,
)
from egate.central.database import Pool
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.domain.time import UtcSeconds
from egate.settings import SettingsError

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_MOST: Final = 100_000
_COLUMNS: Final = tuple(each.name for each in fields(WorkItem))
_SHOWN: Final = ("matter", "port", "document", "day", "days_over")
_COUNTED: Final = tuple(each.name for each in fields(PortStays))


def configure(commands: "Commands") -> None:
    """Add the command."""
    stays = commands.add_parser(
        "stays",
        help="overstays, and movements that belong to no stay",
        description="Print a work list for officers; the centre may run meanwhile. Personal,"
        " but for --count. Exit code 1: there is something on the list.",
    )
    add_config(stays)
    which = stays.add_mutually_exclusive_group(required=True)
    which.add_argument("--overdue", action="store_true", help="who is over the allowed stay")
    which.add_argument(
        "--unmatched", action="store_true", help="entries without exit, exits without entry"
    )
    which.add_argument(
        "--count", action="store_true", help="open stays of foreigners by port; nothing personal"
    )
    form = stays.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as one JSON document")
    form.add_argument("--csv", action="store_true", help="as CSV with a line of names")
    stays.add_argument("--port", default="", metavar="LOCODE", help="of one port alone")
    stays.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    if settings.authorisation_rules is None:
        raise BadInput(f"{arguments.config}: authorisation_rules: is missing")
    try:
        rules = RulesInForce.from_file(settings.authorisation_rules)
    except SettingsError as error:
        raise BadInput(str(error)) from error

    items = [
        each for each in asked(settings, _finding(arguments, rules)) if _is_at(each, arguments)
    ]
    _print([_texts(each) for each in items], arguments)
    return 1 if items and not arguments.count else 0


def _finding(
    arguments: argparse.Namespace, rules: RulesInForce
) -> Callable[[Pool], Awaitable[Sequence[WorkItem | PortStays]]]:
    async def find(pool: Pool) -> Sequence[WorkItem | PortStays]:
        if arguments.unmatched:
            return await unmatched(pool, _MOST)
        while await judge_some(pool, rules):
            pass
        now = UtcSeconds(now_utc().timestamp())
        if arguments.count:
            return await open_stays(pool, rules.rules, now)
        return await overdue(pool, rules.rules, now, _MOST)

    return find


def _is_at(item: WorkItem | PortStays, arguments: argparse.Namespace) -> bool:
    return arguments.port in ("", item.port)


def _texts(item: WorkItem | PortStays) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in asdict(item).items()
    }


def _print(items: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({"stays": items})
        return
    columns = _COUNTED if arguments.count else _COLUMNS
    if arguments.csv:
        table = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(items)
        sys.stdout.flush()
        return
    shown = Table(*(_COUNTED if arguments.count else _SHOWN))
    for item in items:
        row = item if arguments.count else _shown(item)
        shown.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(shown)


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """Return what fits a terminal."""
    document = f"{item['issuing_state']} {item['document_number']}"
    found = {**item, "document": document, "day": item["occurred_at"][:10]}
    return {name: found[name] for name in _SHOWN}
