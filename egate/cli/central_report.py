"""``egate central report``: statistics and the agreement's indicators, from the database."""

import argparse
import sys
from typing import TYPE_CHECKING

from egate.central.database import Pool
from egate.central.statistics.document import Document, Language
from egate.central.statistics.facts import make_all_facts
from egate.central.statistics.files import WRITERS
from egate.central.statistics.report import make_report
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.outcome import BadInput
from egate.cli.period import add_period, period_of
from egate.settings import SettingsError, load
from egate.settings.agreement import Agreement

if TYPE_CHECKING:
    from egate.cli.central_database import Commands


def configure(commands: "Commands") -> None:
    report = commands.add_parser(
        "report",
        help="statistics and the agreement's indicators of a period",
        description="Write statistics and the agreement's indicators of a period to standard"
        " output; the centre may run meanwhile. Holds no personal data.",
    )
    add_config(report)
    add_period(report)
    report.add_argument("--format", choices=tuple(WRITERS), default="json", help="default: json")
    report.add_argument(
        "--language", choices=tuple(Language), default=Language.BANGLA, help="default: bn"
    )
    report.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    try:
        agreement = load(Agreement, settings.agreement) if settings.agreement else None
    except SettingsError as error:
        raise BadInput(str(error)) from error
    period = period_of(arguments)

    async def make(pool: Pool) -> Document:
        await make_all_facts(pool)
        return await make_report(pool, period, agreement)

    document = asked(settings, make)
    sys.stdout.buffer.write(WRITERS[arguments.format].write(document, arguments.language))
    sys.stdout.buffer.flush()
    return 0
