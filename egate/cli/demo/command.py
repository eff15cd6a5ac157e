"""The command line of ``egate demo``."""

import argparse
import asyncio
import signal
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from egate.cli.demo.beforehand import Beforehand
from egate.cli.demo.launcher import LaneWish
from egate.cli.demo.screen import JsonScreen, Screen, TableScreen
from egate.cli.demo.site import Layout, Site, free_ports
from egate.cli.demo.story import Expectation, Story
from egate.cli.demo.system import run_system
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.settings import SettingsError, read_settings_file, toml_of

_SCENARIO: Final = Path(__file__).resolve().parents[3] / "config" / "scenarios" / "demo.toml"

_FASTEST: Final = 100.0
"""The simulated lane goes no faster."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--travellers", type=int, metavar="N", help="at most N travellers")
    parser.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="people and motors X times faster"
    )
    parser.add_argument(
        "--flow",
        type=Layout,
        choices=tuple(Layout),
        default=Layout.ONE_STEP,
        help="one barrier, two with the camera between them, or a kiosk and a gate",
    )
    parser.add_argument("--exit", action="store_true", help="end when the last one has passed")
    parser.add_argument(
        "--scenario",
        type=Path,
        default=_SCENARIO,
        metavar="FILE",
        help="who comes; as config/scenarios/demo.toml",
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep logs and data in DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON document at the end")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if not 0 < arguments.speed <= _FASTEST:
        raise BadInput(f"--speed: a number above 0, at most {_FASTEST:g}")
    if arguments.travellers is not None and arguments.travellers < 1:
        raise BadInput("--travellers: a number from 1")
    tables = _tables(arguments.scenario)
    expectations = _expectations(arguments.scenario, tables)[: arguments.travellers]
    before = _beforehand(arguments.scenario, tables)
    if arguments.keep:
        _make_folder(arguments.keep)
        return asyncio.run(_demo(arguments, arguments.keep.resolve(), expectations, before))
    with tempfile.TemporaryDirectory(prefix="egate-demo-") as folder:
        return asyncio.run(_demo(arguments, Path(folder), expectations, before))


def _tables(scenario: Path) -> Mapping[str, Any]:
    try:
        return toml_of(scenario, read_settings_file(scenario))
    except SettingsError as error:
        raise BadInput(str(error)) from error


def _expectations(scenario: Path, tables: Mapping[str, Any]) -> list[Expectation]:
    travellers = tables.get("traveller")
    if not isinstance(travellers, list) or not travellers:
        raise BadInput(f"{scenario}: no [[traveller]]")
    try:
        return [Expectation.from_table(table) for table in travellers]
    except KeyError as error:
        raise BadInput(f"{scenario}: a traveller without {error}") from error
    except (TypeError, AttributeError):
        raise BadInput(f"{scenario}: a traveller with a value of the wrong kind") from None


def _beforehand(scenario: Path, tables: Mapping[str, Any]) -> Beforehand:
    try:
        return Beforehand.from_tables(tables)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{scenario}: what the centre knows beforehand: {error}") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--keep {folder}: {error.strerror}") from error


async def _demo(
    arguments: argparse.Namespace,
    folder: Path,
    expectations: list[Expectation],
    before: Beforehand,
) -> int:
    site = Site(folder, free_ports(), arguments.flow, before.direction)
    story = Story(expectations)
    wish = LaneWish(
        arguments.scenario, arguments.speed, arguments.travellers, stays=not arguments.exit
    )
    screen: Screen = JsonScreen() if arguments.json else TableScreen(story)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    started = time.monotonic()
    with screen:
        async with run_system(site, story, screen, wish, before) as system:
            story.start_seconds = time.monotonic() - started
            if wish.stays:
                screen.open_to(system.urls["console"], site.officers)
            await _until(system.finished, stopped)
            seconds = time.monotonic() - started
            screen.finished(seconds, system.urls, stays=not arguments.exit)
            if arguments.json:
                officers = {"officers": [each.as_json() for each in site.officers]}
                print_json(story.document(seconds, system.urls) | officers)
            if not arguments.exit:
                await stopped.wait()
    return 0 if story.all_as_expected else 1


async def _until(finished: asyncio.Event, stopped: asyncio.Event) -> None:
    """Return when either is set."""
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(event.wait()) for event in (finished, stopped)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
