"""``egate central serve``: the DIP centre."""

import argparse
import asyncio
import os
import signal

from egate import __version__
from egate.central.database import DatabaseUnavailable
from egate.central.service import running_centre
from egate.cli.central_alarms import configure as configure_alarms
from egate.cli.central_authorisations import configure as configure_authorisations
from egate.cli.central_authority import configure as configure_authority
from egate.cli.central_backup import configure as configure_backup
from egate.cli.central_database import add_config
from egate.cli.central_gates import configure as configure_gates
from egate.cli.central_keys import configure as configure_keys
from egate.cli.central_lists import configure as configure_lists
from egate.cli.central_peers import configure as configure_peers
from egate.cli.central_purge import configure as configure_purge
from egate.cli.central_report import configure as configure_report
from egate.cli.central_restore import configure as configure_restore
from egate.cli.central_stays import configure as configure_stays
from egate.cli.central_transactions import configure as configure_transactions
from egate.cli.clock import now_utc
from egate.cli.memory import collect_rarely
from egate.cli.outcome import BadInput, Unavailable
from egate.observability.logging import configure_logging, logger
from egate.observability.systemd import announced
from egate.reporting.credentials import check_at_start
from egate.reporting.identity import Role
from egate.reporting.server import CannotListen
from egate.settings import CentralSettings, SettingsError, load


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    serve = commands.add_parser(
        "serve",
        help="take records of gates until told to stop",
        description="Take the records of gates until told to stop.",
    )
    add_config(serve)
    serve.set_defaults(run=_serve)
    configure_report(commands)
    configure_transactions(commands)
    configure_alarms(commands)
    configure_authorisations(commands)
    configure_stays(commands)
    configure_peers(commands)
    configure_authority(commands)
    configure_gates(commands)
    configure_lists(commands)
    configure_keys(commands)
    configure_purge(commands)
    configure_backup(commands)
    configure_restore(commands)


def _serve(arguments: argparse.Namespace) -> int:
    configure_logging()
    try:
        settings = load(CentralSettings, arguments.config)
        if fault := check_at_start(settings.tls, (Role.CENTRE,), now_utc()):
            raise BadInput(fault)  # nobody would call it
        asyncio.run(_run(settings))
    except SettingsError as error:
        raise BadInput(str(error)) from error
    except (CannotListen, DatabaseUnavailable) as error:
        raise Unavailable(str(error)) from error
    return 0


async def _run(settings: CentralSettings) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    try:
        async with running_centre(settings, logger()) as addresses:
            collect_rarely()
            logger().info(
                "ready",
                grpc=addresses.grpc,
                page=addresses.page,
                address=addresses.enrolment,
                pid=os.getpid(),
                version=__version__,
            )
            async with announced():
                await stop.wait()
    except BaseExceptionGroup as faults:
        away = faults.subgroup(DatabaseUnavailable)
        if away is None:
            raise
        raise _first(away) from None  # whatever else failed did so for want of the database
    logger().info("stopped")


def _first(fault: BaseException) -> BaseException:
    return _first(fault.exceptions[0]) if isinstance(fault, BaseExceptionGroup) else fault
