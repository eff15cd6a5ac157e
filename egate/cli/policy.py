"""``egate policy``: check a policy, sign it, see who signed it; changes in ``policy_changes``."""

import argparse
from pathlib import Path

from egate.cli import policy_changes
from egate.cli.policy_signing import (
    add_signer,
    answer,
    policy_command,
    policy_faults,
    signer_of,
)
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.policy_files.keys import officers_keys
from egate.policy_files.signatures import SignaturesRefused, add_signature, demand_two
from egate.settings import read_settings_file, toml_of


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="policy_command", required=True, metavar="COMMAND")
    checking = policy_command(commands, "check", "say whether it is a policy, signatures aside")
    _add_profile(checking)
    checking.set_defaults(run=_check)
    signing = policy_command(commands, "sign", "add your signature to those beside it")
    _add_profile(signing)
    add_signer(signing)
    signing.set_defaults(run=_sign)
    verifying = policy_command(commands, "verify", "say which officers signed it; two must have")
    verifying.add_argument(
        "--keys", type=Path, required=True, metavar="DIR", help="public keys, NAME.pem each"
    )
    verifying.set_defaults(run=_verify)
    policy_changes.configure(commands)


def _add_profile(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--profile", default="standard", metavar="NAME", help="that a lane would use"
    )


def _check(arguments: argparse.Namespace) -> int:
    with policy_faults():
        content = toml_of(arguments.file, read_settings_file(arguments.file))
    try:
        policy = parse_policy(content, arguments.profile)
    except PolicyInvalid as error:
        return answer(arguments, {"ok": False, "fault": str(error)}, yes=False)
    document = {
        "ok": True,
        "version": policy.version,
        "profile": policy.profile.name,
        "rules": [rule.name for rule in policy.rules],
        "waivers": [f"{each}, {each.issuing_state} {each.check_id}" for each in policy.waivers],
        "fallbacks": [f"{each}, {', '.join(sorted(each.checks))}" for each in policy.fallbacks],
    }
    return answer(arguments, document)


def _sign(arguments: argparse.Namespace) -> int:
    file, officer = arguments.file, arguments.officer
    with policy_faults():
        content = read_settings_file(file)
        try:  # nobody puts a name under what no gate would take
            parse_policy(toml_of(file, content), arguments.profile)
        except PolicyInvalid as error:
            raise PolicyInvalid(f"{file}: {error}") from error
        count = add_signature(file, content, signer_of(arguments))
    return answer(arguments, {"signed": str(file), "officer": officer, "signatures": count})


def _verify(arguments: argparse.Namespace) -> int:
    with policy_faults():
        content = read_settings_file(arguments.file)
        keys = officers_keys(arguments.keys)
    try:
        officers = demand_two(arguments.file, content, keys)
    except SignaturesRefused as error:
        return answer(arguments, {"verified": False, "fault": str(error)}, yes=False)
    return answer(arguments, {"verified": True, "officers": list(officers)})
