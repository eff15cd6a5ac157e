"""``egate policy propose | approve | list``: thresholds that are others for a while."""

import argparse
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.policy_signing import (
    add_signer,
    answer,
    policy_command,
    policy_faults,
    signer_of,
)
from egate.domain.time import UtcSeconds
from egate.policy_files.audit import read_trail
from egate.policy_files.changes import FiledChange, audit_file, filed_changes, read_change
from egate.policy_files.changing import Wanted, approve, propose, state_of
from egate.policy_files.keys import Keys, officers_keys
from egate.policy_files.signatures import read_signatures, signers
from egate.settings import read_settings_file, toml_of


def configure(commands: "argparse._SubParsersAction[Any]") -> None:
    proposing = policy_command(commands, "propose", "propose and sign a change that ends by itself")
    proposing.add_argument(
        "--set",
        type=_assignment,
        required=True,
        metavar="KEY=VALUE",
        help="such as profiles.standard.min_similarity=0.47",
    )
    proposing.add_argument("--from", dest="begins", type=_moment, metavar="MOMENT", help="now")
    proposing.add_argument(
        "--until", type=_moment, required=True, metavar="MOMENT", help="2026-11-30T06:00:00Z"
    )
    proposing.add_argument("--reason", required=True, metavar="TEXT", help="why")
    add_signer(proposing)
    proposing.set_defaults(run=_propose)
    approving = policy_command(commands, "approve", "sign what another officer proposed")
    approving.add_argument("--change", type=int, required=True, metavar="NUMBER", help="which")
    add_signer(approving)
    approving.set_defaults(run=_approve)
    listing = policy_command(commands, "list", "show the changes, and whether they hold")
    listing.add_argument(
        "--keys", type=Path, required=True, metavar="DIR", help="public keys, NAME.pem each"
    )
    listing.set_defaults(run=_list)


def _assignment(text: str) -> tuple[str, object]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("not KEY=VALUE")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except ValueError:
        return key, value  # a word such as mandatory


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError("not a moment such as 2026-11-30T06:00:00Z")
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def _propose(arguments: argparse.Namespace) -> int:
    key, value = arguments.set
    now = now_utc().replace(microsecond=0)
    begins = arguments.begins or now
    wanted = Wanted(key, value, begins, arguments.until, arguments.reason)
    with policy_faults():
        filed = propose(arguments.file, wanted, signer_of(arguments), now)
    return answer(arguments, {"proposed": filed.change.number, "file": str(filed.file)})


def _approve(arguments: argparse.Namespace) -> int:
    with policy_faults():
        approve(arguments.file, arguments.change, signer_of(arguments), now_utc())
    return answer(arguments, {"approved": arguments.change, "officer": arguments.officer})


def _list(arguments: argparse.Namespace) -> int:
    with policy_faults():
        keys = officers_keys(arguments.keys)
        version = toml_of(arguments.file, read_settings_file(arguments.file)).get("version")
        rows = [_row(read_change(each), keys, version) for each in filed_changes(arguments.file)]
        trail = read_trail(audit_file(arguments.file))
    if arguments.json:
        events = [{"at": e.at, "officer": e.officer, "action": e.action} for e in trail]
        print_json({"changes": rows, "trail": events})
        return 0
    table = Table("Change", "Key", "Value", "From", "Until", "Signed by", "Is", "Why")
    for row in rows:
        table.add_row(*(", ".join(v) if isinstance(v, list) else str(v) for v in row.values()))
    Console().print(table)
    return 0


def _row(filed: FiledChange, keys: Keys, version: object) -> dict[str, Any]:
    change = filed.change
    officers = signers(filed.content, read_signatures(filed.file), keys)
    return {
        "number": change.number,
        "key": change.key,
        "value": change.value,
        "from": _shown(change.period.begins),
        "until": _shown(change.period.ends),
        "signed_by": list(officers),
        "state": state_of(change, officers, version, UtcSeconds(now_utc().timestamp())),
        "reason": change.reason,
    }


def _shown(at: UtcSeconds) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="seconds")
