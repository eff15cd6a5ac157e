"""What the commands of ``egate lists`` share: the store, and how a fault ends."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from egate.cli.outcome import BadInput
from egate.lists.errors import ListRefused


def lists_command(
    commands: "argparse._SubParsersAction[Any]", name: str, summary: str
) -> argparse.ArgumentParser:
    """Return the parser of one command that works on a gate's folder of lists."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    command.add_argument("--store", type=Path, required=True, metavar="DIR", help="of the lists")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return command


@contextmanager
def list_faults() -> Iterator[None]:
    """Let what is wrong with a list or a key end the command in one line."""
    try:
        yield
    except ListRefused as error:
        raise BadInput(str(error)) from error
