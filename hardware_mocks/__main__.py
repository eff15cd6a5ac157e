"""``python -m hardware_mocks``: finds the command, loads its module, and runs it."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from hardware_mocks.outcome import BadInput, Unavailable

# The first word -> the module with its ``configure(parser)``, and what it is for.
_COMMANDS: Final = {
    "chip": ("hardware_mocks.chip.command", "a simulated passport on a virtual card wire"),
    "pages": ("hardware_mocks.page_scanner.command", "pages as a full-page scanner sees them"),
    "pki": ("hardware_mocks.pki.command", "a throw-away PKI of document signers"),
    "special-branch": (
        "hardware_mocks.special_branch.command",
        "the Special Branch's own system",
    ),
    "up": ("hardware_mocks.lane.command", "every device of a lane on its wires"),
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; options are not abbreviated."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  as the parent
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.splitlines())} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 bad input, 3 far end not there."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _Parser(prog="hardware_mocks", description="Simulated hardware.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = words[0] if words else ""
    for name, (module, summary) in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name == wanted:
            importlib.import_module(module).configure(command)
    chosen = parser.parse_args(words)
    try:
        code: int = chosen.run(chosen)
    except BadInput as error:
        print(f"hardware_mocks: {error}", file=sys.stderr)
        return 2
    except Unavailable as error:
        print(f"hardware_mocks: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
