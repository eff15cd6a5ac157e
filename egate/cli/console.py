"""``egate console serve``: the officers' console of one hall."""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from egate.cli import console_audit, console_officers
from egate.cli.clock import now_utc
from egate.cli.desk_reader import opened_desk_reader
from egate.cli.enrolling import run_for_console
from egate.cli.outcome import BadInput, Unavailable
from egate.console.app import console_app
from egate.console.audit.log import AuditUnusable
from egate.console.context import Console
from egate.console.desk.book_thread import BookUnusable
from egate.console.opening import StateUnusable, opened
from egate.console.protection import NotLoopback, require_loopback
from egate.console.reaching import reached
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable
from egate.observability.logging import configure_logging, logger
from egate.observability.systemd import announced
from egate.reporting.certificate_keeping import CertificateKeeping
from egate.reporting.credentials import check_at_start
from egate.reporting.enrolment_client import CertificateRenewal
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.settings import ConsoleSettings, SettingsError, load
from egate.web.server import CannotListen, ServerCertificate, serving

_MOST_CONNECTIONS: Final = 512  # officers of a hall, each with an event stream or two


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="console_command", required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="serve the page until Ctrl-C",
        description="Serve the officers' page of one hall until Ctrl-C.",
    )
    serve.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/console.toml"
    )
    serve.set_defaults(run=_run)
    enrolling = commands.add_parser(
        "enrol",
        help="get the console's certificate by a token of the centre",
        description="Make a key, and get the console's certificate from the centre, by a token"
        " that an officer there made (egate central token).",
    )
    enrolling.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/console.toml"
    )
    enrolling.add_argument(
        "--token-file", type=Path, required=True, metavar="FILE", help="the token alone in it"
    )
    enrolling.set_defaults(run=run_for_console)
    console_audit.configure(commands)
    console_officers.configure(commands)


def _run(arguments: argparse.Namespace) -> int:
    configure_logging()
    try:
        settings = load(ConsoleSettings, arguments.config)
        if settings.page_tls is None:
            require_loopback(settings.listen)
        ids = [gate.id for gate in settings.gates]
        if len(set(ids)) < len(ids):
            raise BadInput(f"{arguments.config}: gates: two lanes with one id")
        if fault := check_at_start(settings.tls, (Role.CONSOLE, Role.OFFICER), now_utc()):
            logger().error("no peer takes our certificate", reason=fault)
        asyncio.run(_serve(settings))
    except SettingsError as error:
        raise BadInput(str(error)) from error
    except NotLoopback as error:
        raise BadInput(f"{arguments.config}: listen: {error}") from error
    except (CannotListen, StateUnusable, DatabaseUnusable, AuditUnusable, BookUnusable) as error:
        raise Unavailable(f"console: {error}") from error
    return 0


async def _serve(settings: ConsoleSettings) -> None:
    finish = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, finish.set)
    async with reached(settings, _now) as far, opened_desk_reader(settings, _now) as reader:
        with opened(settings, far, _now, reader) as console:
            async with _served(console) as url, _keeping_its_certificate(settings):
                print(f"console: {url}", flush=True)
                logger().info("ready", page=url)
                async with announced():
                    await finish.wait()


def _served(console: Console) -> AbstractAsyncContextManager[str]:
    settings = console.settings
    tls = settings.page_tls
    return serving(
        console_app(console),
        settings.listen,
        ServerCertificate(tls.certificate, tls.key) if tls else None,
        _MOST_CONNECTIONS,
    )


def _now() -> UtcSeconds:
    return UtcSeconds(now_utc().timestamp())


@contextlib.asynccontextmanager
async def _keeping_its_certificate(settings: ConsoleSettings) -> AsyncIterator[None]:
    """Renew the console's certificate inside the block, if its settings say where."""
    if settings.enrolment is None:
        yield
        return
    link = Link(settings.enrolment.centre, settings.tls, Role.CENTRE)
    keeping = CertificateKeeping(CertificateRenewal(link, settings.tls), _now)
    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(keeping.run())
            yield
            task.cancel()
    finally:
        await link.close()
