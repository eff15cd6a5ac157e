"""``egate proto-version``."""

import argparse
from typing import Final

from egate.cli.json_output import print_json

PROTO_VERSION: Final = "dip.egate.v1"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json({"proto_version": PROTO_VERSION})
    else:
        print(PROTO_VERSION)
    return 0
