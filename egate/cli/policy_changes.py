"""``egate policy propose | approve | list``: thresholds that are others for a while."""

import argparse
import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.cli.policy_signing import (
    add_signature,
    add_signer,
    answer,
    policy_command,
    policy_faults,
    private_key,
    put,
)
from egate.domain.policy.changes import Change, parse_change, parse_changed_policy
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.policy.period import Period
from egate.domain.time import UtcSeconds
from egate.policy_files.audit import Action, AuditEvent, append, read_trail
from egate.policy_files.changes import (
    FiledChange,
    as_toml,
    audit_file,
    change_file,
    changes_folder,
    filed_changes,
    read_change,
)
from egate.policy_files.keys import Keys, officers_keys
from egate.policy_files.signatures import NEEDED, read_signatures, signers
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
    file, (key, value) = arguments.file, arguments.set
    begins = arguments.begins or now_utc().replace(microsecond=0)
    with policy_faults():
        signing = private_key(arguments.key)
        policy = toml_of(file, read_settings_file(file))
        proposed = Change(
            number=_next_number(file),
            policy_version=str(policy.get("version")),
            key=key,
            value=value,
            period=Period(UtcSeconds(begins.timestamp()), UtcSeconds(arguments.until.timestamp())),
            reason=arguments.reason,
            proposed_by=arguments.officer,
        )
        content = as_toml(proposed, begins.isoformat(), arguments.until.isoformat()).encode()
        target = change_file(changes_folder(file), proposed.number)
        _see_that_it_holds(parse_change(toml_of(target, content)), policy)
        _make(target.parent)
        put(target, content)
        add_signature(target, content, arguments.officer, signing)
        filed = read_change(target)
        append(audit_file(file), _event(Action.PROPOSE, arguments.officer, filed))
    return answer(arguments, {"proposed": proposed.number, "file": str(target)})


def _approve(arguments: argparse.Namespace) -> int:
    file, officer = arguments.file, arguments.officer
    with policy_faults():
        signing = private_key(arguments.key)
        filed = read_change(change_file(changes_folder(file), arguments.change))
        if filed.change.proposed_by == officer:
            raise BadInput(f"change {arguments.change}: {officer} proposed it; another approves")
        _see_that_it_holds(filed.change, toml_of(file, read_settings_file(file)))
        add_signature(filed.file, filed.content, officer, signing)
        append(audit_file(file), _event(Action.APPROVE, officer, filed))
    return answer(arguments, {"approved": arguments.change, "officer": officer})


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
        "state": _state(change, officers, version),
        "reason": change.reason,
    }


def _state(change: Change, officers: Sequence[str], version: object) -> str:
    now = UtcSeconds(now_utc().timestamp())
    if change.policy_version != version:
        return "of another policy"
    if change.period.ends <= now:
        return "ended"
    if len(officers) < NEEDED or change.proposed_by not in officers:
        return "pending"
    return "holds" if change.period.holds(now) else "to come"


def _see_that_it_holds(change: Change, policy: Mapping[str, Any]) -> None:
    """Refuse a change that no gate would take, or that changes nothing of this policy."""
    profiles = policy.get("profiles", {})
    _, profile, *_ = change.key.split(".")
    chosen = profile if change.key.startswith("profiles.") else next(iter(profiles), "standard")
    if not parse_changed_policy(policy, chosen, [change]).variants:
        raise PolicyInvalid(f"change {change.number}: is of policy {change.policy_version}")


def _next_number(file: Path) -> int:
    """Return a number that no change has, or had before its file was taken away."""
    return max((event.number for event in read_trail(audit_file(file))), default=0) + 1


def _event(action: Action, officer: str, filed: FiledChange) -> AuditEvent:
    at = now_utc().isoformat(timespec="seconds")
    return AuditEvent(at, officer, action, filed.change.number, filed.sha256)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error


def _shown(at: UtcSeconds) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="seconds")
