"""``egate console serve``: the officers' console of one hall."""

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

from egate.cli.clock import now_utc
from egate.cli.outcome import BadInput, Unavailable
from egate.console.app import console_app
from egate.console.protection import NotLoopback, require_loopback
from egate.observability.logging import configure_logging, logger
from egate.reporting.credentials import check_at_start
from egate.reporting.gate_client import GateLink
from egate.reporting.identity import Role
from egate.settings import ConsoleSettings, SettingsError, load
from egate.web.server import CannotListen, serving


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


def _run(arguments: argparse.Namespace) -> int:
    configure_logging()
    try:
        settings = load(ConsoleSettings, arguments.config)
        require_loopback(settings.listen)
        ids = [gate.id for gate in settings.gates]
        if len(set(ids)) < len(ids):
            raise BadInput(f"{arguments.config}: gates: two lanes with one id")
        check_at_start(settings.tls, (Role.CONSOLE, Role.OFFICER), now_utc())
        asyncio.run(_serve(settings))
    except SettingsError as error:
        raise BadInput(str(error)) from error
    except NotLoopback as error:
        raise BadInput(f"{arguments.config}: listen: {error}") from error
    except CannotListen as error:
        raise Unavailable(f"console: {error}") from error
    return 0


async def _serve(settings: ConsoleSettings) -> None:
    finish = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, finish.set)
    async with contextlib.AsyncExitStack() as links:
        gates = {}
        for gate in settings.gates:
            gates[gate.id] = GateLink(gate.address, settings.tls)
            links.push_async_callback(gates[gate.id].close)
        app = console_app(gates, settings.officer_id)
        async with serving(app, settings.listen) as url:
            print(f"console: {url}", flush=True)
            logger().info("ready", page=url)
            await finish.wait()
