"""``egate doctor``: look at everything a gate or a console needs, and say what to mend."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from egate.cli.clock import now_utc
from egate.cli.doctor_check import Check
from egate.cli.doctor_console import look_at_console
from egate.cli.doctor_lane import look_at_lane
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.observability.logging import configure_logging
from egate.ports.devices import DriverOptionError
from egate.settings import SettingsError, read_settings_file, toml_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        required=True,
        metavar="FILE",
        help="as config/gate.toml, or config/console.toml",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    configure_logging()  # standard output is for the answer
    try:
        checks = _look(arguments.config)
    except (SettingsError, DriverOptionError) as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    return 0 if all(check.ok for check in checks) else 1


def _look(config: Path) -> list[Check]:
    """Look at what ``config`` is of: a console names its gates, a gate itself."""
    is_console = "gates" in toml_of(config, read_settings_file(config))
    return (look_at_console if is_console else look_at_lane)(config, now_utc())


def _print(checks: list[Check]) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:{width}}  {check.detail}")
    failed = sum(not check.ok for check in checks)
    print(f"{failed} of {len(checks)} need attention" if failed else "all is well")
    sys.stdout.flush()
