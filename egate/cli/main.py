"""``egate``: finds the command, carries it out, turns the end into an exit code."""

import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

from egate import __version__
from egate.cli.arguments import OneLineParser, one_line
from egate.cli.outcome import BUG, BadInput, Unavailable

# The first word of a command -> the module that has its parser, and what it is for.
# Modules are loaded when used: `egate mrz parse` should not wait for OpenCV.
_COMMANDS: Final = {
    "mrz": ("egate.cli.mrz", "parse machine readable zones"),
    "trust": ("egate.cli.trust", "trusted certificates: import, approve, restore, ages"),
    "pa": ("egate.cli.pa", "passive authentication of files"),
    "seal": ("egate.cli.seal", "verify visible digital seals"),
    "chip": ("egate.cli.chip", "read a chip and verify it"),
    "face": ("egate.cli.face", "compare two faces"),
    "names": ("egate.cli.names", "compare names of persons"),
    "lists": ("egate.cli.lists", "lists of documents: look up, show, take in, make"),
    "gate": ("egate.cli.gate", "the daemon of one lane"),
    "central": ("egate.cli.central", "the DIP centre"),
    "desk": ("egate.cli.desk", "crossings and decisions of a desk, also from paper"),
    "console": ("egate.cli.console", "the officers' console"),
    "audit": ("egate.cli.audit", "prove that what was recorded is still so"),
    "authorisation": ("egate.cli.authorisation", "what the rules of entry and stay say"),
    "policy": ("egate.cli.policy", "the gate's policy: check, sign, verify"),
    "doctor": ("egate.cli.doctor", "check a lane or a console; say what to mend"),
    "demo": ("egate.cli.demo", "the whole system on this machine over simulated wires"),
    "proto-version": ("egate.cli.proto_version", "print the version of the wire format"),
}


_EXIT_CODES: Final = (
    "Exit codes: 0 yes or done; 1 no; 2 bad usage or unreadable input;"
    " 3 a device or a server is not available; 70 a fault of this program."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is yes or done, 1 is no, 2 bad usage or input, 3 a device or server that is not
    there, 70 a fault of this program.
    """
    # gRPC's own lines are for its developers; what matters of a failure is in our exceptions.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    if isinstance(sys.stdout, io.TextIOWrapper):  # a table need not be what the locale can write
        sys.stdout.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = OneLineParser(
        prog="egate", description="Automated border control gate.", epilog=_EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=f"egate {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = words[0] if words else ""
    for name, (module, summary) in _COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        if name == wanted:
            importlib.import_module(module).configure(command)
    chosen = parser.parse_args(words)
    try:
        code: int = chosen.run(chosen)
    except BadInput as error:
        print(f"egate: {one_line(str(error))}", file=sys.stderr)
        return 2
    except Unavailable as error:
        print(f"egate: {one_line(str(error))}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception:  # noqa: BLE001 - Python's own 1 would say that the answer is no
        traceback.print_exc()
        return BUG
    return code


if __name__ == "__main__":
    sys.exit(main())
