"""``egate central report``: statistics and the agreement's indicators, from the database."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from egate.central.database import CONNECTION_FAULTS, DatabaseUnavailable, open_database
from egate.central.embedded import running_address
from egate.central.statistics.document import Document, Language
from egate.central.statistics.facts import make_all_facts
from egate.central.statistics.files import WRITERS
from egate.central.statistics.period import Period, PeriodInvalid
from egate.central.statistics.report import make_report
from egate.cli.day import parse_day
from egate.cli.outcome import BadInput, Unavailable
from egate.settings import CentralSettings, Database, SettingsError, load
from egate.settings.agreement import Agreement

if TYPE_CHECKING:
    # argparse keeps the class of what add_subparsers returns to itself.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def configure(commands: "Commands") -> None:
    report = commands.add_parser(
        "report",
        help="statistics and the agreement's indicators of a period",
        description="Write statistics and the agreement's indicators of a period to standard"
        " output; the centre may run meanwhile. Holds no personal data.",
    )
    report.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/central.toml"
    )
    report.add_argument(
        "--from", dest="first", required=True, metavar="DAY", help="YYYY-MM-DD, of Asia/Dhaka"
    )
    report.add_argument(
        "--to", dest="last", required=True, metavar="DAY", help="the last day, at most a year on"
    )
    report.add_argument("--format", choices=tuple(WRITERS), default="json", help="default: json")
    report.add_argument(
        "--language", choices=tuple(Language), default=Language.BANGLA, help="default: bn"
    )
    report.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        settings = load(CentralSettings, arguments.config)
        agreement = load(Agreement, settings.agreement) if settings.agreement else None
        period = Period(parse_day(arguments.first), parse_day(arguments.last))
        document = asyncio.run(_make(_database(settings.database), period, agreement))
    except (SettingsError, PeriodInvalid) as error:
        raise BadInput(str(error)) from error
    except DatabaseUnavailable as error:
        raise Unavailable(str(error)) from error
    except CONNECTION_FAULTS as error:
        raise Unavailable(f"database: {type(error).__name__}") from error
    sys.stdout.buffer.write(WRITERS[arguments.format].write(document, arguments.language))
    sys.stdout.buffer.flush()
    return 0


def _database(named: Database) -> Database:
    """Return ``named``, or the address of the embedded one that a centre runs already."""
    address = running_address(named.embedded) if named.embedded else None
    return named if address is None else Database(dsn=address)


async def _make(database: Database, period: Period, agreement: Agreement | None) -> Document:
    async with open_database(database) as pool:
        await make_all_facts(pool)
        return await make_report(pool, period, agreement)
