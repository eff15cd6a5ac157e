"""``egate gate run``: the daemon of one lane, from its first line to the safe barrier.

And ``egate gate enrol`` and ``transactions``, of which only the words are here.

What a lane needs besides takes a second or more to load. So this module imports little, makes
the barrier safe, and only then loads ``egate.cli.gate_lane``, which does the rest.
"""

import argparse
import asyncio
import importlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from drivers.barriers import BARRIERS, find
from egate.cli.inspection_log_options import add_log
from egate.cli.memory import keep_heaps_few
from egate.cli.outcome import BadInput
from egate.cli.signals import Signals
from egate.gate.safing import made_safe, position_after_restart
from egate.outbox.database import DatabaseInUse, DatabaseUnusable, owning
from egate.ports.devices import DriverOptionError
from egate.settings import GateSettings, SettingsError, load

_LANE: Final = "egate.cli.gate_lane"
_ENROLMENT: Final = "egate.cli.enrolling"
_TRANSACTIONS: Final = "egate.cli.gate_transactions"


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run = commands.add_parser(
        "run",
        help="serve travellers until told to stop",
        description="Serve the travellers of one lane until told to stop.",
    )
    run.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/gate.toml"
    )
    run.set_defaults(run=_run)
    enrolling = commands.add_parser(
        "enrol",
        help="get the lane's certificate by a token of the centre",
        description="Make a key, and get the lane's certificate from the centre, by a token that"
        " an officer there made (egate central token). The centre is known by tls.ca. If the"
        " answer is lost, call again with the same token. A gate that runs takes the new files"
        " by itself.",
    )
    enrolling.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/gate.toml"
    )
    enrolling.add_argument(
        "--token-file", type=Path, required=True, metavar="FILE", help="the token alone in it"
    )
    enrolling.set_defaults(run=_enrol)
    transactions = commands.add_parser(
        "transactions",
        help="inspections that the centre does not have yet, as XML without personal data",
        description="Write every inspection that this gate still keeps, because the centre has not"
        " confirmed it, as XML after BSI TR-03135. The gate may run meanwhile. Exit code 1: some"
        " records cannot be read, and are not there.",
    )
    transactions.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/gate.toml"
    )
    add_log(transactions)
    transactions.set_defaults(run=_transactions)


def _enrol(arguments: argparse.Namespace) -> int:
    code: int = importlib.import_module(_ENROLMENT).run_for_gate(arguments)
    return code


def _transactions(arguments: argparse.Namespace) -> int:
    code: int = importlib.import_module(_TRANSACTIONS).run(arguments)
    return code


def _run(arguments: argparse.Namespace) -> int:
    keep_heaps_few()
    try:
        settings = load(GateSettings, arguments.config)
        return asyncio.run(_serve(settings))
    except (SettingsError, DriverOptionError, DatabaseUnusable) as error:
        raise BadInput(str(error)) from error


async def _serve(settings: GateSettings) -> int:
    signals = Signals()
    signals.listen()
    named, journal = settings.devices.barrier, settings.gate.journal
    async with AsyncExitStack() as stack:
        barrier = find(BARRIERS, named.driver)(named.address, named.options)
        stack.push_async_callback(barrier.aclose)
        unusable = _own(journal, stack)
        position = position_after_restart(journal, settings.gate.flow)
        safing = await stack.enter_async_context(made_safe(barrier, position))
        if unusable:
            raise unusable
        lane = await asyncio.to_thread(importlib.import_module, _LANE)
        code: int = await lane.serve(settings, barrier, safing, signals)
        return code


def _own(journal: Path, stack: AsyncExitStack) -> DatabaseUnusable | None:
    """Keep other gates from ``journal`` until ``stack`` ends; return why it cannot be used.

    Raises:
        DatabaseInUse: another gate runs with it, and its barrier is not ours to move.

    """
    try:
        stack.enter_context(owning(journal))
    except DatabaseInUse:
        raise
    except DatabaseUnusable as error:
        return error
    return None
