"""``python -m hardware_mocks special-branch``: the Special Branch's system, until stopped."""

import argparse
import asyncio
from pathlib import Path

from hardware_mocks.outcome import Unavailable
from hardware_mocks.special_branch.system import Fault, Person, Police, serving


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--told", type=Path, required=True, metavar="FILE", help="what it is told")
    parser.add_argument("--ca", type=Path, required=True, metavar="PEM", help="of its clients")
    parser.add_argument("--certificate", type=Path, required=True, metavar="PEM")
    parser.add_argument("--key", type=Path, required=True, metavar="PEM")
    parser.add_argument(
        "--fault", choices=[fault.value for fault in Fault], default="none", help="what is wrong"
    )
    parser.add_argument(
        "--person",
        nargs=5,
        action="append",
        default=[],
        metavar=("NAME", "BORN", "REFERENCE", "CATEGORY", "INSTRUCTION"),
        help="somebody whom it knows, by the name in the MRZ and the date of birth",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; the first line says where."""
    persons = [Person(*words) for words in arguments.person]
    police = Police(arguments.told, persons, Fault(arguments.fault))
    certificates = (arguments.ca, arguments.certificate, arguments.key)
    try:
        asyncio.run(_serve(police, arguments.listen, certificates))
    except (OSError, RuntimeError) as error:
        raise Unavailable(f"cannot serve on {arguments.listen}: {error}") from None
    return 0


async def _serve(police: Police, listen: str, certificates: tuple[Path, Path, Path]) -> None:
    async with serving(police, listen, certificates) as address:
        print(address, flush=True)
        await asyncio.Event().wait()
