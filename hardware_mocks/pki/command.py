"""``python -m hardware_mocks pki``: write a throw-away PKI to a folder."""

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path

from hardware_mocks.outcome import BadInput
from hardware_mocks.pki.pki import Pki
from hardware_mocks.pki.terminals import CV_KINDS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the PKI, write it, and print where each part is."""
    folder: Path = arguments.out
    try:
        index = Pki.make(now_utc(), CV_KINDS).save(folder)
    except OSError as error:
        raise BadInput(f"cannot write to {folder}: {error.strerror}") from None
    if arguments.json:
        print(json.dumps({"folder": str(folder.resolve()), **index}))
        return 0
    print(f"anchor       {folder / index['anchor']}")
    print(f"master list  {folder / index['master_list']}")
    for state, files in index["states"].items():
        print(f"{state} CSCA     {folder / files['csca']['certificate']}")
        print(f"{state} CRL      {folder / files['crl']}")
        print(f"{state} seals    {folder / files['seals']['certificate']}")
        print(f"{state} signers  {', '.join(files['signers'])}")
    return 0


def load_or_make(folder: Path) -> Pki:
    """Return the PKI in ``folder`` for an option ``--pki``; it is made when there is none."""
    try:
        if not (folder / "pki.json").exists():
            Pki.make(now_utc()).save(folder)
        return Pki.load(folder)
    except OSError as error:
        raise BadInput(f"--pki {folder}: {error.strerror}") from None
    except (KeyError, ValueError) as error:
        raise BadInput(f"--pki {folder}: no PKI of this program: {error}") from None


def now_utc() -> datetime:
    """The wall clock, in UTC; called where a command starts and nowhere else."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, UTC)
