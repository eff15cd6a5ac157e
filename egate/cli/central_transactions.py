"""``egate central transactions``: inspections of a period as XML, without personal data."""

import argparse
from typing import TYPE_CHECKING

from egate.central.database import Pool
from egate.central.transactions import PeriodRecords
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.inspection_log import conclude, progress, written_log
from egate.cli.inspection_log_options import add_log
from egate.cli.period import add_period, period_of
from egate.observability.logging import configure_logging
from egate.reporting.inspection_log.writer import LogWriter

if TYPE_CHECKING:
    from egate.cli.central_database import Commands


def configure(commands: "Commands") -> None:
    transactions = commands.add_parser(
        "transactions",
        help="inspections of a period as XML, without personal data",
        description="Write every inspection of a period as XML after BSI TR-03135: times,"
        " versions, results and what belongs to a document and to no person. The centre may run"
        " meanwhile. Exit code 1: some records cannot be read, and are not there.",
    )
    add_config(transactions)
    add_period(transactions)
    transactions.add_argument("--gate", default="", metavar="ID", help="of this station alone")
    add_log(transactions)
    transactions.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    period = period_of(arguments)
    configure_logging()  # a record that was changed is told there
    with written_log(arguments) as writer:

        async def write(pool: Pool) -> None:
            async with (
                pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                await _write(writer, PeriodRecords(connection, period, arguments.gate))

        asked(settings, write)
    return conclude(arguments, writer)


async def _write(writer: LogWriter, records: PeriodRecords) -> None:
    with progress(await records.count()) as advance:
        async for payload in records.payloads():
            if payload is None:
                writer.leave_out()
            else:
                writer.add(payload)
            advance()
