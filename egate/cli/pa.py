"""``egate pa verify``: passive authentication of files."""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli.day import parse_day
from egate.cli.input_file import read_file
from egate.cli.json_output import answer_lines, check_as_json, print_json
from egate.cli.outcome import BadInput
from egate.emrtd.checks import CheckResult, Outcome
from egate.emrtd.deviations import identity_of, look_up, with_deviations
from egate.emrtd.evaluation import parsed_dg1
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify
from egate.trust.store import TrustStore, TrustStoreError

_MAX_FILE_BYTES: Final = 4 * 1024 * 1024
_SOD_TAGS: Final = (b"\x77", b"\x30")
"""An EF.SOD, or the CMS structure inside it."""
_DATA_GROUPS: Final = range(1, 17)


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="pa_command", required=True, metavar="COMMAND")
    verifying = commands.add_parser(
        "verify",
        help="verify a SOD and data groups",
        description="Verify a SOD against the trust store, and data groups against the SOD.",
    )
    verifying.add_argument("--store", type=Path, required=True, metavar="DIR", help="trust store")
    verifying.add_argument("--sod", type=Path, metavar="FILE", help="EF.SOD")
    verifying.add_argument(
        "--dg", action="append", default=[], metavar="N=FILE", help="a data group; may be repeated"
    )
    verifying.add_argument(
        "--at", metavar="DATE", help="the day to decide for, YYYY-MM-DD; default today"
    )
    output = verifying.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON document")
    output.add_argument("--jsonl", action="store_true", help="answer requests of standard input")
    verifying.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        store = TrustStore.open(arguments.store)
    except TrustStoreError as error:
        raise BadInput(str(error)) from error
    if arguments.jsonl:
        if arguments.sod or arguments.dg or arguments.at:
            raise BadInput("--jsonl takes sod, dg and at from standard input")
        return answer_lines(lambda request: _answer(store, request))
    if arguments.sod is None:
        raise BadInput("--sod is missing")
    groups = dict(_split(each) for each in arguments.dg)
    if len(groups) < len(arguments.dg):
        raise BadInput("--dg: a data group is given twice")
    result = _verify(store, str(arguments.sod), groups, arguments.at)
    if arguments.json:
        print_json(_as_json(result, store))
    else:
        _print(result)
    return 0 if result.authentication.outcome is Outcome.SUCCESSFUL else 1


def _answer(store: TrustStore, request: Mapping[str, Any]) -> Mapping[str, Any]:
    sod, groups, at = request.get("sod"), request.get("dg", {}), request.get("at")
    if not isinstance(sod, str) or not isinstance(groups, dict):
        raise BadInput('a request is {"sod": path, "dg": {"1": path}, "at": "YYYY-MM-DD"}')
    return {"ok": True} | _as_json(_verify(store, sod, groups, at), store)


@dataclass(frozen=True, slots=True)
class _Verified:
    """Passive authentication, and what a deviation list says of the document."""

    authentication: PassiveAuthentication
    deviation: CheckResult


def _verify(store: TrustStore, sod: str, groups: Mapping[Any, Any], at: object) -> _Verified:
    day = parse_day(at)
    files = {_number(number): _read(file) for number, file in groups.items()}
    found = verify(_read_sod(sod), files, store, day, clock=time.monotonic)
    dg1 = parsed_dg1(files[1], day) if 1 in files else None
    document = identity_of((dg1,), found.signer_certificate, files.get(12))
    deviations = look_up(document, dg1.issuing_state if dg1 else None, store)
    return _Verified(with_deviations(found, deviations), deviations.check)


def _split(argument: str) -> tuple[str, str]:
    number, separator, file = argument.partition("=")
    if not separator:
        raise BadInput(f"--dg {argument}: not N=FILE")
    return number, file


def _number(text: object) -> int:
    for number in _DATA_GROUPS:
        if text == str(number):
            return number
    raise BadInput(f"data group {text}: not 1 to 16")


def _read_sod(path: str) -> bytes:
    content = _read(path)
    if not content.startswith(_SOD_TAGS):
        raise BadInput(f"{path}: not an EF.SOD")
    return content


def _read(path: object) -> bytes:
    if not isinstance(path, str) or not path:
        raise BadInput("a file is named by its path")
    return read_file(Path(path), _MAX_FILE_BYTES)


def _as_json(verified: _Verified, store: TrustStore) -> dict[str, Any]:
    result = verified.authentication
    signer, csca = result.signer, result.csca
    return {
        "result": result.outcome.value,
        "checks": [check_as_json(check) for check in result.checks],
        "deviation": check_as_json(verified.deviation),
        "signer": signer and {"country": signer.country, "serial": signer.serial},
        "csca": csca and {"ski": csca.ski, "country": csca.country},
        "store_version": store.version,
    }


def _print(verified: _Verified) -> None:
    result = verified.authentication
    table = Table("Check", "Result", "Detail")
    for check in (*result.checks, verified.deviation):
        table.add_row(check.check_id.value, check.outcome.value, check.detail)
    console = Console()
    console.print(table)
    if result.signer:
        console.print(f"signer {result.signer.country}, serial number {result.signer.serial}")
    if result.csca:
        console.print(f"CSCA {result.csca.country}, key {result.csca.ski}")
    console.print(f"passive authentication: {result.outcome.value}")
