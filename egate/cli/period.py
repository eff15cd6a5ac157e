"""A period that users give as its first and its last day."""

import argparse

from egate.central.statistics.period import Period, PeriodInvalid
from egate.cli.day import parse_day
from egate.cli.outcome import BadInput


def add_period(parser: argparse.ArgumentParser) -> None:
    """Let the command name a period."""
    parser.add_argument(
        "--from", dest="first", required=True, metavar="DAY", help="YYYY-MM-DD, of Asia/Dhaka"
    )
    parser.add_argument(
        "--to", dest="last", required=True, metavar="DAY", help="the last day, at most a year on"
    )


def period_of(arguments: argparse.Namespace) -> Period:
    """Return the period that ``--from`` and ``--to`` name.

    Raises:
        BadInput: they name none.

    """
    try:
        return Period(parse_day(arguments.first), parse_day(arguments.last))
    except PeriodInvalid as error:
        raise BadInput(str(error)) from error
