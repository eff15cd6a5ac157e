"""``egate central stays``: who is over the allowed stay, and what belongs to no stay."""

import argparse
import csv
import sys
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from egate.central.authorisations.limits import RulesInForce, judge_some
from egate.central.authorisations.work_lists import WorkItem, overdue, unmatched
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


def configure(commands: "Commands") -> None:
    """Add the command."""
    stays = commands.add_parser(
        "stays",
        help="overstays, and movements that belong to no stay",
        description="Print a work list for officers; the centre may run meanwhile. Personal."
        " Exit code 1: there is something on it.",
    )
    add_config(stays)
    which = stays.add_mutually_exclusive_group(required=True)
    which.add_argument("--overdue", action="store_true", help="who is over the allowed stay")
    which.add_argument(
        "--unmatched", action="store_true", help="entries without exit, exits without entry"
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

    async def find(pool: Pool) -> list[WorkItem]:
        if arguments.unmatched:
            return await unmatched(pool, _MOST)
        while await judge_some(pool, rules):
            pass
        return await overdue(pool, rules.rules, UtcSeconds(now_utc().timestamp()), _MOST)

    found = [each for each in asked(settings, find) if arguments.port in ("", each.port)]
    _print([_texts(each) for each in found], arguments)
    return 1 if found else 0


def _texts(item: WorkItem) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in asdict(item).items()
    }


def _print(items: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({"stays": items})
    elif arguments.csv:
        table = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(items)
        sys.stdout.flush()
    else:
        shown = Table("Matter", "Since", "Port", "Document", "Name", "Until", "Days over")
        for item in items:
            shown.add_row(
                item["matter"],
                item["occurred_at"],
                item["port"],
                f"{item['issuing_state']} {item['document_number']}",
                f"{item['primary_identifier']} {item['secondary_identifier']}",
                item["allowed_until"] or "",
                "" if item["days_over"] is None else str(item["days_over"]),
            )
        Console().print(shown)
