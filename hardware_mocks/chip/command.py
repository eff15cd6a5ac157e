"""``python -m hardware_mocks chip``: a simulated passport laid on a virtual reader."""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.profiles import PROFILES, make_chip, make_document, pace_of
from hardware_mocks.chip.quirks.catalogue import SWITCHES
from hardware_mocks.chip.settings import changed
from hardware_mocks.outcome import BadInput, Unavailable
from hardware_mocks.pki.command import now_utc
from hardware_mocks.pki.pki import Pki
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.vpcd import ReaderAbsent, VirtualCard

_TERMINATED: Final = 128 + signal.SIGTERM


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--profile", metavar="NAME", help="which passport; see --list-profiles")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change one thing about it",
    )
    parser.add_argument("--vpcd", metavar="HOST:PORT", help="where the virtual reader listens")
    parser.add_argument(
        "--patience",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="how long to wait for the virtual reader",
    )
    parser.add_argument("--list-profiles", action="store_true", help="list the passports there are")
    parser.add_argument("--list-quirks", action="store_true", help="list what can be odd about it")
    parser.add_argument("--json", action="store_true", help="list as one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the profiles, or be one of them until the reader hangs up or the chip leaves."""
    if arguments.list_profiles:
        return _list_profiles(as_json=arguments.json)
    if arguments.list_quirks:
        return _list_quirks(as_json=arguments.json)
    if arguments.profile not in PROFILES:
        raise BadInput(f"--profile: one of {', '.join(PROFILES)}")
    host, port = _address(arguments.vpcd)
    settings = _settings(arguments.settings)
    folder = settings.pop("pki", None)
    profile = changed(PROFILES[arguments.profile], settings)
    with ExitStack() as stack:
        previous = signal.signal(signal.SIGTERM, _end)
        stack.callback(signal.signal, signal.SIGTERM, previous)
        now = now_utc()
        if folder is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hardware-mocks-pki-"))
            wanted = profile.document.get("terminal_authentication", "ecdsa")
            Pki.make(now, [wanted or "ecdsa"]).save(Path(folder))
        pki = _load(Path(folder))
        document = make_document(profile, pki, now)
        chip = make_chip(profile, document)
        ready = {"mrz": document.mrz, "can": document.can, "pki": str(Path(folder).resolve())}
        # Before the reader is there: whoever starts it may need the MRZ to do so.
        print(json.dumps(ready), flush=True)
        try:
            asyncio.run(_present(chip, pace_of(profile), (host, port), arguments.patience))
        except asyncio.CancelledError:
            return _TERMINATED
    return 0


def _end(_number: int, _frame: object) -> None:
    """End as by an exception, so that the temporary folder is removed."""
    sys.exit(_TERMINATED)


async def _present(
    chip: Chip, pace: Pace, address: tuple[str, int], patience_seconds: float
) -> None:
    if (presenting := asyncio.current_task()) is not None:
        # Not by an exception of the handler: it would strike the event loop wherever that is.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, presenting.cancel)
    try:
        async with VirtualCard(*address, patience_seconds=patience_seconds) as card:
            await card.insert(chip, pace)
            await card.gone()
    except* ReaderAbsent as absent:
        raise Unavailable(str(absent.exceptions[0])) from None


def _list_profiles(*, as_json: bool) -> int:
    if as_json:
        listed = [
            {"name": name, "readable": profile.readable, "description": profile.description}
            for name, profile in PROFILES.items()
        ]
        print(json.dumps(listed))
        return 0
    for name in PROFILES:
        print(name)
    return 0


def _list_quirks(*, as_json: bool) -> int:
    if as_json:
        listed = [
            {
                "name": each.name,
                "number": each.number,
                "readable": each.readable,
                "description": each.description,
            }
            for each in SWITCHES.values()
        ]
        print(json.dumps(listed))
        return 0
    for each in SWITCHES.values():
        print(f"{each.number or '-':>2}  {each.name:<28}  {each.description}")
    return 0


def _address(text: str | None) -> tuple[str, int]:
    host, _, port = (text or "").rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadInput("--vpcd: HOST:PORT of a virtual reader, as 127.0.0.1:35963")
    return host, int(port)


def _settings(words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for key, equals, _ in pairs:
        if not equals:
            raise BadInput(f"--set {key}: KEY=VALUE")
    return {key: value for key, _, value in pairs}


def _load(folder: Path) -> Pki:
    try:
        return Pki.load(folder)
    except OSError as error:
        raise BadInput(f"pki: {error.filename}: {error.strerror}") from None
    except (KeyError, ValueError) as error:
        raise BadInput(f"pki: {folder} is no PKI of this program: {error}") from None
