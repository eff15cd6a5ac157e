"""Where a log of inspections goes, and how much it tells; light, for a gate's start has it too."""

import argparse
from pathlib import Path

from egate.domain.inspection_log.profile import LogProfile


def add_log(parser: argparse.ArgumentParser) -> None:
    """Let the command say where the log goes, and how much it tells."""
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="- is standard output"
    )
    parser.add_argument(
        "--profile",
        choices=tuple(LogProfile),
        default=LogProfile.BASIC,
        help="basic: all results; standard: also details of what failed or is undetermined",
    )
    parser.add_argument("--json", action="store_true", help="the counts, as one JSON document")
